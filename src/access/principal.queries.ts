import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app-config.js';
import { PlatformPool } from '../database/platform-pool.js';
import type { OrganizationState } from './organization-state.policy.js';
import type { TokenClaims } from './principal.js';
import type { TenantSelector } from './tenant-selector.js';

/** A session with its user and, when a tenant was named, that organization and the user's membership in it. */
export interface PrincipalRow extends OrganizationState {
  readonly sessionAlive: boolean;
  readonly email: string;
  readonly name: string;
  readonly emailVerified: boolean;
  readonly platformAdmin: boolean;
  readonly organizationId: string | null;
  readonly organizationSlug: string | null;
  readonly role: string | null;
}

const principalSql = `
  select s.revoked_at is null and s.expires_at > now() and u.disabled_at is null as "sessionAlive",
         u.email, u.name, u.email_verified_at is not null as "emailVerified", pa.user_id is not null as "platformAdmin",
         o.id as "organizationId", o.slug as "organizationSlug", m.role,
         o.status::text as status, o.maintenance_mode as "maintenanceMode", o.deleted_at as "deletedAt"
    from sessions s
    join users u on u.id = s.user_id
    left join platform_admins pa on pa.user_id = u.id
    left join organizations o on o.id = coalesce($3::uuid, (select id from organizations where slug = $4::text))
    left join memberships m on m.organization_id = o.id and m.user_id = u.id
   where s.id = $1::uuid and s.user_id = $2::uuid`;

/**
 * The one query that every signed-in request makes before its own: session, user, organization and membership in one
 * round trip. As the platform role, because the tenant is not proved yet.
 */
@Injectable()
export class PrincipalQueries {
  readonly #name: string | undefined;

  constructor(
    private readonly platform: PlatformPool,
    { preparedStatements }: AppConfig,
  ) {
    this.#name = preparedStatements ? 'tenantry_principal' : undefined;
  }

  async find(claims: TokenClaims, selector: TenantSelector | undefined): Promise<PrincipalRow | undefined> {
    const values = [claims.sessionId, claims.userId, selector?.id ?? null, selector?.slug ?? null];
    const { rows } = await this.platform.query<PrincipalRow>({ ...(this.#name === undefined ? {} : { name: this.#name }), text: principalSql, values });
    return rows[0];
  }
}
