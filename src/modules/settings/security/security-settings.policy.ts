import { ImpersonationForbiddenError } from '../../../access/access.errors.js';
import { membershipOf, type Principal } from '../../../access/principal/principal.js';
import type { RecentLogins } from '../../../access/recent-logins.js';
import { SecuritySettingError } from '../settings.errors.js';

/** A setting or feature of the catalog. */
interface Definition {
  readonly key: string;
  /** Whether it decides about security. */
  readonly security: boolean;
}

/**
 * Checks that the caller may change these settings or features. The ones that decide about security require a user with the
 * permission `security:write` and a recent login, wherever they are stored. API keys cannot have that permission.
 *
 * @throws {SecuritySettingError | ImpersonationForbiddenError | RecentLoginRequiredError}
 */
export function assertMayChange(caller: Principal, definitions: readonly Definition[], recentLogins: RecentLogins): void {
  const decisive = definitions.filter(({ security }) => security).map(({ key }) => key);
  if (decisive.length === 0) return;
  if (caller.kind !== 'user' || !membershipOf(caller).permissions.has('security:write')) throw new SecuritySettingError(decisive);
  if (caller.impersonation !== undefined) throw new ImpersonationForbiddenError();
  recentLogins.assertRecentLogin(caller);
}
