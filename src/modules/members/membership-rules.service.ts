import { Injectable } from '@nestjs/common';
import type { SettingsReader } from '../../database/transactions.js';
import { AddressOutsideDomainsError } from './members.errors.js';

/** What the organization's security policy asks of whoever is to become a member. */
@Injectable()
export class MembershipRules {
  /** @throws {AddressOutsideDomainsError} when the organization allows only certain domains, and an address is at none of them */
  async assertAddressAllowed(tx: SettingsReader, emails: readonly string[], organizationId?: string): Promise<void> {
    const where = { section: 'security', ...(organizationId === undefined ? {} : { organizationId }) };
    const security = await tx.settingsDocument.findFirst({ where, select: { document: true } });
    const domains = ((security?.document ?? {}) as { allowedEmailDomains?: string[] }).allowedEmailDomains ?? [];
    if (domains.length > 0 && emails.some((email) => !domains.includes(email.slice(email.lastIndexOf('@') + 1)))) throw new AddressOutsideDomainsError(domains);
  }
}
