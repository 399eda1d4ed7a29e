/** What a commit found and did: a row of `usage.commit_reservation`. */
export interface CommitFacts {
  /** Whether this call committed the reservation. */
  readonly done: boolean;
  /** The status of the reservation; null when it does not exist. */
  readonly status: string | null;
  /** The units with which it was committed before. */
  readonly committed: number | null;
  /** Whether the ledger has another event with the id of the reservation. */
  readonly isIdTaken: boolean;
}

/** `closed`: committed with other units or released. `exceeded`: there is no room for the units. `reused`: the id is taken. */
export type CommitOutcome = 'committed' | 'repeated' | 'closed' | 'exceeded' | 'reused' | 'unknown';

/** Decides the outcome of a commit of `units`. A commit that is sent again with the same units succeeds. */
export function commitOutcome({ done, status, committed, isIdTaken }: CommitFacts, units: number): CommitOutcome {
  if (done) return 'committed';
  if (status === null) return 'unknown';
  if (status === 'committed' && committed === units) return 'repeated';
  if (status === 'committed' || status === 'released') return 'closed';
  return isIdTaken ? 'reused' : 'exceeded';
}
