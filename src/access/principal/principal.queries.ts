import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { PlatformPool } from '../../database/wire/platform-pool.js';
import type { SeenSession } from './credential-use.service.js';
import type { KeyContent } from './key-token.js';
import type { OrganizationState } from '../organization/organization-state.policy.js';
import type { ConsentColumns } from '../organization/standing.policy.js';
import type { ImpersonationScope } from '../access.decorators.js';
import type { TokenClaims } from './principal.js';
import { SessionJudgeService, type SessionState } from './session-judge.service.js';
import type { TenantSelector } from './tenant-selector.js';

/** The state of the organization of the request, with the version that its cached facts must have. */
export interface OrganizationRow extends OrganizationState {
  readonly organizationId: string | null;
  readonly organizationSlug: string | null;
  readonly accessVersion: number;
}

/** The caller's membership in the organization; null and empty for non-members. */
export interface MembershipRow extends ConsentColumns {
  readonly role: string | null;
  readonly customRoleIds: readonly string[];
  readonly teamIds: readonly string[];
}

/**
 * The versions of the rows that a session is judged by. A version is the transaction that wrote the row, `xmin`: every change of the row replaces it.
 * The database gives a membership a new one with each role and team that its member gets (app.mark_membership), and a user with the right of
 * an operator (app.mark_user). A role or team that is lost changes the organization's access version, so its row.
 */
export interface RowVersions {
  readonly sessionVersion: string;
  readonly userVersion: string;
  readonly organizationVersion: string | null;
  readonly membershipVersion: string | null;
}

/** A user with a session: see {@link userColumns}. */
interface UserRow extends SessionState {
  readonly activeOrganizationId: string | null;
  readonly email: string | null;
  readonly userName: string | null;
  readonly name: string;
  readonly emailVerified: boolean;
  readonly passwordChangedAt: Date | null;
  readonly secondFactor: boolean;
  readonly authenticatedAt: Date;
  readonly ssoOrganizationId: string | null;
  readonly signInMethod: string | null;
  readonly withPassword: boolean;
  readonly provesAccount: boolean;
  readonly impersonationReason: string | null;
  readonly impersonationScope: ImpersonationScope | null;
  readonly platformAdmin: boolean;
}

/** A session with its user and, when the request names a tenant, that organization and the user's membership in it. */
export interface SessionRow extends UserRow, OrganizationRow, MembershipRow, RowVersions {}

/**
 * An API key with its organization, and the membership that limits its permissions: the owner's for a personal key, the
 * granter's for a key of the organization.
 */
export interface KeyRow extends OrganizationRow, MembershipRow {
  readonly keyId: string;
  readonly enabled: boolean;
  readonly expiresAt: Date | null;
  readonly allowedIps: readonly string[];
  readonly permissions: readonly string[];
  readonly rateLimit: number | null;
  readonly ownerId: string | null;
  /** The owner or granter; null if they are no member any longer. */
  readonly granterId: string | null;
  /** Whether the owner or granter is disabled. */
  readonly memberDisabled: boolean;
  /** When the caller sent the secret from before the last rotation: the time until which it works. */
  readonly overlapEndsAt: Date | null;
  /** Whether the access token that the caller sent was revoked; null for the key itself. */
  readonly tokenRevoked: boolean | null;
}

/** A service key with the organization that the request names; without an organization if there is none. */
export interface ServiceKeyRow extends OrganizationRow {
  readonly keyId: string;
  readonly name: string;
  readonly keyVersion: number;
  readonly expiresAt: Date | null;
  readonly allowedIps: readonly string[];
  readonly scopes: readonly string[];
  readonly rateLimit: number | null;
  /** When the caller sent the secret from before the last rotation: the time until which it works. */
  readonly overlapEndsAt: Date | null;
  /** Whether the access token that the caller sent was revoked; null for the key itself. */
  readonly tokenRevoked: boolean | null;
}

/** A token of a directory with its organization. */
export interface DirectoryTokenRow extends OrganizationRow {
  readonly keyId: string;
  readonly directoryId: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly expiresAt: Date | null;
}

/** A set-up link with its organization, and the membership of the member who made it. */
export interface SetupLinkRow extends OrganizationRow, MembershipRow {
  readonly keyId: string;
  readonly name: string;
  readonly expiresAt: Date;
  readonly createdById: string;
  readonly byOperator: boolean;
  /** Whether the member who made it is disabled. */
  readonly memberDisabled: boolean;
}

/** A member whom a service key asks about. Without a session, its columns are those of none. */
export interface SubjectRow extends UserRow, MembershipRow {
  readonly userId: string;
  readonly sessionId: string | null;
  readonly sessionFound: boolean;
}

/** A user, with the session in which they act if the caller knows it. */
export interface Subject {
  readonly userId: string;
  readonly sessionId: string | undefined;
}

