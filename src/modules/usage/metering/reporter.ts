import type { Principal } from '../../../access/principal/principal.js';

/** Who reports usage, as the ledger has it: a user, or an API key. */
export interface Reporter {
  readonly userId: string | undefined;
  readonly apiKeyId: string | undefined;
}

export const reporterOf = (principal: Principal): Reporter =>
  principal.kind === 'key' ? { userId: undefined, apiKeyId: principal.keyId } : { userId: principal.userId, apiKeyId: undefined };

/** The same in one word, as the sums of days have it. */
export const reporterKeyOf = (principal: Principal): string => (principal.kind === 'key' ? `key:${principal.keyId}` : `user:${principal.userId}`);
