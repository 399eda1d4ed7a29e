import { Injectable } from '@nestjs/common';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { actorHash, detailsHash, eventColumns, eventHash, noHash, type EventRow } from './event-hash.js';

const batch = 2000;
/** The key of the platform's own chain among the heads. */
export const platformChain = '00000000-0000-0000-0000-000000000000';

export interface ChainReport {
  /** Null for the platform's own chain. */
  readonly organizationId: string | null;
  readonly events: number;
  /** Events whose actor or details were erased, which the chain allows. */
  readonly erased: number;
  /** Of the last event, in hex. */
  readonly hash: string;
  /** `<sequence>:<hash>` of the last event: kept elsewhere, it proves later that nothing before it was changed. */
  readonly head: string;
  /** The first event that is not what it was, and why; undefined when all are. */
  readonly bad?: { readonly sequence: number; readonly reason: string } | undefined;
}

/** The place and the hash of an event, as they were written down elsewhere. */
export interface KeptHead {
  readonly sequence: number;
  readonly hash: Buffer;
}

/** Recomputes the chains of the audit log, event by event, and says where one does not hold. */
@Injectable()
export class AuditVerificationService {
  constructor(private readonly platform: PlatformPool) {}

  /**
   * @param organizationId one organization (or {@link platformChain}); all of them, and the platform's own, when left out
   * @param kept an event that the chain must have
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

  /** The head is read first: events that come meanwhile are judged, but need not be there. */
  async #verifyChain(chain: string, kept: KeptHead | undefined): Promise<ChainReport> {
    const ends = [...(await this.#headOf(chain)), ...(kept === undefined ? [] : [kept])];
    let [sequence, hash, erased]: [number, Buffer, number] = [0, noHash, 0];
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
        if (ends.some((end) => end.sequence === sequence && !end.hash.equals(hash))) return report({ sequence, reason: 'it is not the event that the chain ended with' });
      }
      if (rows.length < batch) break;
    }
    return ends.some((end) => end.sequence > sequence) ? report({ sequence: sequence + 1, reason: 'it was removed, and all that came after it' }) : report();
  }

  async #headOf(chain: string): Promise<KeptHead[]> {
    const { rows } = await this.platform.query<{ sequence: string; hash: Buffer }>('select sequence::text as sequence, hash from audit.heads where chain = $1::uuid', [chain]);
    return rows.map((head) => ({ sequence: Number(head.sequence), hash: head.hash }));
  }

  async #read(chain: string, after: number): Promise<EventRow[]> {
    const own = chain === platformChain ? 'e.organization_id is null and $3::uuid is not null' : 'e.organization_id = $3::uuid';
    const { rows } = await this.platform.query<EventRow>(
      `select ${eventColumns}
         from audit.events e left join audit.actors a on a.event_id = e.id left join audit.details d on d.event_id = e.id
        where ${own} and e.sequence > $1::bigint order by e.sequence limit $2::int`,
      [after, batch, chain],
    );
    return rows;
  }
}

function describeFault(row: EventRow, expected: number, previous: Buffer): string | undefined {
  if (Number(row.sequence) !== expected) return 'it was removed';
  if (!row.previousHash.equals(previous)) return 'it does not follow the event before it';
  if (!eventHash(row, previous).equals(row.hash)) return 'it was changed';
  if (actorHash(row)?.equals(row.actorHash) === false) return 'who did it was changed';
  return detailsHash(row)?.equals(row.detailsHash) === false ? 'what it changed was changed' : undefined;
}
