import { Injectable } from '@nestjs/common';
import {
  AddressNotAllowedError,
  ApiKeyDisabledError,
  ApiKeyExpiredError,
  InvalidApiKeyError,
  OrganizationNotFoundError,
  SessionEndedError,
  TenantMismatchError,
  TenantRequiredError,
} from '../access.errors.js';
import { AppError } from '../../common/errors/app-error.js';
import { AddressList } from '../../common/http/addresses/address-list.js';
import { Clock } from '../../common/clock.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import type { KeyContent } from './key-token.js';
import { CredentialUseService, type SeenSession } from './credential-use.service.js';
import { effectiveRolesOf, permissionsOfRoles } from './effective-roles.js';
import { OrganizationFactsService } from '../organization/organization-facts.service.js';
import type { OrganizationFacts } from '../organization/organization-facts.js';
import { barOf, type Standing } from '../organization/standing.policy.js';
import { closedState } from '../organization/organization-state.policy.js';
import {
  PrincipalQueries,
  type KeyRow,
  type MembershipRow,
  type OrganizationRow,
  type ServiceKeyRow,
  type SessionRow,
  type Subject,
  type SubjectRow,
} from './principal.queries.js';
import type {
  ClientGrant,
  EffectiveRole,
  KeyPrincipal,
  PrincipalMembership,
  DirectoryPrincipal,
  ServicePrincipal,
  SetupPrincipal,
  TokenClaims,
  UserPrincipal,
} from './principal.js';
import { beyondCeiling } from '../permission-ceiling.js';
import { Roles } from '../roles.js';
import { methodOf } from '../sign-in-method.js';
import { knownScopes, permissionsOfScope, type ServiceScope } from '../service-scopes.js';
import { SessionJudgeService } from './session-judge.service.js';
import type { TenantSelector } from './tenant-selector.js';

/** A principal that was resolved for a token, with what it was resolved from. */
interface ResolvedUser {
  readonly selector: TenantSelector | undefined;
  readonly optional: boolean;
  readonly row: SessionRow;
  readonly seen: SeenSession;
  readonly principal: UserPrincipal;
}

/** A key, or what an access token took from it. */
export interface KeyCredential {
  readonly key: KeyContent;
  readonly grant?: ClientGrant | undefined;
}

/** A service key that asks for an access token, outside of any organization. */
export interface ServiceClient {
  readonly keyId: string;
  readonly scopes: ReadonlySet<ServiceScope>;
  readonly secretExpiresAt: Date | null;
}

/** A user in an organization, whom somebody else asks about. */
export type ResolvedSubject = UserPrincipal & { readonly membership: PrincipalMembership };

/** A policy without the conditions that only a session can meet. */
const withoutSession = { secondFactorRequired: false, secondFactorRoles: new Set<string>(), ssoRequired: false, signInMethods: undefined, sessionMaxAge: undefined } as const;

const subjectKey = ({ userId, sessionId }: { readonly userId: string; readonly sessionId?: string | null | undefined }): string => `${userId} ${sessionId ?? ''}`;

/** Resolves a credential to a {@link Principal}: verifies the session or key, and the caller's membership in the organization that the request names. */
@Injectable()
export class PrincipalResolverService {
  /** The last principal of each token that {@link VerifiedTokens} remembers, since the claims are the key. It is used again while the session is in use. */
  readonly #resolved = new WeakMap<TokenClaims, ResolvedUser>();

  constructor(
    private readonly queries: PrincipalQueries,
    private readonly facts: OrganizationFactsService,
    private readonly roles: Roles,
    private readonly use: CredentialUseService,
    private readonly context: TenantContext,
    private readonly judge: SessionJudgeService,
    private readonly clock: Clock,
  ) {}

