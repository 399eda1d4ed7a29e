import type { Principal } from './principal.js';

/** Counts requests. Declared here because a guard needs it; the usage module implements it. */
export abstract class RequestMeter {
  /**
   * Counts a request of a member or key of an organization: at once when there are units in memory, else when the
   * database has answered.
   *
   * @throws {QuotaExceededError} when no request is left in the period
   */
  abstract count(principal: Principal): void | Promise<void>;
}