const organizationColumns = `o.id as "organizationId", o.slug as "organizationSlug", o.status::text as status, o.maintenance_mode as "maintenanceMode",
         o.deleted_at as "deletedAt", o.access_version as "accessVersion"`;

const membershipColumns = `m.role, m.consented_at as "consentedAt", m.adult_from as "adultFrom",
         array(select mr.role_id from member_roles mr where mr.organization_id = m.organization_id and mr.user_id = m.user_id) as "customRoleIds",
         array(select tm.team_id from team_members tm where tm.organization_id = m.organization_id and tm.user_id = m.user_id) as "teamIds"`;

const userColumns = `s.second_factor_at is not null as "secondFactor", s.authenticated_at as "authenticatedAt", s.sso_organization_id as "ssoOrganizationId",
         s.sign_in_method as "signInMethod", s.with_password as "withPassword",
         s.sso_organization_id is null or s.authenticated_at > s.created_at or s.second_factor_at is not null as "provesAccount", s.active_organization_id as "activeOrganizationId",
         s.impersonation_reason as "impersonationReason", s.impersonation_scope as "impersonationScope",
         u.email, u.user_name as "userName", u.name, u.email_verified_at is not null as "emailVerified", case when s.with_password then u.password_changed_at end as "passwordChangedAt",
         pa.user_id is not null as "platformAdmin"`;

const sessionSql = (stateColumns: string): string => `
  select ${stateColumns}, ${userColumns}, ${organizationColumns}, ${membershipColumns},
         s.xmin as "sessionVersion", u.xmin as "userVersion", o.xmin as "organizationVersion", m.xmin as "membershipVersion"
    from sessions s
    join users u on u.id = s.user_id
    left join platform_admins pa on pa.user_id = u.id
    left join organizations o on o.id = coalesce($3::uuid, (select id from organizations where slug = $4::text))
    left join memberships m on m.organization_id = o.id and m.user_id = u.id
   where s.id = $1::uuid and s.user_id = $2::uuid`;

const subjectsSql = (stateColumns: string): string => `
  select q.user_id as "userId", q.session_id as "sessionId", s.id is not null as "sessionFound", ${stateColumns}, ${userColumns}, ${membershipColumns}
    from unnest($2::uuid[], $3::uuid[]) as q (user_id, session_id)
    join users u on u.id = q.user_id
    join memberships m on m.organization_id = $1::uuid and m.user_id = u.id
    left join sessions s on s.id = q.session_id and s.user_id = u.id
    left join platform_admins pa on pa.user_id = u.id`;

// Subqueries are cheaper than joins: the server starts fewer plan nodes.
const versionsSql = `
  select s.xmin, (select u.xmin from users u where u.id = s.user_id), (select o.xmin from organizations o where o.id = $3::uuid),
         (select m.xmin from memberships m where m.organization_id = $3::uuid and m.user_id = s.user_id)
    from sessions s where s.id = $1::uuid and s.user_id = $2::uuid`;

const keySql = `
  select k.id as "keyId", k.enabled, k.expires_at as "expiresAt", k.allowed_ips as "allowedIps", k.permissions, k.rate_limit as "rateLimit",
         k.owner_id as "ownerId", m.user_id as "granterId", u.disabled_at is not null as "memberDisabled",
         case when k.token_hash = $2::bytea then null else k.previous_expires_at end as "overlapEndsAt",
         $3::text = any(k.revoked_tokens) as "tokenRevoked", ${organizationColumns}, ${membershipColumns}
    from api_keys k
    join organizations o on o.id = k.organization_id
    left join memberships m on m.organization_id = k.organization_id
                           and m.user_id = coalesce(k.owner_id, case when k.token_hash = $2::bytea then k.granted_by_id else k.previous_granted_by_id end, k.created_by_id)
    left join users u on u.id = m.user_id
   where k.organization_id = $1::uuid and (k.token_hash = $2::bytea or k.previous_hash = $2::bytea)`;

const serviceKeySql = `
  select k.id as "keyId", k.name, k.access_version as "keyVersion", k.expires_at as "expiresAt", k.allowed_ips as "allowedIps", k.scopes, k.rate_limit as "rateLimit",
         case when k.token_hash = $2::bytea then null else k.previous_expires_at end as "overlapEndsAt",
         $5::text = any(k.revoked_tokens) as "tokenRevoked", ${organizationColumns}
    from service_keys k
    left join organizations o on o.id = coalesce($3::uuid, (select id from organizations where slug = $4::text))
   where k.id = $1::uuid and (k.token_hash = $2::bytea or k.previous_hash = $2::bytea)`;

