import type { SignInMethod } from '../sign-in-method.js';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { UserRequiredError } from '../access.errors.js';
import type { ImpersonationScope } from '../access.decorators.js';
import type { ServiceScope } from '../service-scopes.js';
import type { KeyContent } from './key-token.js';
import type { OrganizationFacts } from '../organization/organization-facts.js';
import type { Standing } from '../organization/standing.policy.js';
import type { Load } from '../../common/load/load.js';
import type { CommitHold } from '../../tenancy/commit-hold.js';
import type { OrganizationState } from '../organization/organization-state.policy.js';

/** The claims of an access token whose signature, issuer, audience and expiry were verified. */
export interface TokenClaims {
  readonly userId: string;
  readonly sessionId: string;
  /** The organization that the session works in. */
  readonly organizationId: string | undefined;
  readonly expiresAt: Date;
  /** Whether the token names an operator who acts as the user. */
  readonly impersonates: boolean;
}

/** What an access token of a client (RFC 6749, section 4.4) takes from its key. */
export interface ClientGrant {
  /** The id of the API key or service key. */
  readonly clientId: string;
  /** The `jti` of the token. */
  readonly tokenId: string;
  /** The permissions of an API key, or the scopes of a service key. The key may have lost some of them since. */
  readonly scopes: ReadonlySet<string>;
  readonly expiresAt: Date;
}

/** The credential of a request: an access token, an API key of an organization, a service key of the installation, a token of a directory, or a set-up link. */
export type Credential =
  | { readonly kind: 'user'; readonly claims: TokenClaims }
  | { readonly kind: 'key'; readonly key: KeyContent; readonly grant?: ClientGrant }
  | { readonly kind: 'service'; readonly key: KeyContent; readonly grant?: ClientGrant }
  | { readonly kind: 'directory'; readonly key: KeyContent }
  | { readonly kind: 'setup'; readonly key: KeyContent };

/** The credentials that an access token can be. */
export type TokenCredential = Extract<Credential, { readonly kind: 'user' | 'key' | 'service' }>;

/** A role that is in effect for the caller, and its source. */
export interface EffectiveRole {
  readonly key: string;
  /** `base`: the role of the membership; `direct`: a custom role of the member; `team`: a custom role of one of the member's teams; `key`: the permissions of an API key; `service`: those of the scopes of a service key. */
  readonly via: 'base' | 'direct' | 'team' | 'key' | 'service';
  /** The name of the team. */
  readonly team?: string;
  readonly permissions: ReadonlySet<string>;
}

/** The caller's membership in the organization of the request. */
export interface PrincipalMembership {
  readonly organizationId: string;
  /** The key of the base role; null for an API key or a service key. */
  readonly role: string | null;
  /** The rank of the base role; -1 without one. */
  readonly rank: number;
  readonly roles: readonly EffectiveRole[];
  /** The standing of the member, or of the owner of a personal API key; undefined for the others. */
  readonly standing: Standing | undefined;
  /** The permissions of all roles together. */
  readonly permissions: ReadonlySet<string>;
  readonly state: OrganizationState;
  /** The access version of the organization that was read together with the membership. */
  readonly accessVersion: number;
  readonly facts: OrganizationFacts;
}

/** An operator who acts as the user. */
export interface Impersonation {
  readonly operatorId: string;
  readonly reason: string;
  readonly scope: ImpersonationScope;
}

/** A user who makes the request. Read from the database for every request, so that revocations are effective immediately. */
export interface UserPrincipal {
  readonly kind: 'user';
  readonly userId: string;
  readonly sessionId: string;
  /** Null for a managed account. */
  readonly email: string | null;
  /** Null except for a managed account. */
  readonly userName: string | null;
  readonly name: string;
  readonly emailVerified: boolean;
  readonly platformAdmin: boolean;
  /** When the access token of the request expires. */
  readonly accessTokenExpiresAt: Date;
  /** When the password was set; null in a session that began without one. */
  readonly passwordChangedAt: Date | null;
  /** The operator who impersonates the user, and the reason; undefined in the user's own session. */
  readonly impersonation: Impersonation | undefined;
  /** Whether the second factor was verified in this session. */
  readonly secondFactor: boolean;
  /** When the user last proved who they are in this session. */
  readonly authenticatedAt: Date;
  /** The way in which the session began; null for one of an earlier version that was not written down. */
  readonly signInMethod: SignInMethod | null;
  /** The organization with whose single sign-on the session began; null for another sign-in. */
  readonly ssoOrganizationId: string | null;
  /** Whether the user has proved the account itself. A session of single sign-on does so with a second factor or a later login: before, only the organization vouches for it. */
  readonly provesAccount: boolean;
  /** Undefined when the request has no tenant. */
  readonly membership: PrincipalMembership | undefined;
}

/** An API key that makes the request. */
export interface KeyPrincipal {
  readonly kind: 'key';
  readonly keyId: string;
  /** The owner of a personal key; null for a key of the organization. */
  readonly userId: string | null;
  /** The member whose present permissions limit those of the key: the owner, or who granted it. Null if they are no member any longer. */
  readonly granterId: string | null;
  /** The key's own limit in requests per minute; null when it has none. */
  readonly rateLimit: number | null;
  /** When the secret stops working; null for never. */
  readonly secretExpiresAt: Date | null;
  /** Permissions of a key of the organization that exceed the present permissions of the member who granted it. The key cannot use them until a member who has them rotates it. */
  readonly withheldPermissions: ReadonlySet<string>;
  readonly membership: PrincipalMembership;
}

