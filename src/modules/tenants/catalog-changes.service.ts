import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { catalogOf } from '../../config/catalog/catalog-file.js';
import type { Catalog } from '../../config/catalog/catalog.js';
import type { CatalogSource } from '../../config/catalog/catalog-source.js';
import { PlatformDb } from '../../database/platform-db.js';
import { PlatformPool } from '../../database/platform-pool.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { differencesOf } from './catalog-differences.js';

/** What putting a catalog to use would do to the organizations that there are. */
export interface CatalogImpact {
  /** What is different from the catalog in use; undefined when none was recorded yet. */
  readonly changes: readonly string[] | undefined;
  /** What loses its meaning, but harms nobody's access beyond that. */
  readonly warnings: readonly string[];
  /** Roles, plans and add-ons in use that it no longer has: it is refused because of them. */
  readonly orphans: readonly string[];
}

/** Thrown at the start when the catalog lacks roles, plans or add-ons that are in use. */
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
const warningSql = {
  'custom role "%" has the key of a role of the catalog, which hides it': `select key, count(*)::int as uses from custom_roles where key = any($1::text[]) group by key order by key`,
  'permission "%" of custom roles is gone': `select p as key, count(*)::int as uses from custom_roles, unnest(permissions) p where p <> all($1::text[]) group by p order by p`,
  'permission "%" of API keys is gone': `select p as key, count(*)::int as uses from api_keys, unnest(permissions) p where p <> all($1::text[]) group by p order by p`,
  'setting "%" was set and is gone': `select k as key, count(*)::int as uses from settings_documents, jsonb_object_keys(document) k where section = 'settings' and k <> all($1::text[]) group by k order by k`,
  'feature "%" was switched off and is gone': `select k as key, count(*)::int as uses from settings_documents, jsonb_object_keys(document) k where section = 'features' and k <> all($1::text[]) group by k order by k`,
} as const;

type Asked = Pick<PoolClient, 'query'>;

/** Watches over changes of the catalog under organizations that are there already. */
@Injectable()
export class CatalogChanges {
  constructor(
    private readonly platform: PlatformDb,
    private readonly pool: PlatformPool,
  ) {}

  /** Changes nothing. */
  async check(next: Catalog): Promise<CatalogImpact> {
    const current = await this.#current();
    const before = current === null ? undefined : sourceOf(current.content);
    return { changes: before === undefined ? undefined : differencesOf(before, next), warnings: await this.#warnings(next), orphans: await this.orphans(next) };
  }

  /** Puts a catalog to use, if it is not in use already. @throws {CatalogInUseError} */
  async apply(next: Catalog): Promise<void> {
    const current = await this.#current();
    if (current?.fingerprint === next.fingerprint) return;
    const orphans = await this.orphans(next);
    if (orphans.length > 0) throw new CatalogInUseError(orphans);
    const { fingerprint } = next;
    await this.platform.catalogVersion.upsert({
      where: { fingerprint },
      create: { fingerprint, content: next.source as Prisma.InputJsonObject },
      update: { appliedAt: new Date() },
    });
  }

  async #current(): Promise<{ fingerprint: string; content: unknown } | null> {
    return this.platform.catalogVersion.findFirst({ orderBy: { appliedAt: 'desc' } });
  }

  /**
   * The roles, plans and add-ons in use that a catalog lacks.
   *
   * @param db the connection to ask, for who wants to know within a transaction
   */
  async orphans({ roles, plans, addOns }: Catalog, db: Asked = this.pool): Promise<string[]> {
    const lost: string[] = [];
    for (const [text, sql] of Object.entries(orphanSql)) lost.push(...(await this.#listed(text, sql, roles, db)));
    lost.push(...(await this.#listed('plan "%" of organizations', planSql, plans, db)));
    return [...lost, ...(await this.#listed('add-on "%" of subscriptions', addOnSql, addOns, db))];
  }

  async #warnings({ roles, permissions, settings, features }: Catalog): Promise<string[]> {
    const known = [roles, permissions, permissions, settings, features];
    const warnings: string[] = [];
    for (const [index, [text, sql]] of Object.entries(warningSql).entries()) warnings.push(...(await this.#listed(text, sql, known[index] ?? roles)));
    return warnings;
  }

  async #listed(text: string, sql: string, known: ReadonlyMap<string, unknown>, db: Asked = this.pool): Promise<string[]> {
    const { rows } = await db.query<{ key: string; uses: number }>(sql, [[...known.keys()]]);
    return rows.map(({ key, uses }) => `${text.replace('%', key)} (${uses})`);
  }
}

/** A catalog as it was recorded; undefined when it is from a version whose format is not ours. */
function sourceOf(content: unknown): Catalog | undefined {
  try {
    return catalogOf(content as CatalogSource);
  } catch {
    return undefined;
  }
}
