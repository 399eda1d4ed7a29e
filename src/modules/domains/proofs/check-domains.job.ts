import { Logger } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { dayLength, dayOf } from '../../../common/calendar.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';
import { judgeClaims, type Claim, type Verdict } from './domain-proofs.policy.js';
import { DomainProofsService } from './domain-proofs.service.js';
import { dnsRecordOf } from './dns-record.js';
import { DnsUnavailableError } from '../domains.errors.js';
import { TxtRecords } from './txt-records.js';

const parallelLookups = 32;
/** Domains that are not looked up within this time keep their state. The next run begins with them. */
const maxLookupTime = 5 * 60 * 1000;
/** A code proves affiliation for this time. */
const codeLifetime = 365 * dayLength;
const codeNotice = 7 * dayLength;

/**
 * Looks up the TXT record of every domain that is verified by DNS, and ends verifications whose proof is gone. A failed lookup
 * changes nothing. It looks up all records before it writes, so that no row is locked meanwhile.
 */
@ScheduledJob({ name: 'check-domains', cron: '0 20 4 * * *', period: 'day' })
export class CheckDomainsJob implements Job {
  readonly #logger = new Logger(CheckDomainsJob.name);

  constructor(
    private readonly records: TxtRecords,
    private readonly proofs: DomainProofsService,
  ) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const claims = await tx.domain.findMany({
      where: { OR: [{ grade: 'ownership' }, { verifiedAt: null, provedAt: { not: null } }] },
      orderBy: [{ lastCheckedAt: { sort: 'asc', nulls: 'first' } }, { organizationId: 'asc' }, { id: 'asc' }],
    });
    const records = await this.#lookUp([...new Set(claims.map((claim) => dnsRecordOf(claim).name))]);
    const counts = { checked: 0, missing: 0, ended: 0, verified: 0, failedLookups: 0, left: 0 };
    for (const same of groups(claims)) {
      const [first] = same;
      const found = first === undefined ? undefined : records.get(dnsRecordOf(first).name);
      if (found === undefined) counts.left += 1;
      else if (found === 'failed') counts.failedLookups += 1;
      else {
        counts.checked += 1;
        const { missing, ended, verified } = await this.#apply(tx, judgeClaims(same, found, now), now);
        counts.missing += missing;
        counts.ended += ended;
        counts.verified += verified;
      }
    }
    await this.#noteChecks(
      tx,
      claims.filter((claim) => records.has(dnsRecordOf(claim).name)),
      now,
    );
    return { ...counts, codesExpired: await this.#expireCodes(tx, now) };
  }

  async #apply(tx: PlatformTransaction, verdict: Verdict, now: Date): Promise<{ missing: number; ended: number; verified: number }> {
    for (const { organizationId, id } of verdict.recovered) await tx.domain.updateMany({ where: { organizationId, id }, data: { failingSince: null } });
    for (const { organizationId, id } of verdict.withdrawn) await tx.domain.updateMany({ where: { organizationId, id, verifiedAt: null }, data: { provedAt: null } });
    for (const claim of verdict.missing) await this.proofs.beginGrace(tx, claim, now);
    for (const claim of verdict.reminded) await this.proofs.remind(tx, claim, claim.failingSince ?? now);
    let ended = 0;
    for (const { claim, reason } of verdict.ended) if (await this.proofs.endProof(tx, claim, reason)) ended += 1;
    let verified = 0;
    for (const claim of verdict.waiting) if (await this.proofs.verifyWaiting(tx, claim)) verified += 1;
    return { missing: verdict.missing.length, ended, verified };
  }

  async #expireCodes(tx: PlatformTransaction, now: Date): Promise<number> {
    const affiliated = await tx.domain.findMany({ where: { grade: 'affiliation', verifiedAt: { lte: new Date(now.getTime() - codeLifetime + codeNotice) } } });
    let expired = 0;
    for (const claim of affiliated) {
      const endsAt = (claim.provedAt ?? claim.verifiedAt ?? now).getTime() + codeLifetime;
      const left = endsAt - now.getTime();
      if (left <= 0 && (await this.proofs.endProof(tx, claim, 'code_expired'))) expired += 1;
      // The job runs once a day.
      else if (left > codeNotice - dayLength && left <= codeNotice) await this.proofs.announce(tx, claim, { notice: 'code_expires', until: dayOf(new Date(endsAt)) });
    }
    return expired;
  }

  async #noteChecks(tx: PlatformTransaction, claims: readonly Claim[], now: Date): Promise<void> {
    const [organizations, ids] = [claims.map(({ organizationId }) => organizationId), claims.map(({ id }) => id)];
    await tx.$executeRaw`update domains d set last_checked_at = ${now}
      from unnest(${organizations}::uuid[], ${ids}::uuid[]) as c (organization_id, id) where d.organization_id = c.organization_id and d.id = c.id`;
  }

  /** Returns the TXT records of the names that were looked up, or that the lookup has failed. Takes the names in their order. */
  async #lookUp(names: readonly string[]): Promise<ReadonlyMap<string, readonly string[] | 'failed'>> {
    const records = new Map<string, readonly string[] | 'failed'>();
    const began = performance.now();
    const left = [...names].reverse();
    const work = async (): Promise<void> => {
      for (let name = left.pop(); name !== undefined && performance.now() - began < maxLookupTime; name = left.pop()) {
        try {
          records.set(name, await this.records.findTxtRecords(name));
        } catch (error) {
          if (!(error instanceof DnsUnavailableError)) throw error;
          records.set(name, 'failed');
          this.#logger.warn({ name }, 'a domain could not be looked up; it keeps its state');
        }
      }
    };
    await Promise.all(Array.from({ length: parallelLookups }, work));
    return records;
  }
}

/** Groups the claims on the same domain. */
function groups(claims: readonly Claim[]): Claim[][] {
  const byName = new Map<string, Claim[]>();
  for (const claim of claims) {
    const key = `${claim.kind} ${claim.name}`;
    byName.set(key, [...(byName.get(key) ?? []), claim]);
  }
  return [...byName.values()];
}
