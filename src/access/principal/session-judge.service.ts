import { Injectable } from '@nestjs/common';
import { SystemClock } from '../../common/clock.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { SessionEndedError, SessionTimedOutError } from '../access.errors.js';

/** The facts that decide whether a session is alive, read by {@link SessionJudgeService.columns}. */
export interface SessionState {
  readonly revoked: boolean;
  readonly awaitsSecondFactor: boolean;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date;
  readonly userDisabled: boolean;
  /** The shortest session timeout of the user's organizations in seconds; null if none applies, or if the session was used just now. */
  readonly idleTimeout: number | null;
  readonly impersonatorId: string | null;
  /** Whether the operator may still act as the user; null in a session of the user. */
  readonly impersonatorMayAct: boolean | null;
}

/** Seconds. Sessions that were used more recently cannot have timed out: it is below the shortest timeout, and saves the query for it. */
const certainlyInUse = 30;

/**
 * Decides whether a session is alive. Requests, refreshes and every change of a session ask here, and nowhere else.
 *
 * A session ends when it is revoked, when it expires, when its user is disabled, or when it was idle for longer than the
 * shortest session timeout of the organizations that the user is a member of. An impersonation has no idle time; it ends
 * with the right of the operator and with the operator's own session, and when the user becomes an operator.
 */
@Injectable()
export class SessionJudgeService {
  /** The columns of {@link SessionState}, of the tables `sessions s` and `users u`. */
  readonly columns: string;

  constructor(
    catalog: Catalog,
    private readonly clock: SystemClock,
  ) {
    const setting = catalog.settings.get('session_timeout_minutes');
    this.columns = stateColumns(setting?.enforcedBy === 'auth' ? Number(setting.default) : undefined);
  }

  /** The present time in milliseconds, by which sessions are judged. */
  now(): number {
    return this.clock.now().getTime();
  }

  /**
   * Whether a session of a user was used so recently that nothing but its rows decides about it. An impersonation depends on the rows of its operator.
   *
   * @param usedAt when it was last judged to be alive
   * @param now see {@link now}
   */
  isInUse({ impersonatorId }: SessionState, usedAt: number, now: number): boolean {
    return impersonatorId === null && now - usedAt <= 1000 * certainlyInUse;
  }

  /**
   * Decides whether a session is alive. Only a session that passes counts as used.
   *
   * @param usedAt when it was last used, if a later use is known than the one that was written
   * @throws {SessionEndedError | SessionTimedOutError}
   */
  assertAlive(state: SessionState, usedAt = state.lastUsedAt.getTime()): void {
    const now = this.now();
    if (state.revoked || state.awaitsSecondFactor || state.userDisabled || state.expiresAt.getTime() <= now) throw new SessionEndedError();
    if (state.impersonatorId !== null) {
      if (state.impersonatorMayAct !== true) throw new SessionEndedError();
      return;
    }
    if (state.idleTimeout !== null && now - usedAt > 1000 * state.idleTimeout) throw new SessionTimedOutError();
  }
}

/** @param defaultTimeout the catalog's session timeout in minutes; undefined if the product enforces none */
function stateColumns(defaultTimeout: number | undefined): string {
  const idleTimeout =
    defaultTimeout === undefined
      ? 'null::float8'
      : `case when s.impersonator_id is null and s.last_used_at < now() - interval '${certainlyInUse} seconds' then
           (select min(nullif(coalesce((d.document ->> 'session_timeout_minutes')::float8, ${defaultTimeout}), 0) * 60)
              from memberships sm
              left join settings_documents d on d.organization_id = sm.organization_id and d.section = 'settings'
             where sm.user_id = s.user_id) end`;
  return `s.revoked_at is not null as revoked, s.awaits_second_factor as "awaitsSecondFactor", s.expires_at as "expiresAt", s.last_used_at as "lastUsedAt",
         u.disabled_at is not null as "userDisabled", s.impersonator_id as "impersonatorId", ${idleTimeout} as "idleTimeout",
         case when s.impersonator_id is not null then
           exists (select from platform_admins ia
                     join users iu on iu.id = ia.user_id and iu.disabled_at is null
                     join sessions os on os.id = s.impersonator_session_id and os.user_id = ia.user_id and os.revoked_at is null and os.expires_at > now()
                    where ia.user_id = s.impersonator_id)
           and not exists (select from platform_admins ua where ua.user_id = s.user_id) end as "impersonatorMayAct"`;
}
