import { SetMetadata } from '@nestjs/common';
import type { Principal } from './principal/principal.js';

export const consumesQuotaKey = 'tenantry:consumes-quota';
export const releasesQuotaKey = 'tenantry:releases-quota';

export interface QuotaClaim {
  readonly meter: string;
  readonly units: number;
}

/**
 * Takes units of a meter before the handler runs, and returns them if the handler fails. The response is 402 when the
 * limit leaves too little room. A meter that the catalog does not define is not limited.
 */
export const ConsumesQuota = (meter: string, units = 1): MethodDecorator => SetMetadata(consumesQuotaKey, { meter, units } satisfies QuotaClaim);

/** Releases units of a gauge, which {@link ConsumesQuota} took, after the handler has succeeded. */
export const ReleasesQuota = (meter: string, units = 1): MethodDecorator => SetMetadata(releasesQuotaKey, { meter, units } satisfies QuotaClaim);

/** Takes and releases units of meters. It is declared here because guards use it; the usage module implements it. */
export abstract class Quotas {
  /**
   * @returns a function that returns the units, to call when the handler fails
   * @throws {QuotaExceededError}
   */
  abstract takeUnits(principal: Principal, claim: QuotaClaim): Promise<() => Promise<void>>;

  /** Lowers a gauge. Does nothing when fewer units are in use. */
  abstract releaseUnits(principal: Principal, claim: QuotaClaim): Promise<void>;
}
