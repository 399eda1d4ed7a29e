import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { ErasedParts } from './erased-parts.js';
import { actorHash, detailsHash, eventColumns, eventHash, noHash, type EventRow } from './event-hash.js';

const batch = 2000;
/** The key of the chain of the platform in `audit.heads`. */
export const platformChain = '00000000-0000-0000-0000-000000000000';

export interface ChainReport {
  /** Null for the chain of the platform. */
  readonly organizationId: string | null;
  readonly events: number;
  /** The number of events whose actor or changes were erased, which the chain allows. */
  readonly erased: number;
  /** The hash of the last event, in hex. */
  readonly hash: string;
  /** `<sequence>:<hash>` of the last event. If you store it elsewhere, it can later prove that no earlier event was changed. */
  readonly head: string;
  /** The first invalid event and the reason; undefined when all events are valid. */
  readonly bad?: { readonly sequence: number; readonly reason: string } | undefined;
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

/** Verifies the hash chains of the audit log, event by event. */
@Injectable()
export class AuditVerificationService {
  constructor(private readonly platform: PlatformPool) {}

  /**
   * @param organizationId an organization or {@link platformChain}; all chains when undefined
   * @param kept an event that the chain must contain
   */
  async verifyChains(organizationId?: string, kept?: KeptHead): Promise<ChainReport[]> {
    const { rows } = await this.platform.read<{ chain: string }>({
      text: `select chain::text from (select chain from audit.heads union select coalesce(organization_id, $2::uuid) from audit.events) c where $1::uuid is null or chain = $1::uuid order by 1`,
      values: [organizationId ?? null, platformChain],
    });
    const chains = new Set([...rows.map(({ chain }) => chain), ...(organizationId === undefined || kept === undefined ? [] : [organizationId])]);
    const reports: ChainReport[] = [];
    for (const chain of chains) reports.push(await this.#verifyChain(chain, kept));
    return reports;
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

  /** Reads the head first. Events that are added meanwhile are verified too. */
  async #verifyChain(chain: string, kept: KeptHead | undefined): Promise<ChainReport> {
    const ends = [...(await this.#headOf(chain)), ...(kept === undefined ? [] : [kept])];
    let [sequence, hash, erased]: [number, Buffer, number] = [0, noHash, 0];
    const parts = new ErasedParts(chain);
    const report = (bad?: ChainReport['bad']): ChainReport => {
      const [organizationId, hex] = [chain === platformChain ? null : chain, hash.toString('hex')];
      return { organizationId, events: sequence, erased, hash: hex, head: `${sequence}:${hex}`, bad };
    };
    for (;;) {
      const rows = await this.#read(chain, sequence);
      for (const row of rows) {
        const reason = describeFault(row, sequence + 1, hash);
        if (reason !== undefined) return report({ sequence: sequence + 1, reason });
        [sequence, hash] = [sequence + 1, row.hash];
        if (row.actorSalt === null || row.detailsSalt === null) erased += 1;
        parts.add(row, sequence);
        if (ends.some((end) => end.sequence === sequence && !end.hash.equals(hash))) return report({ sequence, reason: 'the event differs from the recorded end of the chain' });
      }
      if (rows.length < batch) break;
    }
    if (ends.some((end) => end.sequence > sequence)) return report({ sequence: sequence + 1, reason: 'the event and all events after it were removed' });
    return report(parts.firstUnexplained());
  }

  async #headOf(chain: string): Promise<KeptHead[]> {
    const { rows } = await this.platform.read<{ sequence: string; hash: Buffer }>({
      text: 'select sequence::text as sequence, hash from audit.heads where chain = $1::uuid',
      values: [chain],
    });
    return rows.map((head) => ({ sequence: Number(head.sequence), hash: head.hash }));
  }

  async #read(chain: string, after: number): Promise<EventRow[]> {
    const own = chain === platformChain ? 'e.organization_id is null and $3::uuid is not null' : 'e.organization_id = $3::uuid';
    const { rows } = await this.platform.read<EventRow>({
      text: `select ${eventColumns}
         from audit.events e where ${own} and e.sequence > $1::bigint order by e.sequence limit $2::int`,
      values: [after, batch, chain],
    });
    return rows;
  }
}

function describeFault(row: EventRow, expected: number, previous: Buffer): string | undefined {
  if (Number(row.sequence) !== expected) return 'the event was removed';
  if (!row.previousHash.equals(previous)) return 'the event does not follow the previous event';
  if (!eventHash(row, previous).equals(row.hash)) return 'the event was changed';
  if (actorHash(row)?.equals(row.actorHash) === false) return 'the actor was changed';
  return detailsHash(row)?.equals(row.detailsHash) === false ? 'the recorded changes were changed' : undefined;
}
