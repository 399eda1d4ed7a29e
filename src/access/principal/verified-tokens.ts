import { LRUCache } from 'lru-cache';
import type { KeyObject } from 'node:crypto';
import type { TokenCredential } from './principal.js';

/** Finds the keys that verify access tokens. Declared here because a guard uses it; the auth module implements it. */
export abstract class TokenKeys {
  /** Returns the public key of a `kid`, or undefined when no valid key has this id. @throws {KeysUnavailableError} when the keys cannot be read */
  abstract findVerificationKey(kid: string): Promise<KeyObject | undefined>;
}

/** Milliseconds after which the key of a token is looked up again: as long as the signing keys are cached. */
const keyLifetime = 60_000;
/** A token takes about two kilobytes, with the principal that was resolved for it. */
const maxTokens = 20_000;

interface VerifiedToken {
  readonly credential: TokenCredential;
  readonly expiresAt: number;
  keyUntil: number;
}

/** Returns the `kid` in the header of an access token (RFC 7515, section 4.1.4); undefined when there is none, or the header is that of another kind of JSON Web Token (RFC 9068, section 4). */
export function kidOf(token: string): string | undefined {
  try {
    const header = JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString('utf8')) as { kid?: unknown; typ?: unknown };
    return typeof header.kid === 'string' && typeof header.typ === 'string' && /^(?:application\/)?at\+jwt$/i.test(header.typ) ? header.kid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Remembers access tokens whose signature, issuer, audience and expiry were verified, until they expire. Clients send the same token with each
 * request, and its signature costs more to verify than all other checks together. Only the verification is remembered: the session or key is read for
 * each request. A signature stays valid as long as its key is: the key is looked up every minute.
 */
export class VerifiedTokens {
  readonly #tokens = new LRUCache<string, VerifiedToken>({ max: maxTokens });

  constructor(private readonly keys: TokenKeys) {}

  /**
   * Returns the credential of a token that was verified before, unless it has expired or its key must be looked up.
   *
   * @param header the value of `Authorization`
   * @param now the system's time in milliseconds
   */
  find(header: string, now: number): TokenCredential | undefined {
    const known = this.#tokens.get(header);
    return known !== undefined && now < known.keyUntil && now < known.expiresAt ? known.credential : undefined;
  }

  /** Looks up the key of a token that was verified before. Returns its credential, or undefined when the token must be verified. */
  async renew(header: string, now: number): Promise<TokenCredential | undefined> {
    const known = this.#tokens.get(header);
    if (known === undefined) return undefined;
    const kid = kidOf(header.slice('Bearer '.length));
    if (kid !== undefined && now < known.expiresAt && (await this.keys.findVerificationKey(kid)) !== undefined) {
      known.keyUntil = now + keyLifetime;
      return known.credential;
    }
    this.#tokens.delete(header);
    return undefined;
  }

  remember(header: string, credential: TokenCredential, now: number): void {
    this.#tokens.set(header, { credential, expiresAt: expiryOf(credential), keyUntil: now + keyLifetime });
  }
}

const expiryOf = (credential: TokenCredential): number => (credential.kind === 'user' ? credential.claims.expiresAt : credential.grant?.expiresAt)?.getTime() ?? 0;
