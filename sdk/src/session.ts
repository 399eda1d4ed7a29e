import { isTenantryError, type TenantryError } from './errors.js';
import type { Tokens, TokenStore } from './tokens.js';

/** The tokens in the answer to a sign-in. The change of the organization keeps the refresh token. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly expiresIn: number;
}

/** An access token that expires so soon is renewed before it is sent. */
const earlyMs = 10_000;

/** The session of one person: sends their access token, and renews it once for all calls that need it. */
export class Session {
  #renewal: Promise<Tokens | undefined> | undefined;

  constructor(
    private readonly store: TokenStore,
    private readonly requestRefresh: (refreshToken: string) => Promise<IssuedTokens>,
    private readonly onSignedOut: (error?: TenantryError) => void,
  ) {}

  /** Returns the kept tokens, which may have expired. */
  async tokens(): Promise<Tokens | undefined> {
    return this.store.get();
  }

  /** Returns an access token to send, or none if nobody is signed in. */
  async accessToken(): Promise<string | undefined> {
    const tokens = await this.store.get();
    if (tokens === undefined || tokens.refreshToken === undefined || tokens.expiresAt - Date.now() > earlyMs) return tokens?.accessToken;
    return this.renew(tokens.accessToken);
  }

  /** Returns another access token than the given one, or none. Calls that ask at the same time share one request. */
  async renew(stale: string): Promise<string | undefined> {
    const current = await this.store.get();
    if (current !== undefined && current.accessToken !== stale && this.#renewal === undefined) return current.accessToken;
    this.#renewal ??= this.#exclusively(() => this.#renew(stale)).finally(() => (this.#renewal = undefined));
    const renewed = await this.#renewal;
    return renewed?.accessToken === stale ? undefined : renewed?.accessToken;
  }

  /** Keeps the tokens of an answer. */
  async keep(issued: IssuedTokens): Promise<void> {
    if (issued.refreshToken !== undefined) return this.#keep(issued);
    // A renewal that runs replaces the refresh token, which this answer does not have.
    await this.#renewal?.catch(() => undefined);
    await this.#exclusively(() => this.#keep(issued));
  }

  /** Forgets the tokens, unless they are others by now. */
  async end(accessToken: string | undefined, error?: TenantryError): Promise<void> {
    const current = await this.store.get();
    if (current === undefined || current.accessToken !== accessToken) return;
    await this.store.set(undefined);
    this.onSignedOut(error);
  }

  async #keep({ accessToken, refreshToken, expiresIn }: IssuedTokens): Promise<void> {
    const kept = refreshToken ?? (await this.store.get())?.refreshToken;
    await this.store.set({ accessToken, ...(kept === undefined ? {} : { refreshToken: kept }), expiresAt: Date.now() + expiresIn * 1000 });
  }

  #exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.store.exclusively === undefined ? work() : this.store.exclusively(work);
  }

  async #renew(stale: string): Promise<Tokens | undefined> {
    const before = await this.store.get();
    // Another tab has renewed them, or there is nothing to renew them with.
    if (before === undefined || before.accessToken !== stale || before.refreshToken === undefined) return before;
    try {
      const issued = await this.requestRefresh(before.refreshToken);
      const now = await this.store.get();
      // A sign-out or sign-in in the meantime has the last word, and so has a change of the organization about the access token.
      if (now?.refreshToken !== before.refreshToken) return now;
      if (now.accessToken === before.accessToken) await this.#keep(issued);
      else await this.store.set({ ...now, ...(issued.refreshToken === undefined ? {} : { refreshToken: issued.refreshToken }) });
    } catch (error) {
      if (isTenantryError(error) && error.status === 401) await this.end(stale, error);
      throw error;
    }
    return this.store.get();
  }
}
