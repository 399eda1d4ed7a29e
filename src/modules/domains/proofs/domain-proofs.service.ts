import { Injectable } from '@nestjs/common';
import { featureRefusal } from '../../../access/access-decision.js';
import { OrganizationFactsService } from '../../../access/organization/organization-facts.service.js';
import { dayOf } from '../../../common/calendar.js';
import { Clock } from '../../../common/clock.js';
import { attempt } from '../../../database/locks.js';
import { isUniqueViolation } from '../../../database/database-errors.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Domain } from '../../../generated/prisma/client.js';
import type { DomainEnd, DomainNotice } from '../../mail/mail.templates.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { dnsRecordOf } from './dns-record.js';
import { endOfGrace, type Claim } from './domain-proofs.policy.js';

type Identity = Pick<Domain, 'organizationId' | 'id' | 'name'>;
/** Without the fields that every notice has. */
type Notice = DomainNotice extends infer Each ? (Each extends DomainNotice ? Omit<Each, 'organization' | 'domain'> : never) : never;

/** Starts, ends and announces proofs of domains, of any organization, in the platform's transaction. */
@Injectable()
export class DomainProofsService {
  constructor(
    private readonly outbox: OutboxService,
    private readonly organizations: OrganizationFactsService,
    private readonly clock: Clock,
  ) {}

  /** Ends the verification unless it was renewed since the claim was read. Returns whether it ended. */
  async endProof(tx: PlatformTransaction, claim: Identity & Pick<Domain, 'provedAt' | 'dnsToken'>, reason: DomainEnd): Promise<boolean> {
    const { organizationId, id, provedAt, dnsToken } = claim;
    const where = { organizationId, id, provedAt, dnsToken, verifiedAt: { not: null } };
    const { count } = await tx.domain.updateMany({ where, data: { ...ended, endedReason: reason } });
    if (count > 0) await this.announce(tx, claim, { notice: 'ended', reason, note: null });
    return count > 0;
  }

  /** Ends the verification, also if it was renewed, with a new token, so that the old TXT record proves nothing. */
  async releaseDomain(tx: PlatformTransaction, claim: Identity, dnsToken: string, note: string): Promise<void> {
    const { organizationId, id } = claim;
    await tx.domain.updateMany({ where: { organizationId, id }, data: { ...ended, endedReason: 'released', endedNote: note, dnsToken } });
    await this.announce(tx, claim, { notice: 'ended', reason: 'released', note });
  }

  /** Verifies a host for an organization that waited for it. Returns false when another organization has it, or the feature is no longer available. */
  async verifyWaiting(tx: PlatformTransaction, claim: Claim): Promise<boolean> {
    const { organizationId, id, provedAt, dnsToken } = claim;
    if (featureRefusal('custom_domains', await this.organizations.read(organizationId)) !== undefined) return false;
    const data = { grade: 'ownership' as const, verifiedAt: this.clock.now(), provedAt: this.clock.now(), failingSince: null, endedReason: null, endedNote: null };
    try {
      const { count } = await attempt(tx, () => tx.domain.updateMany({ where: { organizationId, id, provedAt, dnsToken, verifiedAt: null }, data }));
      if (count > 0) await this.announce(tx, claim, { notice: 'verified' });
      return count > 0;
    } catch (error) {
      if (isUniqueViolation(error, 'verified_host')) return false;
      throw error;
    }
  }

  /** Notes that the TXT record is missing. */
  async beginGrace(tx: PlatformTransaction, claim: Claim, now: Date): Promise<void> {
    const { organizationId, id } = claim;
    const { count } = await tx.domain.updateMany({ where: { organizationId, id, grade: 'ownership', failingSince: null, provedAt: claim.provedAt }, data: { failingSince: now } });
    if (count > 0) await this.remind(tx, claim, now);
  }

  async remind(tx: PlatformTransaction, claim: Claim, failingSince: Date): Promise<void> {
    const { name, value } = dnsRecordOf(claim);
    await this.announce(tx, claim, { notice: 'record_missing', record: `${name} TXT ${value}`, until: dayOf(endOfGrace(failingSince)) });
  }

  async announce(tx: PlatformTransaction, { organizationId, name }: Identity, notice: Notice): Promise<void> {
    const organization = await tx.organization.findUniqueOrThrow({ where: { id: organizationId }, select: { name: true } });
    await this.outbox.addMailToOwners(tx, { template: 'domain', organizationId, data: { ...notice, organization: organization.name, domain: name } });
  }
}

/** An unverified domain, through which nobody joins and which selects no organization. */
const ended = {
  verifiedAt: null,
  grade: null,
  joinPolicy: 'none',
  provedAt: null,
  failingSince: null,
  codeHash: null,
  codeExpiresAt: null,
} as const;
