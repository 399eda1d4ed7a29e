import { Injectable } from '@nestjs/common';
import type { ClientBase } from 'pg';
import { SecretBox } from '../common/crypto/secret-box.js';
import { AppConfig } from '../config/app-config.js';
import { sealedColumns } from '../generated/sealed-columns.js';
import { inTransaction } from './locks.js';
import { PlatformPool } from './wire/platform-pool.js';

type SealedColumn = (typeof sealedColumns)[number];

const batchRows = 500;

export interface RotationResult {
  readonly table: string;
  /** The number of values that were sealed again, under the current secret. */
  readonly resealed: number;
  /** The number of values that none of the known secrets opens. */
  readonly unreadable: number;
}

/** Called after each batch with the table, the number of values that were checked, and the number of all values. */
export type RotationProgress = (table: string, done: number, total: number) => void;

/**
 * Seals everything under the current secret, so that the previous secrets can be discarded. Covers each column that
 * carries `/// @sealed <purpose>` in prisma/models.
 */
@Injectable()
export class SealedSecretsService {
  constructor(
    private readonly platform: PlatformPool,
    private readonly config: AppConfig,
  ) {}

  /**
   * Can be stopped and run again at any time, also while replicas run: a value is replaced only if it has not changed
   * meanwhile. Uses one transaction for the tables of tenants and one for the tables of the platform. The audit log gets
   * one event for each organization and one for the platform; no organization can see whose second factors exist.
   */
  async rotate(onProgress: RotationProgress = () => undefined): Promise<RotationResult[]> {
    return [...(await this.#rotateAll('tenant', onProgress)), ...(await this.#rotateAll('platform', onProgress))];
  }

  async #rotateAll(owner: SealedColumn['owner'], onProgress: RotationProgress): Promise<RotationResult[]> {
    return inTransaction(this.platform, async (client) => {
      // Two rotations at once would lock rows in different orders.
      await client.query(`select pg_advisory_xact_lock(hashtext('tenantry:rotate-secrets'))`);
      const results: RotationResult[] = [];
      for (const column of sealedColumns.filter((each) => each.owner === owner)) {
        const { rows } = await client.query<{ total: number }>(`select count(${column.column})::int as total from ${column.table}`);
        results.push(await this.#rotateColumn(client, column, (done) => onProgress(column.table, done, rows[0]?.total ?? 0)));
      }
      return results;
    });
  }

  async #rotateColumn(client: ClientBase, { table, id: key, column, purpose }: SealedColumn, onProgress: (done: number) => void): Promise<RotationResult> {
    const box = new SecretBox(this.config.appSecret, purpose, this.config.previousSecrets);
    let [resealed, unreadable, done, lastId] = [0, 0, 0, ''];
    for (;;) {
      const { rows } = await client.query<{ id: string; sealed: Buffer }>(
        `select ${key}::text as id, ${column} as sealed from ${table} where ${key}::text > $1 and ${column} is not null order by ${key}::text limit ${batchRows}`,
        [lastId],
      );
      const checked = rows.map(({ id, sealed }) => ({ id, sealed, value: resealOrFail(box, sealed) }));
      unreadable += checked.filter(({ value }) => value === 'unreadable').length;
      const changed = checked.filter((row): row is typeof row & { value: Uint8Array } => row.value !== 'unreadable' && row.value !== undefined);
      const { rowCount } = await client.query(
        `update ${table} t set ${column} = n.fresh from unnest($1::text[], $2::bytea[], $3::bytea[]) as n (id, sealed, fresh) where t.${key}::text = n.id and t.${column} = n.sealed`,
        [changed.map(({ id }) => id), changed.map(({ sealed }) => sealed), changed.map(({ value }) => Buffer.from(value))],
      );
      resealed += rowCount ?? 0;
      lastId = rows.at(-1)?.id ?? lastId;
      onProgress((done += rows.length));
      if (rows.length < batchRows) return { table, resealed, unreadable };
    }
  }
}

function resealOrFail(box: SecretBox, sealed: Buffer): Uint8Array | undefined | 'unreadable' {
  try {
    return box.reseal(sealed);
  } catch {
    return 'unreadable';
  }
}
