import { Injectable } from '@nestjs/common';
import type { ClientBase } from 'pg';
import { SecretBox } from '../common/crypto/secret-box.js';
import { AppConfig } from '../config/app-config.js';
import { inTransaction } from './locks.js';
import { PlatformPool } from './wire/platform-pool.js';

/** Every column that holds what a key derived from APP_SECRET has sealed, and the purpose that it was sealed for. */
export const sealedColumns = [
  { table: 'integration_secrets', id: 'id', column: 'sealed', purpose: 'integration', whose: 'tenants' },
  { table: 'mail_messages', id: 'id', column: 'content', purpose: 'mail', whose: 'tenants' },
  { table: 'second_factors', id: 'user_id', column: 'secret', purpose: 'totp', whose: 'platform' },
  { table: 'signing_keys', id: 'id', column: 'private_key', purpose: 'signing-key', whose: 'platform' },
] as const;

type SealedColumn = (typeof sealedColumns)[number];

const batch = 500;

export interface RotationResult {
  readonly table: string;
  /** Sealed anew under the present secret. */
  readonly resealed: number;
  /** Sealed under none of the secrets that are known. */
  readonly unreadable: number;
}

/** Told after each batch: the table, how many of its values were looked at, and how many there are. */
export type RotationProgress = (table: string, done: number, total: number) => void;

/** Moves all that is sealed from previous secrets to the present one, so that the previous ones can be thrown away. */
@Injectable()
export class SealedSecretsService {
  constructor(
    private readonly platform: PlatformPool,
    private readonly config: AppConfig,
  ) {}

  /**
   * Can be stopped and run again at any time, beside running replicas: each value is replaced only if it is still the same.
   * What is the tenants' is one transaction, and what is the platform's another: so one event of the audit log for each
   * organization, and one for the platform, where no organization reads whose second factors there are.
   */
  async rotate(onProgress: RotationProgress = () => undefined): Promise<RotationResult[]> {
    return [...(await this.#rotateAll('tenants', onProgress)), ...(await this.#rotateAll('platform', onProgress))];
  }

  async #rotateAll(whose: SealedColumn['whose'], onProgress: RotationProgress): Promise<RotationResult[]> {
    return inTransaction(this.platform, async (client) => {
      // Two at once would lock rows in different orders.
      await client.query(`select pg_advisory_xact_lock(hashtext('tenantry:rotate-secrets'))`);
      const results: RotationResult[] = [];
      for (const column of sealedColumns.filter((each) => each.whose === whose)) {
        const { rows } = await client.query<{ total: number }>(`select count(${column.column})::int as total from ${column.table}`);
        results.push(await this.#rotateColumn(client, column, (done) => onProgress(column.table, done, rows[0]?.total ?? 0)));
      }
      return results;
    });
  }

  async #rotateColumn(client: ClientBase, { table, id: key, column, purpose }: SealedColumn, onProgress: (done: number) => void): Promise<RotationResult> {
    const box = new SecretBox(this.config.appSecret, purpose, this.config.previousSecrets);
    let [resealed, unreadable, seen, last] = [0, 0, 0, ''];
    for (;;) {
      const { rows } = await client.query<{ id: string; sealed: Buffer }>(
        `select ${key}::text as id, ${column} as sealed from ${table} where ${key}::text > $1 and ${column} is not null order by ${key}::text limit ${batch}`,
        [last],
      );
      const fresh = rows.map(({ id, sealed }) => ({ id, sealed, value: attempt(() => box.reseal(sealed)) }));
      unreadable += fresh.filter(({ value }) => value === 'failed').length;
      const changed = fresh.filter((row): row is typeof row & { value: Uint8Array } => row.value !== 'failed' && row.value !== undefined);
      const { rowCount } = await client.query(
        `update ${table} t set ${column} = n.fresh from unnest($1::text[], $2::bytea[], $3::bytea[]) as n (id, sealed, fresh) where t.${key}::text = n.id and t.${column} = n.sealed`,
        [changed.map(({ id }) => id), changed.map(({ sealed }) => sealed), changed.map(({ value }) => Buffer.from(value))],
      );
      resealed += rowCount ?? 0;
      last = rows.at(-1)?.id ?? last;
      onProgress((seen += rows.length));
      if (rows.length < batch) return { table, resealed, unreadable };
    }
  }
}

function attempt<Value>(work: () => Value): Value | 'failed' {
  try {
    return work();
  } catch {
    return 'failed';
  }
}
