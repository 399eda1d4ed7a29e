import type { Principal } from '../../../access/principal/principal.js';

/** The user or the key that reports usage, as in the ledger. The id of a service key is written as that of an API key: no API key of the organization has it. */
export interface Reporter {
  readonly userId: string | undefined;
  readonly apiKeyId: string | undefined;
}

export const reporterOf = (principal: Principal): Reporter =>
  principal.kind !== 'user' ? { userId: undefined, apiKeyId: principal.keyId } : { userId: principal.userId, apiKeyId: undefined };

/** Returns the reporter as one text, as in the daily sums. */
export const reporterKeyOf = (principal: Principal): string => (principal.kind !== 'user' ? `key:${principal.keyId}` : `user:${principal.userId}`);
