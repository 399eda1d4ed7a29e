/** The tokens of a session. */
export interface Tokens {
  readonly accessToken: string;
  /** Missing if the access token was made elsewhere. It is then not renewed. */
  readonly refreshToken?: string;
  /** When the access token expires, by this machine's clock, in milliseconds. */
  readonly expiresAt: number;
}

/** Keeps the tokens of one person. */
export interface TokenStore {
  get(): Tokens | undefined | Promise<Tokens | undefined>;
  /** Keeps the tokens, or forgets them. */
  set(tokens: Tokens | undefined): void | Promise<void>;
  /**
   * Does something while nobody else does who has the same store. A store that several tabs or processes share needs it: the server ends the
   * session of a refresh token that is used again after the one that replaced it.
   */
  exclusively?<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** Keeps the tokens in memory, until the page or the process ends. */
export function memoryStore(tokens?: Tokens): TokenStore {
  let kept = tokens;
  return { get: () => kept, set: (next) => void (kept = next) };
}
