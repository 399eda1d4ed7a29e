import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Clock } from '../../../common/clock.js';
import { catalogOf } from '../../../config/catalog/catalog-file.js';
import type { AddOnDefinition, Catalog, PlanDefinition } from '../../../config/catalog/catalog.js';
import type { CatalogSource } from '../../../config/catalog/catalog-source.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import type { Prisma } from '../../../generated/prisma/client.js';
import { describeCatalogChanges } from './catalog-differences.js';

/** What putting a catalog to use would do to the organizations that there are. */
export interface CatalogImpact {
  /** What is different from the catalog in use; undefined when none was recorded yet. */
  readonly changes: readonly string[] | undefined;
  /** What loses its meaning, but harms nobody's access beyond that. */
  readonly warnings: readonly string[];
  /** Roles, plans, add-ons and their prices in use that it no longer has: it is refused because of them. */
  readonly orphans: readonly string[];
}

/** Thrown at the start when the catalog lacks roles, plans, add-ons or prices that are in use. */
export class CatalogInUseError extends Error {
  override readonly name = 'CatalogInUseError';

  constructor(orphans: readonly string[]) {
    super(
      `The catalog lacks what organizations use:\n${orphans.map((orphan) => `  ${orphan}`).join('\n')}\n` +
        'Put it back, or move them first. `npx tenantry catalog:check` shows all that the catalog changes.',
    );
  }
}

// Each names what is in use and not among $1, with how often.
const orphanSql = {
  'role "%" of members': `select role as key, count(*)::int as uses from memberships where role <> all($1::text[]) group by role order by role`,
  'role "%" of pending invitations': `select role as key, count(*)::int as uses from invitations where status = 'pending' and role <> all($1::text[]) group by role order by role`,
  'role "%" of who joins by a domain': `select join_role as key, count(*)::int as uses from domains where join_role <> all($1::text[]) group by join_role order by join_role`,
} as const;
const planSql = `select plan as key, count(*)::int as uses from organizations where plan <> all($1::text[]) group by plan order by plan`;
const addOnSql = `select key, count(*)::int as uses from subscriptions, lateral (select key from jsonb_to_recordset(add_ons) as a (key text) union select key from jsonb_to_recordset(next_add_ons) as n (key text)) k where key <> all($1::text[]) group by key order by key`;
// $1 has each price that there is, as `pro month EUR`. What has lost all of them is free, or one of the orphans above.
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
const warningSql = {
  'custom role "%" has the key of a role of the catalog, which hides it': `select key, count(*)::int as uses from custom_roles where key = any($1::text[]) group by key order by key`,
  'permission "%" of custom roles is gone': `select p as key, count(*)::int as uses from custom_roles, unnest(permissions) p where p <> all($1::text[]) group by p order by p`,
  'permission "%" of API keys is gone': `select p as key, count(*)::int as uses from api_keys, unnest(permissions) p where p <> all($1::text[]) group by p order by p`,
  'setting "%" was set and is gone': `select k as key, count(*)::int as uses from settings_documents, jsonb_object_keys(document) k where section = 'settings' and k <> all($1::text[]) group by k order by k`,
  'feature "%" was switched off and is gone': `select k as key, count(*)::int as uses from settings_documents, jsonb_object_keys(document) k where section = 'features' and k <> all($1::text[]) group by k order by k`,
} as const;

type Queryable = Pick<PoolClient, 'query'>;

/** Watches over changes of the catalog under organizations that are there already. */
@Injectable()
export class CatalogChangesService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly pool: PlatformPool,
    private readonly clock: Clock,
  ) {}

  /** Changes nothing. */
  async checkCatalog(next: Catalog): Promise<CatalogImpact> {
    const current = await this.#current();
    const before = current === null ? undefined : parseRecordedCatalog(current.content);
    return { changes: before === undefined ? undefined : describeCatalogChanges(before, next), warnings: await this.#warnings(next), orphans: await this.findOrphans(next) };
  }

  /** Puts a catalog to use, if it is not in use already. @throws {CatalogInUseError} */
  async applyCatalog(next: Catalog): Promise<void> {
    const current = await this.#current();
    if (current?.fingerprint === next.fingerprint) return;
    const orphans = await this.findOrphans(next);
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
   * The roles, plans, add-ons and prices in use that a catalog lacks. Without its price, what is paid for would be free.
   *
   * @param db the connection to ask, for who wants to know within a transaction
   */
  async findOrphans({ roles, plans, addOns }: Catalog, db: Queryable = this.pool): Promise<string[]> {
    const lost: string[] = [];
    for (const [text, sql] of Object.entries(orphanSql)) lost.push(...(await this.#listed(text, sql, roles, db)));
    lost.push(...(await this.#listed('plan "%" of organizations', planSql, plans, db)));
    lost.push(...(await this.#listed('add-on "%" of subscriptions', addOnSql, addOns, db)));
    lost.push(...(await this.#listed('price "%" of a plan that is paid for', priceSql.plans, priceKeysOf(plans), db)));
    return [...lost, ...(await this.#listed('price "%" of an add-on of subscriptions', priceSql.addOns, priceKeysOf(addOns), db))];
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

/** A catalog as it was recorded; undefined when it is from a version whose format is not ours. */
function parseRecordedCatalog(content: unknown): Catalog | undefined {
  try {
    return catalogOf(content as CatalogSource);
  } catch {
    return undefined;
  }
}
