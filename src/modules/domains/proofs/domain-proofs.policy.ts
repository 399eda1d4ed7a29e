import { dayLength } from '../../../common/calendar.js';
import type { Domain } from '../../../generated/prisma/client.js';
import { dnsRecordOf } from './dns-record.js';

/** How long a verified domain may miss its TXT record. */
export const recordGrace = 7 * dayLength;
/** The days before the end of the grace on which the owners are reminded. */
const reminderBefore = 2 * dayLength;

/** A domain that is verified by DNS, or that waits for a host which another organization has verified. */
export type Claim = Pick<Domain, 'organizationId' | 'id' | 'kind' | 'name' | 'dnsToken' | 'verifiedAt' | 'provedAt' | 'failingSince'>;

/** The consequences of the TXT records of one domain for the claims on it. */
export interface Verdict {
  /** Verified, and its record is there again. */
  readonly recovered: readonly Claim[];
  /** Verified, and its record is missing for the first time. */
  readonly missing: readonly Claim[];
  /** Missing for so long that the owners are reminded. */
  readonly reminded: readonly Claim[];
  readonly ended: readonly { readonly claim: Claim; readonly reason: 'record_missing' | 'newer_proof' }[];
  /** Waiting, and its record is missing. */
  readonly withdrawn: readonly Claim[];
  /** Waiting, in the order in which they get the domain when nobody has it. */
  readonly waiting: readonly Claim[];
}

/**
 * Judges the claims of one kind on one domain.
 *
 * A verified domain whose record is missing ends at once when another organization waits with a newer proof, otherwise
 * after the grace.
 */
export function judgeClaims(claims: readonly Claim[], records: readonly string[], now: Date): Verdict {
  const proved = (claim: Claim): boolean => records.includes(dnsRecordOf(claim).value);
  const verified = claims.filter(({ verifiedAt }) => verifiedAt !== null);
  const waiting = claims.filter((claim) => claim.verifiedAt === null && proved(claim));
  const failing = verified.filter((claim) => !proved(claim));
  const age = ({ failingSince }: Claim): number => (failingSince === null ? 0 : now.getTime() - failingSince.getTime());
  const ended = failing.flatMap((claim): Verdict['ended'] => {
    if (waiting.some(({ organizationId }) => organizationId !== claim.organizationId)) return [{ claim, reason: 'newer_proof' }];
    return age(claim) >= recordGrace ? [{ claim, reason: 'record_missing' }] : [];
  });
  const kept = failing.filter((claim) => ended.every((end) => end.claim !== claim));
  return {
    recovered: verified.filter((claim) => claim.failingSince !== null && proved(claim)),
    missing: kept.filter(({ failingSince }) => failingSince === null),
    // The job runs once a day.
    reminded: kept.filter((claim) => age(claim) >= recordGrace - reminderBefore && age(claim) < recordGrace - reminderBefore + dayLength),
    ended,
    withdrawn: claims.filter((claim) => claim.verifiedAt === null && !proved(claim)),
    waiting: waiting.toSorted((a, b) => (a.provedAt?.getTime() ?? 0) - (b.provedAt?.getTime() ?? 0)),
  };
}

/** Returns the time at which a domain without its TXT record is no longer verified. */
export const endOfGrace = (failingSince: Date): Date => new Date(failingSince.getTime() + recordGrace);
