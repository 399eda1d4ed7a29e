import type { Principal } from '../../../access/principal/principal.js';

/** The user or the API key that reports usage, as in the ledger. */
export interface Reporter {
  readonly userId: string | undefined;
  readonly apiKeyId: string | undefined;
}

export const reporterOf = (principal: Principal): Reporter =>
  principal.kind === 'key' ? { userId: undefined, apiKeyId: principal.keyId } : { userId: principal.userId, apiKeyId: undefined };

/** Returns the reporter as one text, as in the daily sums. */
export const reporterKeyOf = (principal: Principal): string => (principal.kind === 'key' ? `key:${principal.keyId}` : `user:${principal.userId}`);
