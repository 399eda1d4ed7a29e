import type { Tokens, TokenStore } from './tokens.js';

/** A request or transaction of IndexedDB. */
interface Work<Result> {
  readonly result: Result;
  readonly error: Error;
  addEventListener(event: 'upgradeneeded' | 'success' | 'error' | 'complete' | 'abort', listener: () => void): void;
}
interface Entries {
  get(key: string): Work<Tokens | undefined>;
  put(value: Tokens, key: string): Work<unknown>;
  delete(key: string): Work<undefined>;
}
interface Database {
  addEventListener(event: 'close' | 'versionchange', listener: () => void): void;
  close(): void;
  createObjectStore(name: string): unknown;
  transaction(name: string, mode: 'readonly' | 'readwrite'): Work<never> & { objectStore(name: string): Entries };
}
/** The parts of a browser that are used here. Programs for Node.js are compiled without the types of the DOM. */
interface Browser {
  readonly indexedDB: { open(name: string): Work<Database> };
  /** There are no locks on pages without HTTPS. */
  readonly navigator: { readonly locks?: { request<Result>(name: string, work: () => Promise<Result>): Promise<Result> } };
}

const entries = 'tokens';
const entry = 'session';

/**
 * Keeps the tokens in the browser, for all tabs of an origin, until they are forgotten. Every script of the origin can read them.
 *
 * It uses IndexedDB, because tabs can be processes of their own: `localStorage` shows a write of another tab late, and a tab would use a refresh token that the
 * other tab has used.
 *
 * @param name the name of the database and of its lock
 */
export function browserStore(name = 'tenantry'): TokenStore {
  const { indexedDB, navigator } = globalThis as unknown as Browser;
  let opened: Promise<Database> | undefined;

  function open(): Promise<Database> {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(name);
      request.addEventListener('upgradeneeded', () => request.result.createObjectStore(entries));
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(request.error));
    });
  }

  /** Returns the database. It is opened again after the browser has closed it, because the data of the page were cleared, and after a failure. */
  async function database(): Promise<Database> {
    opened ??= open().then((found) => {
      const forget = (): void => (opened = undefined);
      found.addEventListener('close', forget);
      found.addEventListener('versionchange', () => {
        forget();
        found.close();
      });
      return found;
    });
    try {
      return await opened;
    } catch (error) {
      opened = undefined;
      throw error;
    }
  }

  async function committed<Result>(mode: 'readonly' | 'readwrite', work: (store: Entries) => Work<Result>): Promise<Result> {
    const transaction = (await database()).transaction(entries, mode);
    return new Promise((resolve, reject) => {
      const request = work(transaction.objectStore(entries));
      transaction.addEventListener('complete', () => resolve(request.result));
      transaction.addEventListener('abort', () => reject(transaction.error));
    });
  }

  return {
    get: () => committed('readonly', (store) => store.get(entry)),
    set: async (tokens) => {
      await committed<unknown>('readwrite', (store) => (tokens === undefined ? store.delete(entry) : store.put(tokens, entry)));
    },
    exclusively: async (work) => (navigator.locks === undefined ? work() : navigator.locks.request(`tenantry:${name}`, work)),
  };
}
