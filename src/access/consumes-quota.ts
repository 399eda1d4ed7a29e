import { SetMetadata } from '@nestjs/common';
import type { Principal } from './principal/principal.js';

export const consumesQuotaKey = 'tenantry:consumes-quota';
export const releasesQuotaKey = 'tenantry:releases-quota';

export interface QuotaClaim {
  readonly meter: string;
  readonly units: number;
}

/**
 * Takes units of a meter before the handler runs, and returns them if it fails. Without room, the response is 402.
 * A meter that the catalog does not define is not limited.
 */
export const ConsumesQuota = (meter: string, units = 1): MethodDecorator => SetMetadata(consumesQuotaKey, { meter, units } satisfies QuotaClaim);

/** Lowers a gauge by the number of units after the handler succeeded: the counterpart of {@link ConsumesQuota}. */
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
