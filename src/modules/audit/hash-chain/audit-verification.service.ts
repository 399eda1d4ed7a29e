import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { CheckpointVerificationService, type CheckpointReport, type Fault } from '../checkpoints/checkpoint-verification.service.js';
import { ErasedParts, type ErasureChange } from './erased-parts.js';
import { actorHash, detailsHash, eventColumns, eventHash, noHash, platformChain, type EventRow } from './event-hash.js';

const batch = 2000;
/** Events with numbers below 1, which were added by hand, are read too. */
const smallestSequence = '-9223372036854775808';

export interface ChainReport {
  /** Null for the chain of the platform. */
  readonly organizationId: string | null;
  readonly events: number;
  /** The number of events that the retention has removed from the beginning. */
  readonly removed: number;
  /** The number of events whose actor or changes were erased, which the chain allows. */
  readonly erased: number;
  /** The hash of the last event, in hex. */
  readonly hash: string;
  /** `<sequence>:<hash>` of the last event. If you store it elsewhere, it can later prove that no earlier event was changed. */
  readonly head: string;
  /** The first invalid event and the reason; undefined when all events are valid. */
  readonly bad?: Fault | undefined;
}

/** Records from outside of the database, which are compared with the chains. */
export interface Evidence {
  /** An event that the chain must contain. */
  readonly kept?: KeptHead | undefined;
  /** The tokens of checkpoints that were stored outside of the database. */
  readonly exported?: readonly string[] | undefined;
}

export interface LogReport {
  readonly chains: readonly ChainReport[];
  readonly checkpoints: CheckpointReport;
}

/** Changes that are committed and in no chain, although a running server would have chained them. */
export interface WaitingChanges {
  readonly transactions: number;
  /** The time of the oldest. */
  readonly since: string;
}

/** The sequence number and hash of an event, as stored elsewhere. */
export interface KeptHead {
  readonly sequence: number;
  readonly hash: Buffer;
}

interface Head extends KeptHead {
  readonly removed: number;
  readonly removedHash: Buffer | null;
}

/** Verifies the hash chains of the audit log, event by event, and against the checkpoints. */
@Injectable()
export class AuditVerificationService {
  constructor(
    private readonly platform: PlatformPool,
    private readonly checkpoints: CheckpointVerificationService,
  ) {}

  /**
   * @param organizationId an organization or {@link platformChain}; all chains when undefined
   * @param evidence `kept` belongs to one chain
   */
  async verifyLog(organizationId?: string, { kept, exported = [] }: Evidence = {}): Promise<LogReport> {
    const { report, faults } = await this.checkpoints.verifyCheckpoints(exported, organizationId);
    const { rows } = await this.platform.read<{ chain: string }>({
      text: `select chain::text from (select chain from audit.heads union select coalesce(organization_id, $2::uuid) from audit.events) c where $1::uuid is null or chain = $1::uuid`,
      values: [organizationId ?? null, platformChain],
    });
    const named = organizationId === undefined || kept === undefined ? [] : [organizationId];
    const chains: ChainReport[] = [];
    for (const chain of [...new Set([...rows.map((row) => row.chain), ...named, ...faults.keys()])].toSorted())
      chains.push(await this.#verifyChain(chain, kept, faults.get(chain)));
    return { chains, checkpoints: report };
  }

  /**
   * Returns the changes that no server has added to a chain for a minute. It adds none itself: what it reports would look like an event that was chained in time.
   * A transaction that has just committed may have older changes, so they are looked for twice.
   */
  async findWaiting(lookAgainAfter = 2_000): Promise<WaitingChanges | undefined> {
    const first = await this.#waitingSince([]);
    if (first.length === 0) return undefined;
    await setTimeout(lookAgainAfter);
    const still = await this.#waitingSince(first.map(({ xid }) => xid));
    const since = still.map((each) => each.since).toSorted()[0];
    return since === undefined ? undefined : { transactions: still.length, since };
  }

  /** @param of the transactions; all when empty */
  async #waitingSince(of: readonly string[]): Promise<{ xid: string; since: string }[]> {
    const { rows } = await this.platform.read<{ xid: string; since: string }>({
      text: `select xid::text, to_char(max(occurred_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since from audit.pending
        where cardinality($1::text[]) = 0 or xid::text = any($1) group by xid having max(occurred_at) < clock_timestamp() - interval '1 minute'`,
      values: [of],
    });
    return rows;
  }

