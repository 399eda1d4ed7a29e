import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Calls a function outside of any request, and returns what it returns. Use it for work that outlives the request that starts it, such as a timer: it would
 * keep the request in memory, with its body, and act in its name.
 */
export const outsideRequests = AsyncLocalStorage.snapshot();
