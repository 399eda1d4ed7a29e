import { Injectable } from '@nestjs/common';
import { PlatformDb } from '../database/platform-db.js';
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

/**
 * The one query that every signed-in request makes before its own: session, user, organization and membership in one
 * round trip. As the platform role, because the tenant is not proved yet.
 */
@Injectable()
export class PrincipalQueries {
  constructor(private readonly platform: PlatformDb) {}

  async find(claims: TokenClaims, selector: TenantSelector | undefined): Promise<PrincipalRow | undefined> {
    const [row] = await this.platform.$queryRaw<PrincipalRow[]>`
      select s.revoked_at is null and s.expires_at > now() and u.disabled_at is null as "sessionAlive",
             u.email, u.name, u.email_verified_at is not null as "emailVerified", pa.user_id is not null as "platformAdmin",
             o.id as "organizationId", o.slug as "organizationSlug", m.role,
             o.status::text as status, o.maintenance_mode as "maintenanceMode", o.deleted_at as "deletedAt"
        from sessions s
        join users u on u.id = s.user_id
        left join platform_admins pa on pa.user_id = u.id
        left join organizations o on o.id = coalesce(${selector?.id ?? null}::uuid, (select id from organizations where slug = ${selector?.slug ?? null}))
        left join memberships m on m.organization_id = o.id and m.user_id = u.id
       where s.id = ${claims.sessionId}::uuid and s.user_id = ${claims.userId}::uuid`;
    return row;
  }
}
