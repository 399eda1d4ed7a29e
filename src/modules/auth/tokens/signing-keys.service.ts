import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { createPrivateKey, createPublicKey, randomUUID, type KeyObject } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { exportJWK, exportPKCS8, generateKeyPair, type JWK } from 'jose';
import { TokenKeys } from '../../../access/principal/verified-tokens.js';
import { SystemClock } from '../../../common/clock.js';
import { SecretBox } from '../../../common/crypto/secret-box.js';
import { AppConfig } from '../../../config/app-config.js';
import { PlatformDb } from '../../../database/platform-db.js';
import type { SigningKey } from '../../../generated/prisma/client.js';
import { KeysUnavailableError } from '../auth.errors.js';

const algorithm = 'ES256';
/** The number of milliseconds for which the keys are cached. */
const cacheLifetime = 60_000;
/** The milliseconds between two searches for keys that are unknown here. Anybody can send a token with a `kid` of their choice. */
const searchInterval = 1000;

export interface PrivateSigningKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/**
 * Manages the keys that sign access tokens. They are created at the first start and stored in the database, encrypted with APP_SECRET.
 *
 * Tokens are signed in open transactions. If these waited for a second connection to read the keys, the pool could run dry:
 * signing therefore uses the known keys, whatever their age, and reads them again in the background. Verification begins
 * before any transaction, and waits.
 */
@Injectable()
export class SigningKeysService extends TokenKeys implements OnApplicationBootstrap {
  readonly #logger = new Logger(SigningKeysService.name);
  readonly #box: SecretBox;
  #loaded: { readonly at: number; readonly keys: readonly SigningKey[] } | undefined;
  #reading: Promise<readonly SigningKey[]> | undefined;
  /** When the last search for an unknown `kid` began, in milliseconds of `performance.now()`. */
  #searchedAt = -Infinity;
  /** The next search. */
  #searching: Promise<readonly SigningKey[]> | undefined;
  readonly #private = new Map<string, KeyObject>();
  readonly #public = new Map<string, KeyObject>();

  constructor(
    private readonly platform: PlatformDb,
    private readonly clock: SystemClock,
    config: AppConfig,
  ) {
    super();
    this.#box = new SecretBox(config.appSecret, 'signing-key', config.previousSecrets);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.getSigningKey();
  }

  /**
   * Returns the newest key that is not retired and can be decrypted with the current or a previous APP_SECRET. Creates one
   * when none exists.
   */
  async getSigningKey(): Promise<PrivateSigningKey> {
    const now = this.clock.now();
    const current = (await this.#knownKeys()).filter((row) => isLater(row.retiredAt, now) && isLater(row.expiresAt, now));
    for (const row of current) {
      const key = this.#decrypt(row);
      if (key !== undefined) return { kid: row.id, key };
    }
    const created = await this.#create();
    return { kid: created.id, key: createPrivateKey(this.#box.open(created.privateKey)) };
  }

  /** Returns undefined when the key was encrypted with another APP_SECRET. Its public key still verifies tokens. */
  #decrypt(row: SigningKey): KeyObject | undefined {
    let key = this.#private.get(row.id);
    if (key !== undefined) return key;
    try {
      key = createPrivateKey(this.#box.open(row.privateKey));
    } catch {
      this.#logger.warn({ kid: row.id }, 'a signing key cannot be decrypted with APP_SECRET or APP_SECRET_PREVIOUS; it no longer signs');
      return undefined;
    }
    this.#private.set(row.id, key);
    return key;
  }

  async findVerificationKey(kid: string): Promise<KeyObject | undefined> {
    const keys = await this.#keys(kid).catch(() => {
      throw new KeysUnavailableError();
    });
    const row = keys.find((key) => key.id === kid);
    if (row === undefined) return undefined;
    let key = this.#public.get(kid);
    if (key === undefined) {
      key = createPublicKey({ key: row.publicJwk as JWK, format: 'jwk' });
      this.#public.set(kid, key);
    }
    return key;
  }

  /** Returns the JSON Web Key Set (RFC 7517) with which other services verify access tokens. */
  async listPublicKeys(): Promise<{ keys: JWK[] }> {
    await this.getSigningKey();
    return { keys: (await this.#keys()).map((key) => ({ ...(key.publicJwk as JWK), kid: key.id, alg: key.algorithm, use: 'sig' })) };
  }

  /** Returns the keys that were read last, and reads them again in the background when they are old. Waits for the first read only. */
  async #knownKeys(): Promise<readonly SigningKey[]> {
    if (this.#loaded === undefined) return this.#read();
    if (this.#age > cacheLifetime) this.#read().catch((error: unknown) => this.#logger.warn({ err: error }, 'the signing keys could not be read; the known ones remain in use'));
    return this.#loaded.keys;
  }

  /** Returns the keys, newest first. For an unknown `kid` it reads them again, because another replica may have created the key. */
  async #keys(kid?: string): Promise<readonly SigningKey[]> {
    if (this.#loaded === undefined || this.#age > cacheLifetime) return this.#read();
    const { keys } = this.#loaded;
    const has = (some: readonly SigningKey[]): boolean => kid === undefined || some.some((key) => key.id === kid);
    if (has(keys)) return keys;
    const read = await this.#reading;
    return read !== undefined && has(read) ? read : this.#search();
  }

  /** Reads the keys again, a second after the last search. Everybody who asks meanwhile waits for the same search: to refuse them would refuse the tokens of a new key. */
  #search(): Promise<readonly SigningKey[]> {
    return (this.#searching ??= this.#searchInTime());
  }

  async #searchInTime(): Promise<readonly SigningKey[]> {
    await setTimeout(Math.max(0, this.#searchedAt + searchInterval - performance.now()));
    this.#searchedAt = performance.now();
    this.#searching = undefined;
    return this.#read();
  }

  /** The number of milliseconds since the keys were read. */
  get #age(): number {
    return this.#loaded === undefined ? Infinity : this.clock.now().getTime() - this.#loaded.at;
  }

  /** Reads the keys; parallel calls share one statement. */
  async #read(): Promise<readonly SigningKey[]> {
    this.#reading ??= this.#load().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #load(): Promise<readonly SigningKey[]> {
    const now = this.clock.now();
    const keys = await this.platform.signingKey.findMany({ where: { OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] }, orderBy: { createdAt: 'desc' } });
    this.#loaded = { at: now.getTime(), keys };
    return keys;
  }

  /** Replicas that start together can each create a key. All of them verify tokens, and the newest signs. */
  async #create(): Promise<SigningKey> {
    const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
    const { kty, crv, x, y } = await exportJWK(publicKey);
    const row = await this.platform.signingKey.create({
      data: { id: randomUUID(), algorithm, publicJwk: { kty, crv, x, y } as Record<string, string>, privateKey: this.#box.seal(await exportPKCS8(privateKey)) },
    });
    if (this.#loaded !== undefined) this.#loaded = { ...this.#loaded, keys: [row, ...this.#loaded.keys] };
    return row;
  }
}

const isLater = (time: Date | null, now: Date): boolean => time === null || time > now;