  /**
   * @param optional whether the request continues without a tenant when the user is not a member of the organization, or
   *   the organization is closed. A user who was removed from the organization in their token must be able to leave it.
   * @throws {SessionEndedError | SessionTimedOutError | OrganizationNotFoundError | TenantMismatchError}
   */
  async resolveUser(claims: TokenClaims, selector: TenantSelector | undefined, optional: boolean): Promise<UserPrincipal> {
    this.context.identify({ kind: 'user', userId: claims.userId, sessionId: claims.sessionId });
    const now = this.judge.now();
    const known = this.#resolved.get(claims);
    if (
      known !== undefined &&
      isFor(known, selector, optional) &&
      this.judge.isInUse(known.row, known.seen.usedAt, now) &&
      (await this.queries.isUnchanged(claims, known.row, known.seen))
    ) {
      this.judge.assertAlive(known.row, known.seen.usedAt);
      this.use.recordSessionUse(known.seen, now);
      return known.principal;
    }
    const row = await this.queries.findSession(claims, selector);
    if (row === undefined) throw new SessionEndedError();
    this.judge.assertAlive(row);
    const seen: SeenSession = { sessionId: claims.sessionId, usedAt: now, lastUsedAt: row.lastUsedAt, version: row.sessionVersion };
    this.use.recordSessionUse(seen, now);
    const withoutTenant = selector === undefined || (optional && (row.role === null || closedState(row) !== undefined));
    const membership = withoutTenant ? undefined : await this.#membershipOf(selector, row);
    // An impersonation is one organization's: it was started there, and recorded in its audit log.
    if (row.impersonatorId !== null && membership !== undefined && membership.organizationId !== row.activeOrganizationId) throw new OrganizationNotFoundError();
    const principal = userPrincipal(claims, row, membership);
    // The organization that a slug does not name yet has no row to compare.
    if (selector === undefined || row.organizationId !== null) this.#resolved.set(claims, { selector, optional, row, seen, principal });
    return principal;
  }

  /**
   * Checks in this order that the key exists, is enabled, has not expired, and is used from an allowed address. Later
   * guards check the rate limit and the permissions. The access token of a client is judged as its key, in the same statement, and has
   * those permissions that both have.
   *
   * @param address the IP address of the caller
   * @throws {InvalidApiKeyError | ApiKeyDisabledError | ApiKeyExpiredError | AddressNotAllowedError | TenantMismatchError}
   */
  async resolveApiKey({ key, grant }: KeyCredential, selector: TenantSelector | undefined, address: string): Promise<KeyPrincipal> {
    const row = await this.queries.findKey(key, grant?.tokenId);
    if (row !== undefined) this.#identifyKey(row);
    const principal = await this.#judgeApiKey(row, grant, selector, address);
    this.use.recordApiKeyUse(principal.membership.organizationId, principal.keyId, address);
    return principal;
  }

  /**
   * Judges an API key that somebody else asks about, or an access token of one, wherever it would be used. It counts as no use of the key.
   *
   * @throws {AppError} the error with which a request by the key would be refused
   */
  async inspectApiKey({ key, grant }: KeyCredential): Promise<KeyPrincipal> {
    return this.#judgeApiKey(await this.queries.findKey(key, grant?.tokenId), grant, undefined, undefined);
  }

  /** Judges a service key that another one asks about, as {@link inspectApiKey}. */
  async inspectServiceKey({ key, grant }: KeyCredential): Promise<ServiceClient> {
    const row = this.#judgeServiceKey(await this.queries.findServiceKey(key, grant?.tokenId, undefined), undefined);
    return { keyId: row.keyId, scopes: scopesOf(row, grant), secretExpiresAt: endOfSecret(row) };
  }

