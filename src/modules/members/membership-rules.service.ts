import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { addOnsIn, Entitlements } from '../../access/organization/entitlements.js';
import type { MembershipReader } from '../../database/transactions.js';
import { AddressOutsideDomainsError, NoSeatLeftError } from './members.errors.js';

const nothingDisabled: ReadonlySet<string> = new Set();

/**
 * What an organization asks of whoever is to become a member. Judged under the organization's lock, so that of many who
 * come at the same time no more get in than there are seats.
 */
@Injectable()
export class MembershipRulesService {
  constructor(
    private readonly entitlements: Entitlements,
    private readonly catalog: Catalog,
    private readonly clock: Clock,
  ) {}

  /**
   * @param organizationId only on the platform's transaction; the tenant's knows its own
   * @param invited whether an invitation holds a seat for them already
   * @throws {AddressOutsideDomainsError | NoSeatLeftError}
   */
  async assertAdmissible(tx: MembershipReader, email: string, { organizationId, invited = false }: { organizationId?: string; invited?: boolean } = {}): Promise<void> {
    await this.assertAddressesAllowed(tx, [email], organizationId);
    const limit = await this.#seatsOf(tx, organizationId);
    if (limit === undefined) return;
    const of = organizationId === undefined ? {} : { organizationId };
    const members = await tx.membership.count({ where: of });
    const others = invited ? 0 : await this.#invitations(tx, of, email);
    if (members + others >= limit) throw new NoSeatLeftError(limit);
  }

  /**
   * Judges invitations that were just made.
   *
   * @throws {NoSeatLeftError} when they and the members are more than there are seats, and a catalog lets invitations take seats
   */
  async assertSeatsForInvitations(tx: MembershipReader): Promise<void> {
    if (!this.catalog.billing.invitationsTakeSeats) return;
    const limit = await this.#seatsOf(tx, undefined);
    if (limit !== undefined && (await tx.membership.count({ where: {} })) + (await this.#invitations(tx, {})) > limit) throw new NoSeatLeftError(limit);
  }

  /** The pending invitations, but for that of an address. */
  async #invitations(tx: MembershipReader, of: { organizationId?: string }, except?: string): Promise<number> {
    if (!this.catalog.billing.invitationsTakeSeats) return 0;
    return tx.invitation.count({ where: { ...of, status: 'pending', expiresAt: { gt: this.clock.now() }, ...(except === undefined ? {} : { email: { not: except } }) } });
  }

  async #seatsOf(tx: MembershipReader, organizationId: string | undefined): Promise<number | undefined> {
    const of = organizationId === undefined ? {} : { organizationId };
    const organization = await tx.organization.findFirst({ where: organizationId === undefined ? {} : { id: organizationId }, select: { plan: true } });
    if (organization === null) return undefined;
    const granted = await tx.entitlementOverride.findMany({ where: { ...of, kind: 'limit' }, select: { key: true, units: true } });
    const subscription = await tx.subscription.findFirst({ where: of, select: { seats: true, addOns: true } });
    const limits = Object.fromEntries(granted.map(({ key, units }) => [key, units === null ? null : Number(units)]));
    const bought = { boughtSeats: subscription?.seats ?? null, addOns: addOnsIn(subscription?.addOns ?? []) };
    return this.entitlements.of({ plan: organization.plan, disabledFeatures: nothingDisabled, overrides: { limits, features: {} }, ...bought }).seats.limit;
  }

  /** @throws {AddressOutsideDomainsError} when the organization allows only certain domains, and an address is at none of them */
  async assertAddressesAllowed(tx: MembershipReader, emails: readonly string[], organizationId?: string): Promise<void> {
    const where = { section: 'security', ...(organizationId === undefined ? {} : { organizationId }) };
    const security = await tx.settingsDocument.findFirst({ where, select: { document: true } });
    const domains = ((security?.document ?? {}) as { allowedEmailDomains?: string[] }).allowedEmailDomains ?? [];
    if (domains.length > 0 && emails.some((email) => !domains.includes(email.slice(email.lastIndexOf('@') + 1)))) throw new AddressOutsideDomainsError(domains);
  }
}
