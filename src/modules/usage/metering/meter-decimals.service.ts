import { Injectable } from '@nestjs/common';
import { Catalog } from '../../../config/catalog/catalog.js';
import { PlatformDb } from '../../../database/platform-db.js';

type Queryable = Pick<PlatformDb, '$queryRaw'>;

/**
 * Knows with how many decimals meters are counted. Quantities are stored in whole parts of a unit, also those of meters that the catalog no
 * longer has, or does not have yet, because a newer server has begun to use another one: the catalogs that were used say what they mean.
 */
@Injectable()
export class MeterDecimalsService {
  constructor(
    private readonly catalog: Catalog,
    // Catalogs belong to no tenant.
    private readonly platform: PlatformDb,
  ) {}

  /** Returns the decimals of each of the given meters. Asks the database only for meters that the catalog does not have. */
  async findDecimals(meters: Iterable<string>, db: Queryable = this.platform): Promise<(meter: string) => number> {
    const isKnown = [...meters].every((meter) => this.catalog.meters.has(meter));
    const former = isKnown ? {} : await this.readDecimals(db);
    return (meter) => this.catalog.meters.get(meter)?.decimals ?? former[meter] ?? 0;
  }

  /** Returns the decimals of all meters that have some: those of the catalog, and other ones as the last catalog with them declared them. */
  async readDecimals(db: Queryable = this.platform): Promise<Readonly<Record<string, number>>> {
    const decimals = new Map(await this.readUsedDecimals(db));
    for (const meter of this.catalog.meters.values()) decimals.set(meter.key, meter.decimals);
    return Object.fromEntries([...decimals].filter(([, places]) => places > 0));
  }

  /** Returns the decimals of each meter in the last catalog that had it, whichever version recorded it. */
  async readUsedDecimals(db: Queryable = this.platform): Promise<ReadonlyMap<string, number>> {
    const rows = await db.$queryRaw<{ meter: string; decimals: number }[]>`
      select distinct on (m.key) m.key as meter, coalesce((m.value ->> 'decimals')::integer, 0) as decimals
        from catalog_versions v cross join lateral jsonb_each(coalesce(v.content -> 'meters', '{}')) m order by m.key, v.applied_at desc`;
    return new Map(rows.map(({ meter, decimals }) => [meter, decimals]));
  }
}
