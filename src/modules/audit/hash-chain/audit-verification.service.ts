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
    const { rows } = await this.platform.query<{ chain: string }>(
      `select chain::text from (select chain from audit.heads union select coalesce(organization_id, $2::uuid) from audit.events) c where $1::uuid is null or chain = $1::uuid order by 1`,
      [organizationId ?? null, platformChain],
    );
    const chains = new Set([...rows.map(({ chain }) => chain), ...(organizationId === undefined || kept === undefined ? [] : [organizationId])]);
    const reports: ChainReport[] = [];
    for (const chain of chains) reports.push(await this.#verifyChain(chain, kept));
    return reports;
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
    const { rows } = await this.platform.query<{ sequence: string; hash: Buffer }>('select sequence::text as sequence, hash from audit.heads where chain = $1::uuid', [chain]);
    return rows.map((head) => ({ sequence: Number(head.sequence), hash: head.hash }));
  }

  async #read(chain: string, after: number): Promise<EventRow[]> {
    const own = chain === platformChain ? 'e.organization_id is null and $3::uuid is not null' : 'e.organization_id = $3::uuid';
    const { rows } = await this.platform.query<EventRow>(
      `select ${eventColumns}
         from audit.events e where ${own} and e.sequence > $1::bigint order by e.sequence limit $2::int`,
      [after, batch, chain],
    );
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
