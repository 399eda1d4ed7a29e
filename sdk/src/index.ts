export { browserStore } from './browser-store.js';
export { createClient, type ClientOptions, type TenantryClient } from './client.js';
export { ConnectionError, isTenantryError, TenantryError, type ErrorCode, type ProblemWith } from './errors.js';
export type * from './generated/api.js';
export type { RetryOptions } from './retry.js';
export { memoryStore, type Tokens, type TokenStore } from './tokens.js';
export type { Answer, Call, CallOptions, CodeOf, Data, Item, ListId, OperationId } from './types.js';
