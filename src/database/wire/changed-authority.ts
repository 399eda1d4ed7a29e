import pg from 'pg';
import { VersionConflictError } from '../../common/http/etag.js';
import type { Authority } from '../../tenancy/tenant-context.js';
import { RefusedWriteError } from '../../tenancy/wire-binding.js';

/** How often a write is begun again, when who may do what changes again and again within one request. */
const maxRenewals = 5;

/** Whether the server has refused to begin, because the authority of the request is no longer that of the guard (`app.require_authority`). */
export const isChangedAuthority = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === 'TN001';

/** Whether another request has the claim of this one (`app.claim_idempotency_key`). */
export const isClaimed = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === 'TN002';

/** Returns the refusal of a statement that found another version of a row than its request accepts (`app.require_version`), or the error itself. */
export const refusalOf = (error: Error): Error => (error instanceof pg.DatabaseError && error.code === 'TN003' ? new RefusedWriteError(new VersionConflictError()) : error);

/** Judges a request again. @throws {RefusedWriteError} with the refusal of the guard, when the caller may no longer do this */
export async function renewed(authority: Authority): Promise<void> {
  await authority.renew().catch((refusal: unknown) => {
    throw new RefusedWriteError(refusal);
  });
}

/**
 * Begins a write. When the authority has changed meanwhile, nothing of it was done: the request is judged again, and the
 * write begins again if it is still allowed.
 *
 * @param begin reads the authority each time that it is called
 * @throws {RefusedWriteError}
 */
export async function beginWithAuthority<Result>(authority: Authority | undefined, begin: () => Promise<Result>): Promise<Result> {
  for (let renewals = 0; ; renewals += 1) {
    try {
      return await begin();
    } catch (error) {
      if (authority === undefined || !isChangedAuthority(error)) throw error;
      if (renewals === maxRenewals) throw new RefusedWriteError(authority.conflict());
      await renewed(authority);
    }
  }
}