  async #judgeApiKey(row: KeyRow | undefined, grant: ClientGrant | undefined, selector: TenantSelector | undefined, address: string | undefined): Promise<KeyPrincipal> {
    const now = this.clock.now().getTime();
    if (row === undefined || !isOf(row, grant) || row.tokenRevoked === true || hasPassed(row.overlapEndsAt, now)) throw new InvalidApiKeyError();
    if (row.ownerId !== null && (row.memberDisabled || row.role === null)) throw new InvalidApiKeyError();
    if (!row.enabled) throw new ApiKeyDisabledError();
    assertUsable(row, now, address);
    const { membership, withheldPermissions } = await this.#keyMembershipOf(selector, row, grant);
    const { keyId, ownerId, granterId, rateLimit } = row;
    return { kind: 'key', keyId, userId: ownerId, granterId, rateLimit, secretExpiresAt: endOfSecret(row), withheldPermissions, membership };
  }

  /**
   * Checks that the service key exists, has not expired, and is used from an allowed address, then that the request names an organization.
   * Later guards check the rate limits and the scopes.
   *
   * @param address the IP address of the caller
   * @throws {InvalidApiKeyError | ApiKeyExpiredError | AddressNotAllowedError | TenantRequiredError | OrganizationNotFoundError | TenantMismatchError}
   */
  async resolveServiceKey({ key, grant }: KeyCredential, selector: TenantSelector | undefined, address: string): Promise<ServicePrincipal> {
    const row = await this.#acceptServiceKey({ key, grant }, selector, address);
    if (selector === undefined) throw new TenantRequiredError();
    if (row.organizationId === null) throw new OrganizationNotFoundError();
    assertSame(selector, row);
    const facts = await this.facts.get(row.organizationId, row.accessVersion);
    const scopes = scopesOf(row, grant);
    const permissions = new Set<string>([...scopes].flatMap(permissionsOfScope));
    const membership = this.#membership({ ...row, role: null }, facts, [{ key: 'service_key', via: 'service', permissions }], permissions);
    this.use.recordServiceKeyUse(row.keyId, address);
    return { kind: 'service', keyId: row.keyId, name: row.name, userId: null, rateLimit: row.rateLimit, scopes, keyVersion: row.keyVersion, membership };
  }

  /**
   * Checks a service key that asks for an access token: it names no organization yet.
   *
   * @throws {InvalidApiKeyError | ApiKeyExpiredError | AddressNotAllowedError}
   */
  async resolveServiceClient(key: KeyContent, address: string): Promise<ServiceClient> {
    const row = await this.#acceptServiceKey({ key }, undefined, address);
    this.use.recordServiceKeyUse(row.keyId, address);
    return { keyId: row.keyId, scopes: knownScopes(row.scopes), secretExpiresAt: endOfSecret(row) };
  }

  async #acceptServiceKey({ key, grant }: KeyCredential, selector: TenantSelector | undefined, address: string): Promise<ServiceKeyRow> {
    const row = await this.queries.findServiceKey(key, grant?.tokenId, selector);
    if (row !== undefined) this.context.identify({ kind: 'service', keyId: row.keyId }, row.name);
    return this.#judgeServiceKey(row, address);
  }

  #judgeServiceKey(row: ServiceKeyRow | undefined, address: string | undefined): ServiceKeyRow {
    const now = this.clock.now().getTime();
    if (row === undefined || row.tokenRevoked === true || hasPassed(row.overlapEndsAt, now)) throw new InvalidApiKeyError();
    assertUsable(row, now, address);
    return row;
  }

  /**
   * Checks that the token of a directory exists and has not expired, and that its directory is enabled. It has no permission.
   *
   * @param address the IP address of the caller
   * @throws {InvalidApiKeyError | ApiKeyDisabledError | ApiKeyExpiredError | TenantMismatchError}
   */
  async resolveDirectory(key: KeyContent, selector: TenantSelector | undefined, address: string): Promise<DirectoryPrincipal> {
    const row = await this.queries.findDirectoryToken(key);
    if (row !== undefined) this.#identifyKey(row, `${row.name} (directory)`);
    if (row?.organizationId == null) throw new InvalidApiKeyError();
    if (!row.enabled) throw new ApiKeyDisabledError();
    if (hasPassed(row.expiresAt, this.clock.now().getTime())) throw new ApiKeyExpiredError();
    if (selector !== undefined) assertSame(selector, row);
    const { keyId, directoryId, name } = row;
    const facts = await this.facts.get(row.organizationId, row.accessVersion);
    const membership = this.#membership({ ...row, role: null }, facts, [], new Set());
    this.use.recordDirectoryUse(row.organizationId, keyId, address);
    return { kind: 'directory', keyId, directoryId, name, userId: null, rateLimit: null, membership };
  }

  /**
   * Checks that a set-up link exists and has not expired, and that the member who made it may still set up connections. It has no permission.
   *
   * @param address the IP address of the caller
   * @throws {InvalidApiKeyError | ApiKeyExpiredError | TenantMismatchError}
   */
  async resolveSetupLink(key: KeyContent, selector: TenantSelector | undefined, address: string): Promise<SetupPrincipal> {
    const row = await this.queries.findSetupLink(key);
    if (row !== undefined) this.#identifyKey(row, `${row.name} (set-up link)`);
    if (row?.organizationId == null) throw new InvalidApiKeyError();
    if (hasPassed(row.expiresAt, this.clock.now().getTime())) throw new ApiKeyExpiredError();
    if (selector !== undefined) assertSame(selector, row);
    const facts = await this.facts.get(row.organizationId, row.accessVersion);
    const standing = this.#standingOf(row);
    const barred = barOf(standing, facts.policy, this.clock.now()) !== undefined;
    const mayStill = row.role !== null && !row.memberDisabled && !barred && permissionsOfRoles(effectiveRolesOf(row, facts, this.roles)).has('security:write');
    if (!mayStill) throw new InvalidApiKeyError();
    const { keyId, name, expiresAt, createdById, byOperator } = row;
    const membership = this.#membership({ ...row, role: null }, facts, [], new Set());
    this.use.recordSetupUse(row.organizationId, keyId, address);
    return { kind: 'setup', keyId, name, expiresAt, createdById, byOperator, userId: null, rateLimit: null, membership };
  }

  /**
   * Resolves users in the organization in which the caller is accepted, as the guards would: in the order of `subjects`, each a principal, or the error with
   * which a request by them would be refused. The conditions that the organization sets for a session are judged only for a named session.
   */
  async resolveSubjects(subjects: readonly Subject[], { organizationId, state, accessVersion, facts }: PrincipalMembership): Promise<(ResolvedSubject | AppError)[]> {
    const rows = new Map((await this.queries.findSubjects(organizationId, subjects)).map((row) => [subjectKey(row), row]));
    const organization = { ...state, organizationId, organizationSlug: null, accessVersion };
    return subjects.map((subject) => {
      const row = rows.get(subjectKey(subject));
      const refusal = row === undefined ? new OrganizationNotFoundError() : this.#refusalOf(row, organizationId);
      if (row === undefined || refusal !== undefined) return refusal ?? new OrganizationNotFoundError();
      const held = effectiveRolesOf(row, facts, this.roles);
      const policy = row.sessionId === null ? { ...facts.policy, ...withoutSession } : facts.policy;
      const membership = this.#membership({ ...organization, role: row.role }, { ...facts, policy }, held, permissionsOfRoles(held), this.#standingOf(row));
      return userPrincipal({ userId: row.userId, sessionId: row.sessionId ?? '', expiresAt: row.expiresAt }, row, membership);
    });
  }

  #refusalOf(row: SubjectRow, organizationId: string): AppError | undefined {
    if (row.sessionId === null) return row.userDisabled ? new SessionEndedError() : undefined;
    if (!row.sessionFound) return new SessionEndedError();
    if (row.impersonatorId !== null && row.activeOrganizationId !== organizationId) return new OrganizationNotFoundError();
    try {
      this.judge.assertAlive(row);
      return undefined;
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  }

  /** Assigns a refused request to the key and its organization, so that the organization sees it in its audit log. */
  #identifyKey({ keyId, organizationId }: Pick<KeyRow, 'keyId' | 'organizationId'>, name?: string): void {
    this.context.identify({ kind: 'key', keyId }, name);
    if (organizationId !== null) this.context.concern(organizationId);
  }

  async #membershipOf(selector: TenantSelector, row: SessionRow): Promise<PrincipalMembership> {
    if (row.organizationId === null || row.role === null) throw new OrganizationNotFoundError();
    assertSame(selector, row);
    const facts = await this.facts.get(row.organizationId, row.accessVersion);
    const held = effectiveRolesOf(row, facts, this.roles);
    return this.#membership(row, facts, held, permissionsOfRoles(held), this.#standingOf(row));
  }

  /** A key never exceeds the present permissions of its owner or, if it is a key of the organization, of the member who granted it. */
  async #keyMembershipOf(selector: TenantSelector | undefined, row: KeyRow, grant: ClientGrant | undefined): Promise<Pick<KeyPrincipal, 'membership' | 'withheldPermissions'>> {
    if (row.organizationId === null) throw new InvalidApiKeyError();
    if (selector !== undefined) assertSame(selector, row);
    const facts = await this.facts.get(row.organizationId, row.accessVersion);
    const standing = this.#standingOf(row);
    const barred = barOf(standing, facts.policy, this.clock.now()) !== undefined;
    // The owner of a personal key is refused by the decision about the request, which says why.
    const present = row.role !== null && !row.memberDisabled && (row.ownerId !== null || !barred);
    const holder = present ? { rank: this.roles.rankOf(row.role), permissions: permissionsOfRoles(effectiveRolesOf(row, facts, this.roles)) } : undefined;
    const granted = row.permissions.filter((permission) => this.roles.isGrantableToKeys(permission) && grant?.scopes.has(permission) !== false);
    const beyond = new Set(beyondCeiling(holder, { permissions: granted }));
    const permissions = new Set(granted.filter((permission) => !beyond.has(permission)));
    const membership = this.#membership({ ...row, role: null }, facts, [{ key: 'api_key', via: 'key', permissions }], permissions, row.ownerId === null ? undefined : standing);
    return { membership, withheldPermissions: row.ownerId === null ? beyond : new Set() };
  }

  #standingOf({ role, consentedAt, adultFrom }: MembershipRow): Standing | undefined {
    return role === null ? undefined : { holders: this.roles.find(role)?.holders, consentedAt, adultFrom };
  }

  #membership(
    row: OrganizationRow & Pick<MembershipRow, 'role'>,
    facts: OrganizationFacts,
    roles: readonly EffectiveRole[],
    permissions: ReadonlySet<string>,
    standing?: Standing,
  ): PrincipalMembership {
    const { status, maintenanceMode, deletedAt, accessVersion, role } = row;
    const rank = role === null ? -1 : this.roles.rankOf(role);
    return { organizationId: facts.organizationId, role, rank, roles, standing, permissions, state: { status, maintenanceMode, deletedAt }, accessVersion, facts };
  }
}

