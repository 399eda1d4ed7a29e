import { Injectable } from '@nestjs/common';
import { Catalog, type MeterDefinition } from '../../config/catalog/catalog.js';
import { TenantDb } from '../../database/tenant-db.js';
import { periodOf, type MeterPeriod } from './meter-period.js';

export interface MeterReading extends MeterPeriod {
  readonly meter: MeterDefinition;
  readonly used: number;
}

/** What the organization has used of each meter, in its present period. */
@Injectable()
export class MeterReadings {
  constructor(
    private readonly db: TenantDb,
    private readonly catalog: Catalog,
  ) {}

  async all(now = new Date()): Promise<MeterReading[]> {
    const meters = [...this.catalog.meters.values()];
    const tracked = meters.some(({ tracks }) => tracks === 'members');
    const [members, totals] = await Promise.all([
      tracked ? this.db.membership.count() : 0,
      this.db.meterTotal.findMany({ where: { OR: meters.map((meter) => totalKey(meter, now)) } }),
    ]);
    return meters.map((meter) => {
      const total = totals.find((row) => row.meter === meter.key);
      return { meter, ...periodOf(meter, now), used: meter.tracks === 'members' ? members : Number(total?.used ?? 0) };
    });
  }

  /** @param key a meter of the catalog */
  async used(key: string, now = new Date()): Promise<number> {
    const meter = this.catalog.meters.get(key);
    if (meter === undefined) throw new Error(`the catalog has no meter ${key}`);
    if (meter.tracks === 'members') return this.db.membership.count();
    const total = await this.db.meterTotal.findFirst({ where: totalKey(meter, now) });
    return Number(total?.used ?? 0);
  }
}

const totalKey = (meter: MeterDefinition, now: Date): { meter: string; periodStart: Date } => ({ meter: meter.key, periodStart: periodOf(meter, now).start });
