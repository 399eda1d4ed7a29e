import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip, createGunzip } from 'node:zlib';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import pg, { type ClientBase } from 'pg';
import { Clock } from '../../common/clock.js';
import { openUnnamedFile } from '../../common/unnamed-file.js';
import { inTransaction } from '../../database/locks.js';
import { wireBinding } from '../../tenancy/wire-binding.js';
import { PlatformPool } from '../../database/wire/platform-pool.js';
import { AuditChainService } from '../audit/hash-chain/audit-chain.service.js';
import { SessionEndedError } from '../../access/access.errors.js';
import { ExportRunningError } from './people.errors.js';

/** Milliseconds that the database may take for the first rows: it finds all of them before. */
const longestRead = 300_000;

/** The rows that are read together. */
const batch = 1000;

interface PersonRow {
  readonly relation: string;
  readonly belongs: boolean;
  readonly content: Readonly<Record<string, unknown>>;
}

/**
 * Exports what the installation knows of a person. The file is complete before it is sent: a slow reader holds no connection to the database, and one snapshot
 * decides what it contains.
 */
@Injectable()
export class PersonExportService {
  constructor(
    private readonly pool: PlatformPool,
    private readonly chains: AuditChainService,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes the export of a person, one JSON object in a line: `{table, belongs, row}`. Events that are not in a chain yet are chained first.
   *
   * @returns the lines. The file has no name, so that nothing of it remains when the stream ends, or the process does.
   * @throws {ExportRunningError} while another export of the person runs
   * @throws {SessionEndedError} when the account was deleted in the meantime
   */
  async exportPerson(userId: string): Promise<Readable> {
    await this.chains.chainAll();
    const file = await openUnnamedFile('person');
    try {
      const write = (): Promise<void> => inTransaction(this.pool, (client) => this.#write(client, userId, file), 'isolation level repeatable read read only');
      await wireBinding.run(undefined, write, { timeout: longestRead });
    } catch (error) {
      await file.close();
      throw error;
    }
    const lines = createGunzip();
    // The end of either stream destroys the other, and closes the file.
    pipeline(file.createReadStream({ start: 0 }), lines).catch(() => undefined);
    return lines;
  }

  async #write(client: ClientBase, userId: string, file: FileHandle): Promise<void> {
    const { rows: locks } = await client.query<{ mine: boolean }>(`select pg_try_advisory_xact_lock(hashtextextended('tenantry export of ' || $1, 0)) as mine`, [userId]);
    if (locks[0]?.mine !== true) throw new ExportRunningError();
    const { rows: users } = await client.query<{ address: string | null }>('select case when email_verified_at is not null then email end as address from users where id = $1', [
      userId,
    ]);
    const [user] = users;
    if (user === undefined) throw new SessionEndedError();
    const address = user.address === null ? 'null' : pg.escapeLiteral(user.address);
    await client.query(`declare person_rows no scroll cursor for select relation, belongs, content from app.person_rows(${pg.escapeLiteral(userId)}, ${address})`);
    const about = { format: 'tenantry-person', version: 1, userId, exportedAt: this.clock.now().toISOString() };
    await pipeline(Readable.from(linesOf(client, about)), createGzip({ level: 1 }), file.createWriteStream({ autoClose: false }));
  }
}

async function* linesOf(client: ClientBase, about: object): AsyncGenerator<string> {
  yield `${JSON.stringify(about)}\n`;
  for (;;) {
    const { rows } = await client.query<PersonRow>(`fetch ${batch} from person_rows`);
    if (rows.length === 0) return;
    yield rows.map(({ relation, belongs, content }) => `${JSON.stringify({ table: relation, belongs, row: content })}\n`).join('');
  }
}