/** A service key that makes the request: the backend of a product, in the organization that the request names. */
export interface ServicePrincipal {
  readonly kind: 'service';
  readonly keyId: string;
  readonly name: string;
  readonly userId: null;
  /** The key's own limit in requests per minute, in all organizations together; null when it has none. */
  readonly rateLimit: number | null;
  readonly scopes: ReadonlySet<ServiceScope>;
  /** The access version of the key that was read together with it. */
  readonly keyVersion: number;
  readonly membership: PrincipalMembership;
}

/** A token of a directory that makes the request. It has no permission: it reaches the SCIM routes only. */
export interface DirectoryPrincipal {
  readonly kind: 'directory';
  readonly keyId: string;
  readonly directoryId: string;
  /** The name of the directory. */
  readonly name: string;
  readonly userId: null;
  readonly rateLimit: null;
  readonly membership: PrincipalMembership;
}

/** A set-up link that makes the request. It has no permission: it reaches the routes of the set-up and the connections that it has created. */
export interface SetupPrincipal {
  readonly kind: 'setup';
  readonly keyId: string;
  /** Whom the link is for. */
  readonly name: string;
  readonly expiresAt: Date;
  /** The member who made the link, or in whose name an operator made it, and who may still set up connections. */
  readonly createdById: string;
  readonly byOperator: boolean;
  readonly userId: null;
  readonly rateLimit: null;
  readonly membership: PrincipalMembership;
}

export type Principal = UserPrincipal | KeyPrincipal | ServicePrincipal | DirectoryPrincipal | SetupPrincipal;

/** The results of the guards for a request. */
export interface RequestIdentity {
  credential?: Credential;
  principal?: Principal;
  /** Resolves the principal again, as the guard did. */
  resolve?: () => Promise<Principal>;
  /** Where the request counts as running. */
  load?: Load | undefined;
  /** Records the answer with the effect: the request has an Idempotency-Key. */
  hold?: CommitHold | undefined;
  /** Whether the response was begun. */
  answered?: boolean;
  /** Whether the connection is closed, or the response was sent. */
  closed?: boolean;
  /** The requests that are open on its connection. */
  open?: Set<RequestIdentity>;
}

/** Where a request keeps its identity: a property costs less than an entry of a WeakMap, and each guard asks for it. */
const identity = Symbol('identity');

/** Returns the results of the guards that have run for this request so far. */
export function identityOf({ raw }: Pick<FastifyRequest, 'raw'>): RequestIdentity {
  return ((raw as { [identity]?: RequestIdentity })[identity] ??= {});
}

const principalIn = (context: ExecutionContext): Principal | undefined => identityOf(context.switchToHttp().getRequest<FastifyRequest>()).principal;

/** Injects the {@link Principal} of the request. Not available on public routes. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const principal = principalIn(context);
  if (principal === undefined) throw new Error('@CurrentPrincipal() is used on a public route');
  return principal;
});

/** Injects the {@link UserPrincipal} of the request. Keys are refused with `user_required`. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): UserPrincipal => {
  const principal = principalIn(context);
  if (principal === undefined) throw new Error('@CurrentUser() is used on a public route');
  if (principal.kind !== 'user') throw new UserRequiredError();
  return principal;
});

/** Injects the {@link DirectoryPrincipal} of the request. For routes with `@DirectoriesOnly()`. */
export const CurrentDirectory = createParamDecorator((_: unknown, context: ExecutionContext): DirectoryPrincipal => {
  const principal = principalIn(context);
  if (principal?.kind !== 'directory') throw new Error('@CurrentDirectory() is used on a route that accepts others');
  return principal;
});

/** Injects the {@link SetupPrincipal} of the request. For routes with `@SetupLinksOnly()`. */
export const CurrentSetupLink = createParamDecorator((_: unknown, context: ExecutionContext): SetupPrincipal => {
  const principal = principalIn(context);
  if (principal?.kind !== 'setup') throw new Error('@CurrentSetupLink() is used on a route that accepts others');
  return principal;
});

/** Injects the {@link UserPrincipal} when the caller is signed in, else undefined. For routes with `@PublicOrSignedIn()`. */
export const OptionalUser = createParamDecorator((_: unknown, context: ExecutionContext): UserPrincipal | undefined => {
  const principal = principalIn(context);
  return principal?.kind === 'user' ? principal : undefined;
});

/**
 * Returns the one organization that a session may learn of, or undefined for all of its user: that of an operator who acts as the user, and that which alone vouches for
 * the user. Null for none.
 */
export function confinementOf({ impersonation, membership, provesAccount, ssoOrganizationId }: UserPrincipal): string | null | undefined {
  if (impersonation !== undefined) return membership?.organizationId ?? null;
  return provesAccount ? undefined : ssoOrganizationId;
}

/** Returns the caller's membership in the organization of the request. Only for routes that require a tenant. */
export function membershipOf(principal: Principal): PrincipalMembership {
  if (principal.membership === undefined) throw new Error('membershipOf() is used on a route that requires no tenant');
  return principal.membership;
}
