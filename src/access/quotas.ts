import type { Principal } from './principal/principal.js';

export const consumesQuotaKey = 'tenantry:consumes-quota';
export const releasesQuotaKey = 'tenantry:releases-quota';

export interface QuotaClaim {
  readonly meter: string;
  readonly units: number;
}

/** Takes and releases units of meters. It is declared here because an interceptor of the routes uses it; the usage module implements it. */
export abstract class Quotas {
  /**
   * @returns a function that returns the units, to call when the handler fails
   * @throws {QuotaExceededError}
   */
  abstract takeUnits(principal: Principal, claim: QuotaClaim): Promise<() => Promise<void>>;

  /** Lowers a gauge. Does nothing when fewer units are in use. */
  abstract releaseUnits(principal: Principal, claim: QuotaClaim): Promise<void>;
}
