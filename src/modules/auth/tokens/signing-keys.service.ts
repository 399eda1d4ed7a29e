import { Injectable, Logger } from '@nestjs/common';
import { createPrivateKey, createPublicKey, randomUUID, type KeyObject } from 'node:crypto';
import { exportJWK, exportPKCS8, generateKeyPair, type JWK } from 'jose';
import { SystemClock } from '../../../common/clock.js';
import { SecretBox } from '../../../common/crypto/secret-box.js';
import { AppConfig } from '../../../config/app-config.js';
import { PlatformDb } from '../../../database/platform-db.js';
import type { SigningKey } from '../../../generated/prisma/client.js';

const algorithm = 'ES256';
/** How long the list of keys is believed before it is read again, in milliseconds. */
const cacheLifetime = 60_000;

export interface PrivateSigningKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/** The keys that sign access tokens: made at the first start, kept in the database, sealed under APP_SECRET. */
@Injectable()
export class SigningKeysService {
  readonly #logger = new Logger(SigningKeysService.name);
  readonly #box: SecretBox;
  #loaded: { readonly at: number; readonly keys: readonly SigningKey[] } | undefined;
  readonly #private = new Map<string, KeyObject>();
  readonly #public = new Map<string, KeyObject>();

  constructor(
    private readonly platform: PlatformDb,
    private readonly clock: SystemClock,
    config: AppConfig,
  ) {
    this.#box = new SecretBox(config.appSecret, 'signing-key', config.previousSecrets);
  }

  /** The newest key that may sign, and that was sealed under our secret. */
  async getSigningKey(): Promise<PrivateSigningKey> {
    const now = this.clock.now();
    const current = (await this.#keys()).filter((row) => row.retiredAt === null || row.retiredAt > now);
    for (const row of current) {
      const key = this.#open(row);
      if (key !== undefined) return { kid: row.id, key };
    }
    const made = await this.#create();
    return { kid: made.id, key: createPrivateKey(this.#box.open(made.privateKey)) };
  }

  /** Undefined when APP_SECRET was changed since: the key still verifies, and another one signs. */
  #open(row: SigningKey): KeyObject | undefined {
    let key = this.#private.get(row.id);
    if (key !== undefined) return key;
    try {
      key = createPrivateKey(this.#box.open(row.privateKey));
    } catch {
      this.#logger.warn({ kid: row.id }, 'a signing key was sealed under another APP_SECRET and cannot sign any more');
      return undefined;
    }
    this.#private.set(row.id, key);
    return key;
  }

  /** The public key of a token's `kid`, read once, or undefined when no such key verifies any more. */
  async findVerificationKey(kid: string): Promise<KeyObject | undefined> {
    const row = (await this.#keys(kid)).find((key) => key.id === kid);
    if (row === undefined) return undefined;
    let key = this.#public.get(kid);
    if (key === undefined) {
      key = createPublicKey({ key: row.publicJwk as JWK, format: 'jwk' });
      this.#public.set(kid, key);
    }
    return key;
  }

  /** The JSON Web Key Set (RFC 7517) by which others check our tokens. */
  async listPublicKeys(): Promise<{ keys: JWK[] }> {
    await this.getSigningKey();
    return { keys: (await this.#keys()).map((key) => ({ ...(key.publicJwk as JWK), kid: key.id, alg: key.algorithm, use: 'sig' })) };
  }

  /** Newest first. Reads again when `kid` is not known, since another replica may have made it, but not more than once a second. */
  async #keys(kid?: string): Promise<readonly SigningKey[]> {
    const now = this.clock.now();
    const age = this.#loaded === undefined ? Infinity : now.getTime() - this.#loaded.at;
    const unknown = kid !== undefined && this.#loaded?.keys.some((key) => key.id === kid) !== true;
    if (this.#loaded === undefined || age > cacheLifetime || (unknown && age > 1000)) {
      const keys = await this.platform.signingKey.findMany({ where: { OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] }, orderBy: { createdAt: 'desc' } });
      this.#loaded = { at: now.getTime(), keys };
    }
    return this.#loaded.keys;
  }

  /** Two replicas that start together may each make one; both verify, and the newest signs. */
  async #create(): Promise<SigningKey> {
    const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
    const { kty, crv, x, y } = await exportJWK(publicKey);
    const row = await this.platform.signingKey.create({
      data: { id: randomUUID(), algorithm, publicJwk: { kty, crv, x, y } as Record<string, string>, privateKey: this.#box.seal(await exportPKCS8(privateKey)) },
    });
    this.#loaded = undefined;
    return row;
  }
}
