import { LRUCache } from 'lru-cache';
import type { TokenClaims } from './principal.js';

/** Milliseconds for which a token need not be verified again: as long as the signing keys are cached. */
const maxAge = 60_000;
const maxTokens = 10_000;

interface VerifiedToken {
  readonly claims: TokenClaims;
  readonly until: number;
}

/**
 * Remembers access tokens whose signature, issuer, audience and expiry were verified. Clients send the same token with each request, and its
 * signature costs more to verify than all other checks together. Only the verification is remembered: the session is read for each request.
 */
export class VerifiedTokens {
  readonly #tokens = new LRUCache<string, VerifiedToken>({ max: maxTokens });

  /**
   * Returns the claims of a token that was verified before, while it has not expired.
   *
   * @param credential the value of the `Authorization` header
   * @param now the system's time in milliseconds
   */
  find(credential: string, now: number): TokenClaims | undefined {
    const known = this.#tokens.get(credential);
    if (known === undefined) return undefined;
    if (now < known.until) return known.claims;
    this.#tokens.delete(credential);
    return undefined;
  }

  remember(credential: string, claims: TokenClaims, now: number): void {
    this.#tokens.set(credential, { claims, until: Math.min(now + maxAge, claims.expiresAt.getTime()) });
  }
}
