import { Injectable } from '@nestjs/common';
import type { JWTPayload } from 'jose';
import { securityPolicyOf, settingsOf } from '../../../access/organization/security-policy.js';
import { barOf, type ConsentColumns } from '../../../access/organization/standing.policy.js';
import { Clock } from '../../../common/clock.js';
import { AppConfig } from '../../../config/app-config.js';
import { Catalog, type ClaimOrigin } from '../../../config/catalog/catalog.js';
import type { PlatformDb, PlatformTransaction } from '../../../database/platform-db.js';

/** The organization and the user that a token names. */
export interface ClaimsSubject {
  readonly organizationId: string | null;
  /** Undefined for a client. */
  readonly userId: string | undefined;
}

/** Returns the claims that the catalog adds to access tokens (docs/catalog.md#tokenclaims). */
@Injectable()
export class CatalogClaimsService {
  /** The claims that need the organization. */
  readonly #needsOrganization: boolean;

  constructor(
    private readonly catalog: Catalog,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {
    this.#needsOrganization = [...catalog.tokenClaims.values()].some((source) => typeof source === 'string');
  }

  /**
   * Reads the claims, with one statement if the catalog has claims of the organization. A claim without a value is left out: those of the organization without one,
   * and the role of a client, or of a member who has no access, for example before the consent of a guardian.
   *
   * @param db the transaction that issues the token: it waits for no second connection
   */
  async readClaims(db: PlatformDb | PlatformTransaction, { organizationId, userId }: ClaimsSubject): Promise<JWTPayload> {
    if (this.catalog.tokenClaims.size === 0) return {};
    const row = this.#needsOrganization && organizationId !== null ? await valuesOf(db, organizationId, userId) : undefined;
    const values = row !== undefined && this.#isBarred(row) ? { ...row, role: null } : row;
    const claims = [...this.catalog.tokenClaims].map(([name, source]) => [name, typeof source === 'string' ? values?.[source] : source.value] as const);
    return Object.fromEntries(claims.filter(([, value]) => value !== undefined && value !== null));
  }

  #isBarred({ role, settings, ...consent }: ClaimsRow): boolean {
    if (role === null) return false;
    const policy = securityPolicyOf(this.config, settingsOf(this.catalog, settings ?? {}), {});
    return barOf({ ...consent, holders: this.catalog.roles.get(role)?.holders }, policy, this.clock.now()) !== undefined;
  }
}

interface ClaimsRow extends Readonly<Record<ClaimOrigin, string | null>>, ConsentColumns {
  readonly settings: Readonly<Record<string, unknown>> | null;
}

/** Returns undefined for a user who is not a member: the token still names the organization that they have left. */
async function valuesOf(db: PlatformDb | PlatformTransaction, organizationId: string, userId: string | undefined): Promise<ClaimsRow | undefined> {
  const [row] = await db.$queryRaw<ClaimsRow[]>`
    select o.plan, o.slug, m.role, m.consented_at as "consentedAt", m.adult_from as "adultFrom",
           (select d.document from settings_documents d where d.organization_id = o.id and d.section = 'settings') as settings
      from organizations o
      left join memberships m on m.organization_id = o.id and m.user_id = ${userId ?? null}::uuid
     where o.id = ${organizationId}::uuid and (m.user_id is not null or ${userId ?? null}::uuid is null)`;
  return row;
}