const isFor = (known: ResolvedUser, selector: TenantSelector | undefined, optional: boolean): boolean =>
  known.optional === optional && known.selector?.id === selector?.id && known.selector?.slug === selector?.slug;

const hasPassed = (time: Date | null, now: number): boolean => time !== null && time.getTime() <= now;

const isOf = ({ keyId }: Pick<KeyRow, 'keyId'>, grant: ClientGrant | undefined): boolean => grant === undefined || grant.clientId === keyId;

/** Returns the scopes of a service key that its access token has, too. */
const scopesOf = ({ scopes }: Pick<ServiceKeyRow, 'scopes'>, grant: ClientGrant | undefined): ReadonlySet<ServiceScope> =>
  knownScopes(grant === undefined ? scopes : scopes.filter((scope) => grant.scopes.has(scope)));

/** Returns when the secret that the caller has stops working; null for never. */
function endOfSecret({ expiresAt, overlapEndsAt }: Pick<KeyRow, 'expiresAt' | 'overlapEndsAt'>): Date | null {
  const ends = [expiresAt, overlapEndsAt].flatMap((time) => time?.getTime() ?? []);
  return ends.length === 0 ? null : new Date(Math.min(...ends));
}

/** @throws {ApiKeyExpiredError | AddressNotAllowedError} */
function assertUsable({ expiresAt, allowedIps }: Pick<KeyRow | ServiceKeyRow, 'expiresAt' | 'allowedIps'>, now: number, address: string | undefined): void {
  if (hasPassed(expiresAt, now)) throw new ApiKeyExpiredError();
  if (address !== undefined && allowedIps.length > 0 && !new AddressList(allowedIps).has(address)) throw new AddressNotAllowedError();
}