  /** @param fault what the checkpoints say */
  async #verifyChain(chain: string, kept: KeptHead | undefined, fault: Fault | undefined): Promise<ChainReport> {
    for (;;) {
      const head = await this.#headOf(chain);
      const report = await this.#verifyEvents(chain, head, { kept, fault });
      // Events that the retention has removed meanwhile are missing.
      if (report.bad === undefined || (await this.#headOf(chain))?.removed === head?.removed) return report;
    }
  }

  /** Verifies the events after those that were removed. The head was read before: events that are added meanwhile are verified too. */
  async #verifyEvents(chain: string, head: Head | undefined, { kept, fault }: { readonly kept: KeptHead | undefined; readonly fault: Fault | undefined }): Promise<ChainReport> {
    const removed = head?.removed ?? 0;
    const ends = [...(head === undefined ? [] : [head]), ...(kept === undefined || kept.sequence < removed ? [] : [kept])];
    let [sequence, hash, erased]: [number, Buffer, number] = [removed, head?.removedHash ?? noHash, 0];
    const parts = new ErasedParts(chain);
    const report = (found?: Fault): ChainReport => {
      const [organizationId, hex] = [chain === platformChain ? null : chain, hash.toString('hex')];
      const bad = found === undefined || (fault !== undefined && fault.sequence < found.sequence) ? fault : found;
      return { organizationId, events: sequence - removed, removed, erased, hash: hex, head: `${sequence}:${hex}`, bad };
    };
    /** An erasure that was committed meanwhile explains what is missing. It waits for its place in the chain, or is among the events that are read after that. */
    let hasLooked = false;
    const differs = (): boolean => ends.some((end) => end.sequence === sequence && !end.hash.equals(hash));
    if (differs()) return report({ sequence, reason: 'the event differs from the recorded end of the chain' });
    for (let from = smallestSequence; ; from = String(sequence + 1)) {
      const rows = await this.#read(chain, from);
      for (const row of rows) {
        const reason = describeFault(row, sequence + 1, hash);
        if (reason !== undefined) return report({ sequence: sequence + 1, reason });
        [sequence, hash] = [sequence + 1, row.hash];
        if (row.actorSalt === null || row.detailsSalt === null) erased += 1;
        parts.add(row, sequence);
        if (differs()) return report({ sequence, reason: 'the event differs from the recorded end of the chain' });
      }
      if (rows.length >= batch) continue;
      // Events that were added since the last look may miss parts, too.
      if (parts.firstUnexplained() === undefined || (hasLooked && rows.length === 0)) break;
      parts.explain(await this.#waitingErasures(chain));
      hasLooked = true;
    }
    if (ends.some((end) => end.sequence > sequence)) return report({ sequence: sequence + 1, reason: 'the event and all events after it were removed' });
    return report(parts.firstUnexplained());
  }

  async #headOf(chain: string): Promise<Head | undefined> {
    const { rows } = await this.platform.read<{ sequence: string; hash: Buffer; removed: string; removedHash: Buffer | null }>({
      text: 'select sequence::text as sequence, hash, removed::text as removed, removed_hash as "removedHash" from audit.heads where chain = $1::uuid',
      values: [chain],
    });
    return rows.map((head) => ({ ...head, sequence: Number(head.sequence), removed: Number(head.removed) }))[0];
  }

  /** Returns what may say that parts of events were erased, and is committed but not in the chain yet. */
  async #waitingErasures(chain: string): Promise<ErasureChange[]> {
    const { rows } = await this.platform.read<ErasureChange>({
      text: `select relation as "table", row_id as id, operation, before from audit.pending where chain = $1::uuid and relation in ('audit.actors', 'audit.details', 'organizations')`,
      values: [chain],
    });
    return rows;
  }

  /** Reads events, and all that have the sequence number of the last one, which only an event that was added by hand can share. */
  async #read(chain: string, from: string): Promise<EventRow[]> {
    const own = chain === platformChain ? 'e.organization_id is null and $3::uuid is not null' : 'e.organization_id = $3::uuid';
    const { rows } = await this.platform.read<EventRow>({
      text: `select ${eventColumns}
         from audit.events e where ${own} and e.sequence >= $1::bigint order by e.sequence fetch first ($2::int) rows with ties`,
      values: [from, batch, chain],
    });
    return rows;
  }
}

function describeFault(row: EventRow, expected: number, previous: Buffer): string | undefined {
  if (Number(row.sequence) < expected) return 'another event has its place, or it has expired';
  if (Number(row.sequence) !== expected) return 'the event was removed';
  if (!row.previousHash.equals(previous)) return 'the event does not follow the previous event';
  if (!eventHash(row, previous).equals(row.hash)) return 'the event was changed';
  if (actorHash(row)?.equals(row.actorHash) === false) return 'the actor was changed';
  return detailsHash(row)?.equals(row.detailsHash) === false ? 'the recorded changes were changed' : undefined;
}
