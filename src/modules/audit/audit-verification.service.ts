import { Injectable } from '@nestjs/common';
import { PlatformPool } from '../../database/platform-pool.js';
import { actorHash, detailsHash, eventColumns, eventHash, noHash, type EventRow } from './event-hash.js';

const batch = 2000;
/** The key of the platform's own chain among the heads. */
const platformChain = '00000000-0000-0000-0000-000000000000';

export interface ChainReport {
  /** Null for the platform's own chain. */
  readonly organizationId: string | null;
  readonly events: number;
  /** Events whose actor or details were erased, which the chain allows. */
  readonly erased: number;
  /** Of the last event, in hex: written down elsewhere, it proves later that nothing before it was changed. */
  readonly hash: string;
  /** The first event that is not what it was, and why; undefined when all are. */
  readonly bad?: { readonly sequence: number; readonly reason: string } | undefined;
}

interface Head {
  readonly chain: string;
  readonly sequence: string;
  readonly hash: Buffer;
}

/** Recomputes the chains of the audit log, event by event, and says where one does not hold. */
@Injectable()
export class AuditVerification {
  constructor(private readonly platform: PlatformPool) {}

  /** @param organizationId one organization; all of them, and the platform's own chain, when left out */
  async verify(organizationId?: string): Promise<ChainReport[]> {
    const { rows } = await this.platform.query<{ chain: string }>(
      `select chain::text from (select chain from audit.heads union select coalesce(organization_id, $2::uuid) from audit.events) c where $1::uuid is null or chain = $1::uuid order by 1`,
      [organizationId ?? null, platformChain],
    );
    const reports: ChainReport[] = [];
    for (const { chain } of rows) reports.push(await this.#verifyChain(chain));
    return reports;
  }

  /** The head is read first: events that come meanwhile are judged, but need not be there. */
  async #verifyChain(chain: string): Promise<ChainReport> {
    const { rows: heads } = await this.platform.query<Head>('select chain, sequence::text as sequence, hash from audit.heads where chain = $1::uuid', [chain]);
    const [last, lastHash] = [Number(heads[0]?.sequence ?? 0), heads[0]?.hash ?? noHash];
    let [sequence, hash, erased]: [number, Buffer, number] = [0, noHash, 0];
    const report = (bad?: ChainReport['bad']): ChainReport => ({
      organizationId: chain === platformChain ? null : chain,
      events: sequence,
      erased,
      hash: hash.toString('hex'),
      bad,
    });
    for (;;) {
      const rows = await this.#read(chain, sequence);
      for (const row of rows) {
        const reason = faultOf(row, sequence + 1, hash);
        if (reason !== undefined) return report({ sequence: sequence + 1, reason });
        [sequence, hash] = [sequence + 1, row.hash];
        if (row.actorSalt === null || row.detailsSalt === null) erased += 1;
        if (sequence === last && !hash.equals(lastHash)) return report({ sequence, reason: 'it is not the event that the chain ended with' });
      }
      if (rows.length < batch) break;
    }
    if (sequence < last) return report({ sequence: sequence + 1, reason: 'it was removed, and all that came after it' });
    return report();
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

function faultOf(row: EventRow, expected: number, previous: Buffer): string | undefined {
  if (Number(row.sequence) !== expected) return 'it was removed';
  if (!row.previousHash.equals(previous)) return 'it does not follow the event before it';
  if (!eventHash(row, previous).equals(row.hash)) return 'it was changed';
  if (actorHash(row)?.equals(row.actorHash) === false) return 'who did it was changed';
  return detailsHash(row)?.equals(row.detailsHash) === false ? 'what it changed was changed' : undefined;
}