function assertSame(selector: TenantSelector, { organizationId, organizationSlug }: OrganizationRow): void {
  if ((selector.id !== null && selector.id !== organizationId) || (selector.slug !== null && selector.slug !== organizationSlug)) throw new TenantMismatchError();
}

function userPrincipal<Membership extends PrincipalMembership | undefined>(
  claims: Pick<TokenClaims, 'userId' | 'sessionId' | 'expiresAt'>,
  row: SessionRow | SubjectRow,
  membership: Membership,
): UserPrincipal & { readonly membership: Membership } {
  const {
    email,
    userName,
    name,
    emailVerified,
    platformAdmin,
    passwordChangedAt,
    secondFactor,
    authenticatedAt,
    ssoOrganizationId,
    provesAccount,
    impersonatorId,
    impersonationReason,
    impersonationScope,
  } = row;
  const impersonation = impersonatorId === null ? undefined : { operatorId: impersonatorId, reason: impersonationReason ?? '', scope: impersonationScope ?? 'read' };
  const { userId, sessionId, expiresAt: accessTokenExpiresAt } = claims;
  return {
    kind: 'user',
    userId,
    sessionId,
    email,
    userName,
    name,
    emailVerified,
    platformAdmin,
    passwordChangedAt,
    secondFactor,
    authenticatedAt,
    ssoOrganizationId,
    signInMethod: methodOf(row),
    provesAccount,
    impersonation,
    accessTokenExpiresAt,
    membership,
  };
}
