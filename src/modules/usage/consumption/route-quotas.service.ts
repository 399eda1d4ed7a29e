import { Injectable } from '@nestjs/common';
import { Quotas, type QuotaClaim } from '../../../access/quotas.js';
import type { Principal } from '../../../access/principal/principal.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { GaugeTooLowError } from '../usage.errors.js';
import { ConsumptionService } from './consumption.service.js';

const returnNothing = (): Promise<void> => Promise.resolve();

/** Takes and releases the units of routes with `@ConsumesQuota` and `@ReleasesQuota`, as events of the ledger. */
@Injectable()
export class RouteQuotasService extends Quotas {
  constructor(
    private readonly catalog: Catalog,
    private readonly consumption: ConsumptionService,
  ) {
    super();
  }

  async takeUnits(principal: Principal, { meter, units }: QuotaClaim): Promise<() => Promise<void>> {
    if (!this.catalog.meters.has(meter)) return returnNothing;
    const consumed = await this.consumption.consumeUsage(principal, { meter, quantity: units });
    return () => this.consumption.returnUsage(principal, consumed, units);
  }

  async releaseUnits(principal: Principal, { meter, units }: QuotaClaim): Promise<void> {
    if (this.catalog.meters.get(meter)?.kind !== 'gauge') return;
    try {
      await this.consumption.releaseUsage(principal, { meter, quantity: units });
    } catch (error) {
      // The resource is older than the meter: its creation was not counted.
      if (!(error instanceof GaugeTooLowError)) throw error;
    }
  }
}
