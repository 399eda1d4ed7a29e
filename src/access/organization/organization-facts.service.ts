import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AppConfig } from '../../config/app-config.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { DatabaseListener } from '../../database/database-listener.js';
import { PlatformPool } from '../../database/wire/platform-pool.js';
import { Entitlements, noOverrides, type AddOnQuantity, type EntitlementBasis, type EntitlementOverrides } from './entitlements.js';
import { overridesColumn } from './organization-entitlements.service.js';
import type { OrganizationFacts } from './organization-facts.js';
import { securityPolicyOf, settingsOf } from './security-policy.js';
import { readTime } from '../../common/times.js';

/** The documents of an organization, by section. */
type Documents = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface FactsRow {
  readonly version: number;
  readonly plan: string;
  readonly anchors: readonly { readonly day: number; readonly since: string | null }[] | null;
  readonly boughtSeats: number | null;
  readonly addOns: readonly AddOnQuantity[] | null;
  readonly documents: Documents | null;
  readonly overrides: EntitlementOverrides | null;
  readonly roles: readonly { readonly id: string; readonly key: string; readonly name: string; readonly permissions: readonly string[] }[] | null;
  readonly teams: readonly { readonly id: string; readonly name: string; readonly roleIds: readonly string[] }[] | null;
}

/** The number of earlier anchor days that are read. Late events are accepted for some days only. */
const maxAnchors = 50;

const factsSql = `
  select o.access_version as version, o.plan, s.seats as "boughtSeats", s.add_ons as "addOns",
         (select jsonb_object_agg(d.section, d.document) from settings_documents d
           where d.organization_id = o.id and d.section in ('settings', 'features', 'security', 'compliance')) as documents,
         ${overridesColumn} as overrides,
         (select jsonb_agg(jsonb_build_object('day', a.day, 'since', a.since) order by a.until desc nulls first)
            from (select coalesce(o.usage_anchor_day, 1) as day, o.usage_anchor_since as since, null::timestamptz as until
                  union all (select u.anchor_day, u.starts_at, u.ends_at from usage_anchors u where u.organization_id = o.id order by u.ends_at desc limit ${maxAnchors})) a) as anchors,
         (select jsonb_agg(jsonb_build_object('id', r.id, 'key', r.key, 'name', r.name, 'permissions', r.permissions))
            from custom_roles r where r.organization_id = o.id) as roles,
         (select jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'roleIds', t.role_ids))
            from (select te.id, te.name, array_agg(tr.role_id) as role_ids
                    from team_roles tr join teams te on te.organization_id = tr.organization_id and te.id = tr.team_id
                   where tr.organization_id = o.id group by te.id, te.name) t) as teams
    from organizations o left join subscriptions s on s.organization_id = o.id where o.id = $1::uuid`;

/** An organization takes about half a kilobyte, without its own settings, roles and teams. */
const maxCachedOrganizations = 50_000;
const maxTerms = 1000;

/** The results of the settings and the subscription of an organization. Organizations with equal ones share them. */
type Terms = Pick<OrganizationFacts, 'settings' | 'policy' | 'readsRecorded' | 'overrides' | 'addOns' | 'entitlements'>;

const firstDay: OrganizationFacts['usageAnchors'] = [{ day: 1, since: undefined }];
const noRoles: OrganizationFacts['customRoles'] = new Map();
const noTeams: OrganizationFacts['teams'] = new Map();

/**
 * Caches the facts of organizations. The cache is never stale: the caller has just read the current version from the
 * organization's row, and an older entry is read again. Notifications of the database only remove entries early.
 */
@Injectable()
export class OrganizationFactsService {
  readonly #facts = new LRUCache<string, OrganizationFacts>({ max: maxCachedOrganizations });
  readonly #terms = new LRUCache<string, Terms>({ max: maxTerms });

  constructor(
    private readonly platform: PlatformPool,
    private readonly catalog: Catalog,
    private readonly config: AppConfig,
    private readonly entitlements: Entitlements,
    listener: DatabaseListener,
  ) {
    listener.whenOpen('tenantry_organization', (organizationId) => void this.#facts.delete(organizationId));
  }

  /** @param version the `access_version` that the caller has just read from the organization's row */
  async get(organizationId: string, version: number): Promise<OrganizationFacts> {
    const known = this.#facts.get(organizationId);
    if (known !== undefined && known.version >= version) return known;
    const facts = await this.read(organizationId);
    this.#facts.set(organizationId, facts);
    return facts;
  }

  /** Reads the facts from the database, without the cache. */
  async read(organizationId: string): Promise<OrganizationFacts> {
    const { rows } = await this.platform.read<FactsRow>({ name: 'tenantry_facts', text: factsSql, values: [organizationId], quick: true });
    return this.#factsOf(organizationId, rows[0]);
  }

  /** An organization that was erased in the meantime has the facts of a new one. The caller finds no membership in it. */
  #factsOf(
    organizationId: string,
    row: FactsRow = { version: 0, plan: this.catalog.defaultPlan, anchors: null, boughtSeats: null, addOns: null, documents: null, overrides: null, roles: null, teams: null },
  ): OrganizationFacts {
    return {
      organizationId,
      version: row.version,
      plan: row.plan,
      usageAnchors: row.anchors?.map(({ day, since }) => ({ day, since: since === null ? undefined : readTime(since) })) ?? firstDay,
      customRoles: row.roles === null ? noRoles : new Map(row.roles.map((role) => [role.id, { ...role, permissions: this.#knownOf(role.permissions) }])),
      teams: row.teams === null ? noTeams : new Map(row.teams.map((team) => [team.id, team])),
      ...this.#termsOf(row),
    };
  }

  #knownOf(permissions: readonly string[]): Set<string> {
    return new Set(permissions.filter((permission) => this.catalog.permissions.has(permission)));
  }

  #termsOf({ plan, boughtSeats, addOns, documents, overrides }: FactsRow): Terms {
    const key = JSON.stringify([plan, boughtSeats, addOns, documents, overrides]);
    let terms = this.#terms.get(key);
    if (terms === undefined) {
      terms = this.#computeTerms({ plan, boughtSeats, addOns: addOns ?? [], overrides: overrides ?? noOverrides }, documents ?? {});
      this.#terms.set(key, terms);
    }
    return terms;
  }

  #computeTerms(basis: Omit<EntitlementBasis, 'disabledFeatures'>, { settings: own = {}, features = {}, security = {}, compliance = {} }: Documents): Terms {
    const settings = settingsOf(this.catalog, own);
    const disabledFeatures = new Set(Object.keys(features).filter((feature) => features[feature] === false));
    return {
      settings,
      policy: securityPolicyOf(this.config, settings, security),
      readsRecorded: compliance['ferpa'] === true || compliance['gdpr'] === true,
      overrides: basis.overrides,
      addOns: basis.addOns,
      entitlements: this.entitlements.entitlementsFor({ ...basis, disabledFeatures }),
    };
  }
}
