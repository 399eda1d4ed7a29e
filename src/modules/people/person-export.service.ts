import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createGzip, createGunzip } from 'node:zlib';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import pg, { type ClientBase } from 'pg';
import { Clock } from '../../common/clock.js';
import { inTransaction } from '../../database/locks.js';
import { PlatformPool } from '../../database/wire/platform-pool.js';
import { AuditChainService } from '../audit/hash-chain/audit-chain.service.js';
import { SessionEndedError } from '../../access/access.errors.js';
import { ExportRunningError } from './people.errors.js';

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
   * @returns the lines; the file is deleted when the stream ends or is destroyed
   * @throws {ExportRunningError} while another export of the person runs
   * @throws {SessionEndedError} when the account was deleted in the meantime
   */
  async exportPerson(userId: string): Promise<Readable> {
    await this.chains.chainAll();
    const file = path.join(tmpdir(), `tenantry-person-${randomUUID()}.gz`);
    try {
      await inTransaction(this.pool, (client) => this.#write(client, userId, file), 'isolation level repeatable read read only');
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
    const lines = createReadStream(file).pipe(createGunzip());
    lines.once('close', () => void rm(file, { force: true }));
    return lines;
  }

  async #write(client: ClientBase, userId: string, file: string): Promise<void> {
    const { rows: locks } = await client.query<{ mine: boolean }>(
      `select pg_try_advisory_xact_lock(hashtextextended('tenantry export of ' || $1, 0)) as mine, set_config('statement_timeout', '5min', true)`,
      [userId],
    );
    if (locks[0]?.mine !== true) throw new ExportRunningError();
    const { rows: users } = await client.query<{ address: string | null }>('select case when email_verified_at is not null then email end as address from users where id = $1', [
      userId,
    ]);
    const [user] = users;
    if (user === undefined) throw new SessionEndedError();
    const address = user.address === null ? 'null' : pg.escapeLiteral(user.address);
    await client.query(`declare person_rows no scroll cursor for select relation, belongs, content from app.person_rows(${pg.escapeLiteral(userId)}, ${address})`);
    const about = { format: 'tenantry-person', version: 1, userId, exportedAt: this.clock.now().toISOString() };
    await pipeline(Readable.from(linesOf(client, about)), createGzip({ level: 1 }), createWriteStream(file, { mode: 0o600 }));
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
