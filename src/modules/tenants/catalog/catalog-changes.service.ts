import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Clock } from '../../../common/clock.js';
import { catalogOf } from '../../../config/catalog/catalog-file.js';
import type { AddOnDefinition, Catalog, PlanDefinition } from '../../../config/catalog/catalog.js';
import type { CatalogSource } from '../../../config/catalog/catalog-source.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import type { Prisma } from '../../../generated/prisma/client.js';
import { MeterDecimalsService } from '../../usage/metering/meter-decimals.service.js';
import { describeCatalogChanges } from './catalog-differences.js';

/** The effect of a catalog on the existing organizations. */
export interface CatalogImpact {
  /** The differences from the catalog in use; undefined when no catalog has been used yet. */
  readonly changes: readonly string[] | undefined;
  /** Data of organizations that the catalog makes meaningless. They do not prevent its use. */
  readonly warnings: readonly string[];
  /** Roles, plans, add-ons and prices that are in use and missing from the catalog. They prevent its use. */
  readonly orphans: readonly string[];
}

/** Thrown at start when the catalog lacks roles, plans, add-ons or prices that are in use. */
export class CatalogInUseError extends Error {
  override readonly name = 'CatalogInUseError';

  constructor(orphans: readonly string[]) {
    super(
      `The catalog lacks entries that organizations use:\n${orphans.map((orphan) => `  ${orphan}`).join('\n')}\n` +
        'Put these entries back, or migrate the organizations first. To see all changes, run `npx tenantry catalog:check`. ' +
        'The catalog of another product needs another database: set DATABASE_URL, or DATA_DIR for the embedded one.',
    );
  }
}

// Each query returns the keys that are in use and not in $1, with the number of uses.
const orphanSql = {
  'role "%" of members': `select role as key, count(*)::int as uses from memberships where role <> all($1::text[]) group by role order by role`,
  'role "%" of pending invitations': `select role as key, count(*)::int as uses from invitations where status = 'pending' and role <> all($1::text[]) group by role order by role`,
  'role "%" of members who join through a domain': `select join_role as key, count(*)::int as uses from domains where join_role <> all($1::text[]) group by join_role order by join_role`,
} as const;
const planSql = `select plan as key, count(*)::int as uses from organizations where plan <> all($1::text[]) group by plan order by plan`;
const addOnSql = `select key, count(*)::int as uses from subscriptions, lateral (select key from jsonb_to_recordset(add_ons) as a (key text) union select key from jsonb_to_recordset(next_add_ons) as n (key text)) k where key <> all($1::text[]) group by key order by key`;
// $1 has every price as `pro month EUR`. A plan that lost all its prices is free; a plan that was removed is reported above.
const unsold = `exists (select from unnest($1::text[]) sold where starts_with(sold, key || ' ')) and not exists (select from unnest($1::text[]) sold where starts_with(sold || ' ', price || ' '))`;
const priceSql = {
  plans: `select price as key, count(*)::int as uses from subscriptions,
    lateral (select plan as key, interval as by union select next_plan, coalesce(next_interval, interval) where next_plan is not null) k,
    lateral (select concat_ws(' ', key, by, currency) as price) p
    where status <> 'canceled' and period_end is not null and currency is not null and ${unsold} group by price order by price`,
  addOns: `select price as key, count(*)::int as uses from subscriptions,
    lateral (select key, interval as by from jsonb_to_recordset(add_ons) as a (key text) union select key, coalesce(next_interval, interval) from jsonb_to_recordset(next_add_ons) as n (key text)) k,
    lateral (select concat_ws(' ', key, by, currency) as price) p
    where ${unsold} group by price order by price`,
} as const;
const pendingSql = {
  plans: `select price as key, count(*)::int as uses from pending_purchases, concat_ws(' ', plan, interval, currency) price where price <> all($1::text[]) group by price order by price`,
  addOns: `select price as key, count(*)::int as uses from pending_purchases p, jsonb_to_recordset(add_ons) as a (key text), concat_ws(' ', a.key, p.interval, p.currency) price
    where price <> all($1::text[]) group by price order by price`,
} as const;
// The meters of $1 that organizations (with $2, that organization) use.
const usedMetersSql = `select distinct meter from (
    select meter, organization_id from meter_totals union all select meter, organization_id from usage_grants
    union all select key, organization_id from entitlement_overrides where kind = 'limit') used
  where meter = any($1::text[]) and ($2::uuid is null or organization_id = $2::uuid) order by meter`;
const warningSql = {
  'custom role "%" is hidden by a role of the catalog with the same key': `select key, count(*)::int as uses from custom_roles where key = any($1::text[]) group by key order by key`,
  'permission "%" of custom roles was removed': `select p as key, count(*)::int as uses from custom_roles, unnest(permissions) p where p <> all($1::text[]) group by p order by p`,
  'permission "%" of API keys was removed': `select p as key, count(*)::int as uses from api_keys, unnest(permissions) p where p <> all($1::text[]) group by p order by p`,
  'setting "%" has values and was removed': `select k as key, count(*)::int as uses from settings_documents, jsonb_object_keys(document) k where section = 'settings' and k <> all($1::text[]) group by k order by k`,
  'feature "%" was turned off and was removed': `select k as key, count(*)::int as uses from settings_documents, jsonb_object_keys(document) k where section = 'features' and k <> all($1::text[]) group by k order by k`,
} as const;

type Queryable = Pick<PoolClient, 'query'>;

