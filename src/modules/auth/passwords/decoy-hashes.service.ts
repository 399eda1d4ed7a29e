import { Injectable, Logger } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import { deriveKey } from '../../../common/crypto/derived-key.js';
import { AppConfig } from '../../../config/app-config.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';

/** The kinds of imported hashes, and how many accounts have each. */
export interface ImportedKinds {
  readonly kinds: readonly { readonly decoy: string; readonly accounts: number }[];
  /** All accounts with a password. */
  readonly accounts: number;
}

const kindsSql = `
  select imported_kind, count(*)::float8, (select reltuples::float8 from pg_class where oid = 'public.credentials'::regclass)
    from credentials where imported_kind is not null group by imported_kind order by imported_kind`;

/** Milliseconds after which the kinds are read again. */
const lifetime = 60_000;

/** Returns the decoy at a position among all accounts, from 0 to below 1; undefined where accounts have hashes of this application. */
export function decoyAt(position: number, { kinds, accounts }: ImportedKinds): string | undefined {
  let end = 0;
  return kinds.find((kind) => position * accounts < (end += kind.accounts))?.decoy;
}

/**
 * Chooses the hash with which the password for an unknown address is compared. While some accounts have imported hashes, which take another time, the same share
 * of unknown addresses gets a decoy of the same kind, always the same addresses: the time of a failed login does not tell whether the address has an account.
 */
@Injectable()
export class DecoyHashesService {
  readonly #logger = new Logger(DecoyHashesService.name);
  readonly #key: Buffer;
  #known: Promise<ImportedKinds> | undefined;
  #readAt = 0;

  constructor(
    config: AppConfig,
    private readonly platform: PlatformPool,
  ) {
    this.#key = deriveKey(config.appSecret, 'decoys of passwords');
  }

  /** Returns a hash of a kind that was imported; undefined for the kind of this application. Only the first caller of a process waits for the database. */
  async decoyOf(email: string): Promise<string | undefined> {
    const { kinds, accounts } = await this.#importedKinds();
    if (kinds.length === 0) return undefined;
    return decoyAt(createHmac('sha256', this.#key).update(email).digest().readUInt32BE() / 2 ** 32, { kinds, accounts });
  }

  /** Reads the kinds in the background when they are old. */
  #importedKinds(): Promise<ImportedKinds> {
    const now = performance.now();
    if (this.#known !== undefined && now - this.#readAt < lifetime) return this.#known;
    this.#readAt = now;
    const reading = this.#read();
    if (this.#known === undefined) {
      this.#known = reading;
      reading.catch(() => (this.#known = undefined));
      return reading;
    }
    reading.then(
      (kinds) => (this.#known = Promise.resolve(kinds)),
      (error: unknown) => this.#logger.warn({ err: error }, 'the kinds of imported passwords could not be read; the known ones are used'),
    );
    return this.#known;
  }

  async #read(): Promise<ImportedKinds> {
    const { rows } = await this.platform.read<[decoy: string, accounts: number, estimate: number]>({ name: 'tenantry_imported_kinds', text: kindsSql, rowMode: 'array' });
    const kinds = rows.map(([decoy, accounts]) => ({ decoy, accounts }));
    const imported = kinds.reduce((sum, { accounts }) => sum + accounts, 0);
    return { kinds, accounts: Math.max(imported, rows[0]?.[2] ?? 0) };
  }
}
