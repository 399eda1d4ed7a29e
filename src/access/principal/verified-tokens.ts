import { LRUCache } from 'lru-cache';
import type { KeyObject } from 'node:crypto';
import type { TokenClaims } from './principal.js';

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
  readonly claims: TokenClaims;
  readonly expiresAt: number;
  keyUntil: number;
}

/** Returns the `kid` in the header of a JSON Web Token (RFC 7515, section 4.1.4), or undefined when there is none. */
export function kidOf(token: string): string | undefined {
  try {
    const header = JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString('utf8')) as { kid?: unknown };
    return typeof header.kid === 'string' ? header.kid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Remembers access tokens whose signature, issuer, audience and expiry were verified, until they expire. Clients send the same token with each
 * request, and its signature costs more to verify than all other checks together. Only the verification is remembered: the session is read for
 * each request. A signature stays valid as long as its key is: the key is looked up every minute.
 */
export class VerifiedTokens {
  readonly #tokens = new LRUCache<string, VerifiedToken>({ max: maxTokens });

  constructor(private readonly keys: TokenKeys) {}

  /**
   * Returns the claims of a token that was verified before, unless it has expired or its key must be looked up.
   *
   * @param credential the value of the `Authorization` header
   * @param now the system's time in milliseconds
   */
  find(credential: string, now: number): TokenClaims | undefined {
    const known = this.#tokens.get(credential);
    return known !== undefined && now < known.keyUntil && now < known.expiresAt ? known.claims : undefined;
  }

  /** Looks up the key of a token that was verified before. Returns its claims, or undefined when the token must be verified. */
  async renew(credential: string, now: number): Promise<TokenClaims | undefined> {
    const known = this.#tokens.get(credential);
    if (known === undefined) return undefined;
    const kid = kidOf(credential.slice('Bearer '.length));
    if (kid !== undefined && now < known.expiresAt && (await this.keys.findVerificationKey(kid)) !== undefined) {
      known.keyUntil = now + keyLifetime;
      return known.claims;
    }
    this.#tokens.delete(credential);
    return undefined;
  }

  remember(credential: string, claims: TokenClaims, now: number): void {
    this.#tokens.set(credential, { claims, expiresAt: claims.expiresAt.getTime(), keyUntil: now + keyLifetime });
  }
}
