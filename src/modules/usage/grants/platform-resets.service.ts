import { Injectable } from '@nestjs/common';
import { OrganizationFactsService } from '../../../access/organization/organization-facts.service.js';
import { Clock } from '../../../common/clock.js';
import { Catalog, type MeterDefinition } from '../../../config/catalog/catalog.js';
import { quantityOf } from '../../../config/catalog/quantities.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { periodIn } from '../metering/meter-period.js';
import { UnknownMeterError, WrongMeterError } from '../usage.errors.js';

/** A counter that was reset. */
export interface CounterReset {
  readonly meter: string;
  /** The number of units that were removed. */
  readonly units: number;
}

/** Resets counters of the current period on command, for example when an incident of the operator caused the usage. */
@Injectable()
export class PlatformResetsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly facts: OrganizationFactsService,
    private readonly catalog: Catalog,
    private readonly clock: Clock,
  ) {}

  /**
   * Resets counters to zero by one correction in the ledger each. Held units stay held. Units that used up grants return
   * to these grants.
   *
   * @param key the meter; all counters when left out
   * @throws {UnknownMeterError | WrongMeterError}
   */
  async resetCounters(id: string, key: string | undefined, reason: string): Promise<CounterReset[]> {
    const meters = this.#countersOf(key);
    const now = this.clock.now();
    const { usageAnchors } = await this.facts.read(id);
    return this.platform.$transaction(async (tx) => {
      const resets: CounterReset[] = [];
      for (const meter of meters) {
        const { start } = periodIn(meter, now, usageAnchors);
        const rules = JSON.stringify({ aggregation: meter.aggregation, tracks: meter.tracks ?? null, reason });
        const [row] = await tx.$queryRaw<{ units: bigint }[]>`select usage.reset_counter(${id}::uuid, ${meter.key}, ${start}, ${rules}::jsonb, ${now}) as units`;
        resets.push({ meter: meter.key, units: quantityOf(meter.decimals, Number(row?.units ?? 0)) });
      }
      return resets;
    });
  }

  /** Sorted by key: every transaction locks counters in this order. */
  #countersOf(key: string | undefined): MeterDefinition[] {
    const counters = [...this.catalog.meters.values()].filter(({ kind }) => kind === 'counter').sort((a, b) => (a.key < b.key ? -1 : 1));
    if (key === undefined) return counters;
    const meter = this.catalog.meters.get(key);
    if (meter === undefined) throw new UnknownMeterError(key);
    if (meter.kind !== 'counter') throw WrongMeterError.notResettable(key);
    return [meter];
  }
}
