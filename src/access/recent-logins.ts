import { Injectable } from '@nestjs/common';
import { SystemClock } from '../common/clock.js';
import { AppConfig } from '../config/app-config.js';
import { RecentLoginRequiredError } from './access.errors.js';
import type { Principal } from './principal/principal.js';

/** Checks that a user proved who they are a short time ago. Keys have no login, and pass. */
@Injectable()
export class RecentLogins {
  constructor(
    private readonly config: AppConfig,
    private readonly clock: SystemClock,
  ) {}

  /**
   * @param minutes the longest time since the login; 0 for no limit
   * @throws {RecentLoginRequiredError}
   */
  assertRecentLogin(caller: Principal, minutes = this.config.recentLoginMinutes): void {
    if (caller.kind !== 'user' || minutes === 0) return;
    const age = this.clock.now().getTime() - caller.authenticatedAt.getTime();
    if (age > minutes * 60_000) throw new RecentLoginRequiredError(minutes * 60);
  }
}
