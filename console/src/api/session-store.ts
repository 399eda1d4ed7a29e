import type { Tokens, TokenStore } from '@tenantry/sdk';

type Message = { readonly tokens: Tokens } | { readonly ended: true } | { readonly asks: true };

/** Remembers that this browser has a session, which scripts cannot see: its cookie is HttpOnly. */
const hint = 'tenantry.session';
/** Stands for the refresh token in the cookie. */
export const inCookie = 'cookie';
/** Milliseconds within which another tab tells its access token. Without an answer, this tab renews the session. */
const patience = 80;

/** Keeps the access token in memory. The tabs of a browser tell each other when it is renewed and when the session ends. */
export class SessionStore implements TokenStore {
  #tokens: Tokens | undefined;
  /** The token with which this tab acts as another person; it has no refresh token. Neither other tabs nor the browser keep it. */
  #acting: Tokens | undefined;
  readonly #tabs = new BroadcastChannel('tenantry.session');
  readonly #told = new EventTarget();

  /** @param onEnded called when another tab has ended the session */
  constructor(onEnded: () => void) {
    this.#tabs.addEventListener('message', ({ data }: MessageEvent<Message>) => {
      if ('asks' in data) {
        if (this.#tokens !== undefined) this.#tell({ tokens: this.#tokens });
      } else if ('ended' in data) {
        this.#tokens = undefined;
        this.#acting = undefined;
        // This process may see what the other tab has removed later than its message.
        localStorage.removeItem(hint);
        onEnded();
      } else if (data.tokens.expiresAt >= (this.#tokens?.expiresAt ?? 0)) {
        this.#tokens = data.tokens;
        this.#told.dispatchEvent(new Event('tokens'));
      }
    });
  }

  /** Returns expired tokens while only the cookie is known: the client then renews them. */
  get(): Tokens | undefined {
    if (this.#acting !== undefined) return this.#acting;
    if (this.#tokens !== undefined) return this.#tokens;
    return localStorage.getItem(hint) === null ? undefined : { accessToken: '', refreshToken: inCookie, expiresAt: 0 };
  }

  set(tokens: Tokens | undefined): void {
    // What ends then is the session of the other person. That of this one goes on.
    if (this.#acting !== undefined) {
      this.#acting = tokens;
      return;
    }
    this.#tokens = tokens;
    if (tokens === undefined) localStorage.removeItem(hint);
    else localStorage.setItem(hint, '1');
    this.#tell(tokens === undefined ? { ended: true } : { tokens });
  }

  /** Lets this tab act as another person, until the session of that person ends or the tab is loaded again. */
  act(tokens: Tokens): void {
    this.#acting = tokens;
  }

  stopActing(): void {
    this.#acting = undefined;
  }

  /** One tab at a time renews the session. The next one first asks for what the others have. */
  async exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    // There are no locks on pages without HTTPS, except on localhost.
    const locks = navigator.locks as LockManager | undefined;
    const afterAsking = async (): Promise<Result> => {
      await this.#ask();
      return work();
    };
    return locks === undefined ? afterAsking() : locks.request('tenantry.session', afterAsking);
  }

  async #ask(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patience);
      this.#told.addEventListener(
        'tokens',
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
      this.#tell({ asks: true });
    });
  }

  #tell(message: Message): void {
    this.#tabs.postMessage(message);
  }
}