const setupLinkSql = `
  select l.id as "keyId", l.name, l.expires_at as "expiresAt", l.created_by_id as "createdById", l.operator_reason is not null as "byOperator", u.disabled_at is not null as "memberDisabled", ${organizationColumns}, ${membershipColumns}
    from sso_setup_links l
    join organizations o on o.id = l.organization_id
    left join memberships m on m.organization_id = l.organization_id and m.user_id = l.created_by_id
    left join users u on u.id = m.user_id
   where l.organization_id = $1::uuid and l.token_hash = $2::bytea`;

const directoryTokenSql = `
  select t.id as "keyId", t.directory_id as "directoryId", d.name, d.enabled, t.expires_at as "expiresAt", ${organizationColumns}
    from directory_tokens t
    join directories d on d.organization_id = t.organization_id and d.id = t.directory_id
    join organizations o on o.id = t.organization_id
   where t.organization_id = $1::uuid and t.token_hash = $2::bytea`;

/**
 * Reads the session or key, user, organization and membership of a request in one query. It uses the platform role,
 * because the tenant is not verified yet.
 */
@Injectable()
export class PrincipalQueries {
  readonly #sessionSql: string;
  readonly #subjectsSql: string;

  constructor(
    private readonly platform: PlatformPool,
    { columns }: SessionJudgeService,
  ) {
    this.#sessionSql = sessionSql(columns);
    this.#subjectsSql = subjectsSql(columns);
  }

  findSession(claims: TokenClaims, selector: TenantSelector | undefined): Promise<SessionRow | undefined> {
    return this.#first<SessionRow>('tenantry_session', this.#sessionSql, [claims.sessionId, claims.userId, selector?.id ?? null, selector?.slug ?? null]);
  }

  /** Whether the rows that a session was judged by are still the same. It costs less than half of {@link findSession}. */
  async isUnchanged(
    { sessionId, userId }: TokenClaims,
    { organizationId, userVersion, organizationVersion, membershipVersion }: SessionRow,
    { version: sessionVersion }: SeenSession,
  ): Promise<boolean> {
    const { rows } = await this.#read('tenantry_session_versions', versionsSql, [sessionId, userId, organizationId]);
    const [versions] = rows;
    return versions !== undefined && versions[0] === sessionVersion && versions[1] === userVersion && versions[2] === organizationVersion && versions[3] === membershipVersion;
  }

  /** @param tokenId the access token that the caller sent instead of the key */
  findKey({ id: organizationId, tokenHash }: KeyContent, tokenId: string | undefined): Promise<KeyRow | undefined> {
    return this.#first<KeyRow>('tenantry_key', keySql, [organizationId, Buffer.from(tokenHash), tokenId ?? null]);
  }

  /** Returns those of the users who are members of the organization. */
  async findSubjects(organizationId: string, subjects: readonly Subject[]): Promise<SubjectRow[]> {
    const values = [organizationId, subjects.map(({ userId }) => userId), subjects.map(({ sessionId }) => sessionId ?? null)];
    const { rows } = await this.platform.read<SubjectRow>({ name: 'tenantry_subjects', text: this.#subjectsSql, values, quick: true });
    return rows;
  }

  /** @param tokenId the access token that the caller sent instead of the key */
  findServiceKey({ id, tokenHash }: KeyContent, tokenId: string | undefined, selector: TenantSelector | undefined): Promise<ServiceKeyRow | undefined> {
    return this.#first<ServiceKeyRow>('tenantry_service_key', serviceKeySql, [id, Buffer.from(tokenHash), selector?.id ?? null, selector?.slug ?? null, tokenId ?? null]);
  }

  findDirectoryToken({ id: organizationId, tokenHash }: KeyContent): Promise<DirectoryTokenRow | undefined> {
    return this.#first<DirectoryTokenRow>('tenantry_directory_token', directoryTokenSql, [organizationId, Buffer.from(tokenHash)]);
  }

  findSetupLink({ id: organizationId, tokenHash }: KeyContent): Promise<SetupLinkRow | undefined> {
    return this.#first<SetupLinkRow>('tenantry_setup_link', setupLinkSql, [organizationId, Buffer.from(tokenHash)]);
  }

  async #first<Row extends object>(name: string, text: string, values: unknown[]): Promise<Row | undefined> {
    const { rows, fields } = await this.#read(name, text, values);
    const [cells] = rows;
    if (cells === undefined) return undefined;
    const row: Record<string, unknown> = {};
    for (const [index, field] of fields.entries()) row[field.name] = cells[index];
    // V8 keeps an object that is filled like this as a hash table. The copy takes a fifth of the memory, and is kept as long as the token.
    return { ...row } as Row;
  }

  /** Rows as arrays spare the server and pg the description of the columns at each request. */
  #read(name: string, text: string, values: unknown[]): Promise<pg.QueryResult<unknown[]>> {
    return this.platform.read<unknown[]>({ name, text, values, rowMode: 'array', quick: true });
  }
}
