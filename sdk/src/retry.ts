import { ConnectionError, TenantryError } from './errors.js';

export interface RetryOptions {
  /** How often a request is sent again; 3 by default. */
  readonly retries?: number;
  /** The longest wait before a request is sent again, in milliseconds; 20,000 by default. A server that asks for more gets no other request. */
  readonly longestWait?: number;
}

const firstWaitMs = 250;
const refusedForLoad = [502, 503, 504];

/**
 * Sends a request until it is answered, the tries are used up, or the answer is final.
 *
 * @param repeatable whether the request has the same effect if the server gets it twice
 */
export async function withRetries<Result>(
  send: () => Promise<Result>,
  repeatable: boolean,
  { retries = 3, longestWait = 20_000 }: RetryOptions,
  signal?: AbortSignal,
): Promise<Result> {
  for (let retry = 0; ; retry += 1) {
    try {
      return await send();
    } catch (error) {
      const wait = retry < retries && mayRepeat(error, repeatable) ? waitBefore(retry, error, longestWait) : undefined;
      if (wait === undefined) throw error;
      await sleep(wait, signal);
    }
  }
}

function mayRepeat(error: unknown, repeatable: boolean): boolean {
  if (error instanceof ConnectionError) return repeatable;
  if (!(error instanceof TenantryError)) return false;
  // A request that was refused for its rate had no effect.
  if (error.status === 429) return true;
  // The first request with this Idempotency-Key still runs.
  return repeatable && (error.code === 'request_running' || refusedForLoad.includes(error.status));
}

/** Returns the milliseconds to wait: longer each time, and random, so that clients that were refused together do not return together. */
function waitBefore(retry: number, error: unknown, longestWait: number): number | undefined {
  const wanted = error instanceof TenantryError ? error.retryAfter : undefined;
  const spread = Math.random() * Math.min(firstWaitMs * 2 ** (retry + 1), longestWait);
  if (wanted === undefined) return spread;
  return wanted * 1000 > longestWait ? undefined : wanted * 1000 + spread;
}

function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
