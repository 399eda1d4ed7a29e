import { Injectable } from '@nestjs/common';
import { Entitlements } from '../../access/entitlements.js';
import type { MembershipReader } from '../../database/transactions.js';
import { AddressOutsideDomainsError, NoSeatLeftError } from './members.errors.js';

const nothingDisabled: ReadonlySet<string> = new Set();

/**
 * What an organization asks of whoever is to become a member. Judged under the organization's lock, so that of many who
 * come at the same time no more get in than there are seats.
 */
@Injectable()
export class MembershipRules {
  constructor(private readonly entitlements: Entitlements) {}

  /**
   * @param organizationId only on the platform's transaction; the tenant's knows its own
   * @throws {AddressOutsideDomainsError | NoSeatLeftError}
   */
  async assertAdmissible(tx: MembershipReader, email: string, organizationId?: string): Promise<void> {
    await this.assertAddressesAllowed(tx, [email], organizationId);
    const of = organizationId === undefined ? {} : { organizationId };
    const organization = await tx.organization.findFirst({ where: organizationId === undefined ? {} : { id: organizationId }, select: { plan: true } });
    if (organization === null) return;
    const granted = await tx.entitlementOverride.findMany({ where: { ...of, kind: 'limit' }, select: { key: true, units: true } });
    const limits = Object.fromEntries(granted.map(({ key, units }) => [key, units === null ? null : Number(units)]));
    const { limit } = this.entitlements.of({ plan: organization.plan, disabledFeatures: nothingDisabled, overrides: { limits, features: {} } }).seats;
    if (limit !== undefined && (await tx.membership.count({ where: of })) >= limit) throw new NoSeatLeftError(limit);
  }

  /** @throws {AddressOutsideDomainsError} when the organization allows only certain domains, and an address is at none of them */
  async assertAddressesAllowed(tx: MembershipReader, emails: readonly string[], organizationId?: string): Promise<void> {
    const where = { section: 'security', ...(organizationId === undefined ? {} : { organizationId }) };
    const security = await tx.settingsDocument.findFirst({ where, select: { document: true } });
    const domains = ((security?.document ?? {}) as { allowedEmailDomains?: string[] }).allowedEmailDomains ?? [];
    if (domains.length > 0 && emails.some((email) => !domains.includes(email.slice(email.lastIndexOf('@') + 1)))) throw new AddressOutsideDomainsError(domains);
  }
}
