import { Injectable } from '@nestjs/common';
import { emailDomainOf } from '../../common/text/internet-names.js';
import type { OrganizationFacts } from '../../access/organization/organization-facts.js';
import { OrganizationEntitlementsService, type EntitlementReader } from '../../access/organization/organization-entitlements.service.js';
import { Clock } from '../../common/clock.js';
import { Catalog } from '../../config/catalog/catalog.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { AddressOutsideDomainsError, NoSeatLeftError, RegistrationClosedError } from './members.errors.js';

/** The tables that decide who may become a member, as the tenant's transaction and the platform's transaction both offer them. */
export interface MembershipRuleTables extends EntitlementReader {
  readonly settingsDocument: {
    findFirst(args: { where: { section: string; organizationId?: string }; select: { document: true } }): PromiseLike<{ readonly document: unknown } | null>;
  };
}

/**
 * Decides whether somebody may become a member: allowed email domains and free seats. Call it under the organization's
 * lock, so that parallel requests cannot take the same seat.
 */
@Injectable()
export class MembershipRulesService {
  constructor(
    private readonly entitlements: OrganizationEntitlementsService,
    private readonly catalog: Catalog,
    private readonly clock: Clock,
  ) {}

  /**
   * @param email null for a managed account
   * @param organizationId required on the platform's transaction; a tenant's transaction knows its own
   * @param invited whether an invitation already holds a seat for this address
   * @throws {AddressOutsideDomainsError | NoSeatLeftError}
   */
  async assertMayJoin(tx: MembershipRuleTables, email: string | null, { organizationId, invited = false }: { organizationId?: string; invited?: boolean } = {}): Promise<void> {
    if (email !== null) await this.assertAddressesAllowed(tx, [email], organizationId);
    const limit = await this.entitlements.readSeatLimit(tx, organizationId);
    if (limit === undefined) return;
    const of = organizationId === undefined ? {} : { organizationId };
    const inUse = invited
      ? await this.entitlements.countMembers(tx, organizationId)
      : await this.entitlements.countSeatsInUse(tx, this.clock.now(), { ...of, ...(email === null ? {} : { exceptInvitationOf: email }) });
    if (inUse >= limit) throw new NoSeatLeftError(limit);
  }

  /**
   * Checks the seats after an invitation was renewed. Does nothing unless the catalog sets `invitationsTakeSeats`.
   *
   * @throws {NoSeatLeftError} when members and pending invitations exceed the seats
   */
  async assertSeatsForInvitations(tx: MembershipRuleTables): Promise<void> {
    if (!this.catalog.billing.invitationsTakeSeats) return;
    const { limit, inUse } = await this.entitlements.readSeats(tx, this.clock.now());
    if (limit !== undefined && inUse > limit) throw new NoSeatLeftError(limit);
  }

  /** Returns what counts the seats in use for invitations of addresses; undefined when their number is not limited. */
  seatsForInvitations({ entitlements }: OrganizationFacts, emails: readonly string[]): Prisma.Sql | undefined {
    const limited = this.catalog.billing.invitationsTakeSeats && entitlements.seats.limit !== undefined;
    return limited ? this.entitlements.seatsInUse(this.clock.now(), emails) : undefined;
  }

  /**
   * Checks the seats before invitations are inserted.
   *
   * @param inUse the seats in use, without those of the addresses; null when they are not limited
   * @throws {NoSeatLeftError}
   */
  assertSeatsLeft({ entitlements }: OrganizationFacts, inUse: number | null, wanted: number): void {
    const { limit } = entitlements.seats;
    if (limit !== undefined && inUse !== null && inUse + wanted > limit) throw new NoSeatLeftError(limit);
  }

  /**
   * Checks whether somebody may become a member on their own, without an invitation, by the setting `allow_student_registration`.
   *
   * @throws {RegistrationClosedError}
   */
  async assertMayRegister(tx: MembershipRuleTables, role: string, organizationId: string): Promise<void> {
    const setting = this.catalog.settings.get('allow_student_registration');
    if (setting?.enforcedBy !== 'membership' || this.catalog.roles.get(role)?.holders !== 'minors') return;
    const settings = await tx.settingsDocument.findFirst({ where: { section: 'settings', organizationId }, select: { document: true } });
    const own = (settings?.document ?? {}) as Readonly<Record<string, unknown>>;
    if ((own[setting.key] ?? setting.default) === false) throw new RegistrationClosedError();
  }

  /** @throws {AddressOutsideDomainsError} when the organization allows only certain email domains and an address is at none of them */
  async assertAddressesAllowed(tx: MembershipRuleTables, emails: readonly string[], organizationId?: string): Promise<void> {
    const where = { section: 'security', ...(organizationId === undefined ? {} : { organizationId }) };
    const security = await tx.settingsDocument.findFirst({ where, select: { document: true } });
    this.assertAtDomains(((security?.document ?? {}) as { allowedEmailDomains?: string[] }).allowedEmailDomains ?? [], emails);
  }

  /** @param domains the domains of members; empty allows all @throws {AddressOutsideDomainsError} */
  assertAtDomains(domains: readonly string[], emails: readonly string[]): void {
    if (domains.length > 0 && emails.some((email) => !domains.includes(emailDomainOf(email)))) throw new AddressOutsideDomainsError(domains);
  }
}
