import { Injectable } from '@nestjs/common';
import { Catalog, type Limit } from '../../config/catalog/catalog.js';
import { addOnsIn, Entitlements, type EntitlementBasis, type EntitlementOverrides } from './entitlements.js';

interface OverrideRow {
  readonly kind: string;
  readonly key: string;
  readonly units: bigint | null;
  readonly available: boolean | null;
}

/** The tables that decide about entitlements, as the tenant's transaction and the platform's transaction both offer them. */
export interface EntitlementTables {
  readonly organization: { findFirst(args: { where: { id?: string }; select: { plan: true } }): PromiseLike<{ readonly plan: string } | null> };
  readonly subscription: {
    findFirst(args: { where: { organizationId?: string }; select: { seats: true; addOns: true } }): PromiseLike<{ readonly seats: number | null; readonly addOns: unknown } | null>;
  };
  readonly entitlementOverride: {
    findMany(args: { where: { organizationId?: string }; select: { kind: true; key: true; units: true; available: true } }): PromiseLike<readonly OverrideRow[]>;
  };
  readonly membership: { count(args: { where: { organizationId?: string } }): PromiseLike<number> };
  readonly invitation: {
    count(args: { where: { organizationId?: string; status: 'pending'; expiresAt: { gt: Date }; email?: { not: string } } }): PromiseLike<number>;
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
  async readOverrides(tx: EntitlementTables, organizationId?: string): Promise<EntitlementOverrides> {
    const rows = await tx.entitlementOverride.findMany({ where: owned(organizationId), select: { kind: true, key: true, units: true, available: true } });
    return {
      limits: Object.fromEntries(rows.filter(({ kind }) => kind === 'limit').map(({ key, units }) => [key, units === null ? null : Number(units)])),
      features: Object.fromEntries(rows.filter(({ kind }) => kind === 'feature').map(({ key, available }) => [key, available === true])),
    };
  }

  /** Returns the plan, purchases and overrides of an organization, or undefined when it does not exist. Features that it switched off count as enabled. */
  async readBasis(tx: EntitlementTables, organizationId?: string): Promise<EntitlementBasis | undefined> {
    const organization = await tx.organization.findFirst({ where: organizationId === undefined ? {} : { id: organizationId }, select: { plan: true } });
    if (organization === null) return undefined;
    const subscription = await tx.subscription.findFirst({ where: owned(organizationId), select: { seats: true, addOns: true } });
    return {
      plan: organization.plan,
      disabledFeatures: noDisabledFeatures,
      overrides: await this.readOverrides(tx, organizationId),
      boughtSeats: subscription?.seats ?? null,
      addOns: addOnsIn(subscription?.addOns ?? []),
    };
  }

  /** Returns the number of seats, or undefined when it is unlimited or the organization does not exist. */
  async readSeatLimit(tx: EntitlementTables, organizationId?: string): Promise<Limit> {
    const basis = await this.readBasis(tx, organizationId);
    return basis === undefined ? undefined : this.entitlements.entitlementsFor(basis).seats.limit;
  }

  /**
   * Counts the seats that members take, and those of pending invitations when the catalog sets `invitationsTakeSeats`.
   *
   * @param now invitations that expire later are pending
   * @param exceptInvitationOf the email address whose invitation is not counted
   */
  async countSeatsInUse(tx: EntitlementTables, now: Date, { organizationId, exceptInvitationOf }: { organizationId?: string; exceptInvitationOf?: string } = {}): Promise<number> {
    const members = await this.countMembers(tx, organizationId);
    if (!this.catalog.billing.invitationsTakeSeats) return members;
    const address = exceptInvitationOf === undefined ? {} : { email: { not: exceptInvitationOf } };
    return members + (await tx.invitation.count({ where: { ...owned(organizationId), status: 'pending', expiresAt: { gt: now }, ...address } }));
  }

  countMembers(tx: EntitlementTables, organizationId?: string): PromiseLike<number> {
    return tx.membership.count({ where: owned(organizationId) });
  }
}

/** Returns the condition for the rows of an organization. Undefined for a tenant's client, which adds it itself. */
export const owned = (organizationId: string | undefined): { organizationId?: string } => (organizationId === undefined ? {} : { organizationId });
