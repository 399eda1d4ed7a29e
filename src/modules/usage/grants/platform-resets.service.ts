import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { Catalog, type MeterDefinition } from '../../../config/catalog/catalog.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { periodOf } from '../metering/meter-period.js';
import { UnknownMeterError, WrongMeterError } from '../usage.errors.js';

/** A tenant, as far as its counters go. */
export interface CountedTenant {
  readonly id: string;
  readonly usageAnchorDay: number | null;
}

export interface CounterReset {
  readonly meter: string;
  /** Units that were taken back. */
  readonly units: number;
}

/** Takes back, by hand, what an organization has used in the present period: an incident of the operator's is not its usage. */
@Injectable()
export class PlatformResetsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly catalog: Catalog,
    private readonly clock: Clock,
  ) {}

  /**
   * By one counter-event in the ledger for each counter; what is held stays held, and units come back to the grants that
   * they were burnt from.
   *
   * @param key one meter; all counters when left out
   * @throws {UnknownMeterError | WrongMeterError}
   */
  async resetCounters({ id, usageAnchorDay }: CountedTenant, key: string | undefined, reason: string): Promise<CounterReset[]> {
    const meters = this.#countersOf(key);
    const now = this.clock.now();
    return this.platform.$transaction(async (tx) => {
      const done: CounterReset[] = [];
      for (const meter of meters) {
        const { start } = periodOf(meter, now, usageAnchorDay ?? 1);
        const rules = JSON.stringify({ aggregation: meter.aggregation, tracks: meter.tracks ?? null, reason });
        const [row] = await tx.$queryRaw<{ units: bigint }[]>`select usage.reset_counter(${id}::uuid, ${meter.key}, ${start}, ${rules}::jsonb, ${now}) as units`;
        done.push({ meter: meter.key, units: Number(row?.units ?? 0) });
      }
      return done;
    });
  }

  /** In the order in which their rows are locked elsewhere too. */
  #countersOf(key: string | undefined): MeterDefinition[] {
    const counters = [...this.catalog.meters.values()].filter(({ kind }) => kind === 'counter').sort((a, b) => (a.key < b.key ? -1 : 1));
    if (key === undefined) return counters;
    const meter = this.catalog.meters.get(key);
    if (meter === undefined) throw new UnknownMeterError(key);
    if (meter.kind !== 'counter') throw new WrongMeterError(key, 'only a counter has a period that can begin anew.');
    return [meter];
  }
}