/** The decimals of meters, by their keys. */
type Decimals = Readonly<Record<string, number>>;

/** Checks a changed catalog against the existing organizations, and records the catalog in use. */
@Injectable()
export class CatalogChangesService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly pool: PlatformPool,
    private readonly decimals: MeterDecimalsService,
    private readonly clock: Clock,
  ) {}

  /** Returns the effect of a catalog. Changes nothing. */
  async checkCatalog(next: Catalog): Promise<CatalogImpact> {
    const current = await this.#current();
    const before = current === null ? undefined : parseRecordedCatalog(current.content);
    const orphans = [...(await this.findOrphans(next)), ...(await this.#rescaled(next))];
    return { changes: before === undefined ? undefined : describeCatalogChanges(before, next), warnings: await this.#warnings(next), orphans };
  }

  /** Records the catalog as the one in use, unless it is already. @throws {CatalogInUseError} */
  async applyCatalog(next: Catalog): Promise<void> {
    const current = await this.#current();
    if (current?.fingerprint === next.fingerprint) return;
    const orphans = [...(await this.findOrphans(next)), ...(await this.#rescaled(next))];
    if (orphans.length > 0) throw new CatalogInUseError(orphans);
    const { fingerprint } = next;
    const appliedAt = this.clock.now();
    await this.platform.catalogVersion.upsert({
      where: { fingerprint },
      create: { fingerprint, content: next.source as Prisma.InputJsonObject, appliedAt },
      update: { appliedAt },
    });
  }

  async #current(): Promise<{ fingerprint: string; content: unknown } | null> {
    return this.platform.catalogVersion.findFirst({ orderBy: { appliedAt: 'desc' } });
  }

  /**
   * Returns the roles, plans, add-ons and prices that are in use and missing from the catalog. A plan that is paid for would
   * become free without its price.
   *
   * @param db the connection to use, for a caller that is in a transaction
   */
  async findOrphans({ roles, plans, addOns }: Catalog, db: Queryable = this.pool): Promise<string[]> {
    const lost: string[] = [];
    for (const [text, sql] of Object.entries(orphanSql)) lost.push(...(await this.#listed(text, sql, roles, db)));
    lost.push(...(await this.#listed('plan "%" of organizations', planSql, plans, db)));
    lost.push(...(await this.#listed('add-on "%" of subscriptions', addOnSql, addOns, db)));
    lost.push(...(await this.#listed('price "%" of subscriptions to a plan', priceSql.plans, priceKeysOf(plans), db)));
    lost.push(...(await this.#listed('price "%" of subscriptions to an add-on', priceSql.addOns, priceKeysOf(addOns), db)));
    lost.push(...(await this.#listed('price "%" of purchases that wait', pendingSql.plans, priceKeysOf(plans), db)));
    return [...lost, ...(await this.#listed('price "%" of an add-on of purchases that wait', pendingSql.addOns, priceKeysOf(addOns), db))];
  }

  /**
   * Returns the meters that organizations use, and whose quantities are read with other decimals than those with which they were
   * counted: the numbers in the database would mean something else.
   *
   * @param counted the decimals of meters that had some
   * @param read the decimals of meters that have some now
   * @param organizationId all organizations when left out
   */
  async findRescaledMeters(counted: Decimals, read: Decimals, db: Queryable = this.pool, organizationId?: string): Promise<string[]> {
    const changed = Object.keys({ ...counted, ...read }).filter((key) => (counted[key] ?? 0) !== (read[key] ?? 0));
    if (changed.length === 0) return [];
    const { rows } = await db.query<{ meter: string }>(usedMetersSql, [changed, organizationId ?? null]);
    return rows.map(({ meter }) => `decimals of the meter "${meter}" (${counted[meter] ?? 0} when it was used, ${read[meter] ?? 0} in the catalog)`);
  }

  /** A meter that was removed for a time keeps the decimals that the last catalog with it declared. */
  async #rescaled(next: Catalog): Promise<string[]> {
    const counted = Object.fromEntries(await this.decimals.readUsedDecimals());
    return this.findRescaledMeters(counted, { ...counted, ...Object.fromEntries([...next.meters].map(([key, { decimals }]) => [key, decimals])) });
  }

  async #warnings({ roles, permissions, settings, features }: Catalog): Promise<string[]> {
    const known = [roles, permissions, permissions, settings, features];
    const warnings: string[] = [];
    for (const [index, [text, sql]] of Object.entries(warningSql).entries()) warnings.push(...(await this.#listed(text, sql, known[index] ?? roles)));
    return warnings;
  }

  async #listed(text: string, sql: string, known: Pick<ReadonlyMap<string, unknown>, 'keys'>, db: Queryable = this.pool): Promise<string[]> {
    const { rows } = await db.query<{ key: string; uses: number }>(sql, [[...known.keys()]]);
    return rows.map(({ key, uses }) => `${text.replace('%', key)} (${uses})`);
  }
}

const priceKeysOf = (sold: ReadonlyMap<string, PlanDefinition | AddOnDefinition>): ReadonlySet<string> =>
  new Set([...sold.values()].flatMap(({ key, prices }) => prices.map(({ interval, currency }) => `${key} ${interval} ${currency}`)));

/** Parses a recorded catalog; undefined when a version with another format recorded it. */
function parseRecordedCatalog(content: unknown): Catalog | undefined {
  try {
    return catalogOf(content as CatalogSource);
  } catch {
    return undefined;
  }
}
