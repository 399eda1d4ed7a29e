import { Injectable } from '@nestjs/common';
import { PlatformDb } from '../../../database/platform-db.js';
import type { Domain } from '../../../generated/prisma/client.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { DomainProofsService } from './domain-proofs.service.js';
import { dnsRecordOf } from './dns-record.js';

/** The TXT records of a domain, and when they were requested. */
export interface DnsAnswer {
  readonly records: readonly string[];
  readonly askedAt: Date;
}

/**
 * Decides between organizations that claim the same domain: the newest proof wins. Uses the platform role, because it ends
 * verifications of other organizations.
 */
@Injectable()
export class DomainContestsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly context: TenantContext,
    private readonly proofs: DomainProofsService,
  ) {}

  /**
   * Ends the verification of this domain by other organizations that were verified before and whose TXT record is not among the
   * records. Call it when the records contain that of the claim.
   */
  async endOlderProofs(claim: Domain, { records, askedAt }: DnsAnswer): Promise<void> {
    const end = async (): Promise<void> => {
      await this.platform.$transaction(async (tx) => {
        const others = await tx.domain.findMany({
          where: { kind: claim.kind, name: claim.name, verifiedAt: { lt: askedAt }, organizationId: { not: claim.organizationId } },
          orderBy: { organizationId: 'asc' },
        });
        const gone = others.filter((other) => (other.provedAt ?? other.verifiedAt ?? askedAt) < askedAt && !records.includes(dnsRecordOf(other).value));
        for (const other of gone) await this.proofs.endProof(tx, other, 'newer_proof');
      });
    };
    // A context of its own, so that the audit log of the other organization does not name the caller of this one.
    const actor = { kind: 'job', name: 'domain-contest' } as const;
    await this.context.enter(this.context.newStore(), () => this.context.runAsPlatform('domain contest', end, actor));
  }
}
