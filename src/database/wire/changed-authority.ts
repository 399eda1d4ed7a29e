import type { Authority } from '../../tenancy/tenant-context.js';
import pg from 'pg';

/** How often a write is begun again. More changes of who may do what, all within one request, are a conflict: the caller repeats it. */
const maxRenewals = 5;

/** Whether the server has refused to begin, because the authority of the request is no longer that of the guard (`app.require_authority`). */
export const isChangedAuthority = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === 'TN001';

/**
 * Begins a write. When the authority has changed meanwhile, nothing of it was done: the request is judged again, and the
 * write begins again if it is still allowed.
 *
 * @param begin reads the authority each time that it is called
 * @throws the refusal of the guard, when the caller may no longer do this
 */
export async function beginWithAuthority<Result>(authority: Authority | undefined, begin: () => Promise<Result>): Promise<Result> {
  for (let renewals = 0; ; renewals += 1) {
    try {
      return await begin();
    } catch (error) {
      if (authority === undefined || renewals === maxRenewals || !isChangedAuthority(error)) throw error;
      await authority.renew();
    }
  }
}
