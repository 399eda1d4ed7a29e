import { SetMetadata } from '@nestjs/common';
import type { Principal } from './principal/principal.js';

export const consumesQuotaKey = 'tenantry:consumes-quota';
export const releasesQuotaKey = 'tenantry:releases-quota';

export interface QuotaClaim {
  readonly meter: string;
  readonly units: number;
}

/**
 * Takes so many units of a meter before the handler works, and gives them back if it fails; 402 when there is no room.
 * A meter that the catalog does not define is not limited.
 */
export const ConsumesQuota = (meter: string, units = 1): MethodDecorator => SetMetadata(consumesQuotaKey, { meter, units } satisfies QuotaClaim);

/** Lowers a gauge by so many units after the handler has worked: what {@link ConsumesQuota} took is gone. */
export const ReleasesQuota = (meter: string, units = 1): MethodDecorator => SetMetadata(releasesQuotaKey, { meter, units } satisfies QuotaClaim);

/** Takes units and gives them back. Declared here because routes need it; the usage module implements it. */
export abstract class Quotas {
  /**
   * @returns what gives them back, to be called when the work has failed
   * @throws {QuotaExceededError}
   */
  abstract takeUnits(principal: Principal, claim: QuotaClaim): Promise<() => Promise<void>>;

  /** Lowers a gauge; no lower than to nothing. */
  abstract releaseUnits(principal: Principal, claim: QuotaClaim): Promise<void>;
}
