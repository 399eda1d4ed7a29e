import { Injectable } from '@nestjs/common';
import { Catalog, type Limit } from '../../config/catalog/catalog.js';
import { Prisma } from '../../generated/prisma/client.js';
import { addOnsIn, Entitlements, type EntitlementBasis, type EntitlementSet, noOverrides, type EntitlementOverrides } from './entitlements.js';

interface BasisRow {
  readonly plan: string;
  readonly boughtSeats: number | null;
  readonly addOns: unknown;
  readonly overrides: EntitlementOverrides;
}

/** The part of a transaction, the tenant's or the platform's, that the queries of this file need. */
export type EntitlementReader = Pick<Prisma.TransactionClient, '$queryRaw'>;

/** {@link EntitlementReader}, with the table in which an organization switches features off. */
export interface FeatureReader extends EntitlementReader {
  readonly settingsDocument: {
    findFirst(args: { where: { section: string; organizationId?: string }; select: { document: true } }): PromiseLike<{ readonly document: unknown } | null>;
  };
}

/** The overrides of the organization `o`, in the shape of {@link EntitlementOverrides}: for statements that read more than entitlements. */
export const overridesColumn = `
         (select jsonb_build_object('limits', coalesce(jsonb_object_agg(e.key, e.units) filter (where e.kind = 'limit'), '{}'),
                                    'features', coalesce(jsonb_object_agg(e.key, e.available) filter (where e.kind = 'feature'), '{}'))
            from entitlement_overrides e where e.organization_id = o.id)`;

const noDisabledFeatures: ReadonlySet<string> = new Set();

/**
 * Reads, in the caller's transaction, what an organization is entitled to and how many seats it uses.
 * {@link OrganizationFactsService} answers the same from its cache; a decision under the organization's lock asks here.
 *
 * Every method takes the organization's id on the platform's transaction only: a tenant's transaction knows its own.
 */
@Injectable()
export class OrganizationEntitlementsService {
  constructor(
    private readonly catalog: Catalog,
    private readonly entitlements: Entitlements,
  ) {}

  /** Returns what the operator has granted or taken away, independently of the plan. */
  async readOverrides(tx: EntitlementReader, organizationId: string): Promise<EntitlementOverrides> {
    return (await this.readBasis(tx, organizationId))?.overrides ?? noOverrides;
  }

  /** Returns the plan, purchases and overrides of an organization, or undefined when it does not exist. Features that it switched off count as enabled. */
  async readBasis(tx: EntitlementReader, organizationId?: string): Promise<EntitlementBasis | undefined> {
    const [row] = await tx.$queryRaw<BasisRow[]>`
      select ${basisColumns} from organizations o left join subscriptions s on s.organization_id = o.id where ${isOrganization(organizationId)}`;
    return row === undefined ? undefined : basisOf(row);
  }

  /** Returns what an organization is entitled to, without the features that it switched off, or undefined when it does not exist. */
  async readEntitlements(tx: FeatureReader, organizationId?: string): Promise<EntitlementSet | undefined> {
    const basis = await this.readBasis(tx, organizationId);
    if (basis === undefined) return undefined;
    const features = await tx.settingsDocument.findFirst({ where: { section: 'features', ...owned(organizationId) }, select: { document: true } });
    const disabledFeatures = new Set(Object.entries(features?.document ?? {}).flatMap(([feature, enabled]) => (enabled === false ? [feature] : [])));
    return this.entitlements.entitlementsFor({ ...basis, disabledFeatures });
  }

  /** Returns the number of seats, undefined when it is unlimited, and how many are in use (as {@link countSeatsInUse}), in one statement. */
  async readSeats(tx: EntitlementReader, now: Date): Promise<{ readonly limit: Limit; readonly inUse: number }> {
    const [row] = await tx.$queryRaw<(BasisRow & { readonly inUse: bigint })[]>`
      select ${basisColumns}, ${this.seatsInUse(now)} as "inUse"
        from organizations o left join subscriptions s on s.organization_id = o.id where ${isOrganization(undefined)}`;
    return row === undefined ? { limit: undefined, inUse: 0 } : { limit: this.entitlements.entitlementsFor(basisOf(row)).seats.limit, inUse: Number(row.inUse) };
  }

  /** Returns the number of seats, or undefined when it is unlimited or the organization does not exist. */
  async readSeatLimit(tx: EntitlementReader, organizationId?: string): Promise<Limit> {
    const basis = await this.readBasis(tx, organizationId);
    return basis === undefined ? undefined : this.entitlements.entitlementsFor(basis).seats.limit;
  }

  /**
   * Counts the seats that members take, and those of pending invitations when the catalog sets `invitationsTakeSeats`.
   *
   * @param now invitations that expire later are pending
   * @param exceptInvitationOf the email address whose invitation is not counted
   */
  async countSeatsInUse(tx: EntitlementReader, now: Date, { organizationId, exceptInvitationOf }: { organizationId?: string; exceptInvitationOf?: string } = {}): Promise<number> {
    const except = exceptInvitationOf === undefined ? undefined : [exceptInvitationOf];
    return count(tx, Prisma.sql`select ${this.seatsInUse(now, except)} as count from organizations o where ${isOrganization(organizationId)}`);
  }

  countMembers(tx: EntitlementReader, organizationId?: string): Promise<number> {
    return count(tx, Prisma.sql`select ${members} as count from organizations o where ${isOrganization(organizationId)}`);
  }

  /** The number of seats in use of the organization `o`, for statements that read more. See {@link countSeatsInUse}. */
  seatsInUse(now: Date, exceptInvitationsOf?: readonly string[]): Prisma.Sql {
    if (!this.catalog.billing.invitationsTakeSeats) return members;
    const address = exceptInvitationsOf === undefined ? Prisma.empty : Prisma.sql`and i.email <> all(${[...exceptInvitationsOf]}::text[])`;
    return Prisma.sql`${members} + (select count(*) from invitations i where i.organization_id = o.id and i.status = 'pending' and i.expires_at > ${now} ${address})`;
  }
}

const basisColumns = Prisma.raw(`o.plan, s.seats as "boughtSeats", s.add_ons as "addOns", ${overridesColumn} as overrides`);

const basisOf = ({ plan, boughtSeats, addOns, overrides }: BasisRow): EntitlementBasis => ({
  plan,
  boughtSeats,
  addOns: addOnsIn(addOns ?? []),
  overrides,
  disabledFeatures: noDisabledFeatures,
});

const members = Prisma.sql`(select count(*) from memberships m where m.organization_id = o.id)`;

/** Selects the organization `o`: the current one where no id is given. */
const isOrganization = (organizationId: string | undefined): Prisma.Sql => Prisma.sql`o.id = coalesce(${organizationId ?? null}::uuid, (select app.current_organization_id()))`;

async function count(tx: EntitlementReader, query: Prisma.Sql): Promise<number> {
  const [row] = await tx.$queryRaw<{ count: bigint }[]>(query);
  return Number(row?.count ?? 0);
}

/** Returns the condition for the rows of an organization. Undefined for a tenant's client, which adds it itself. */
export const owned = (organizationId: string | undefined): { organizationId?: string } => (organizationId === undefined ? {} : { organizationId });
