import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { UserRequiredError } from '../access.errors.js';
import type { ApiKeyCredential } from './api-key-token.js';
import type { OrganizationFacts } from '../organization/organization-facts.js';
import type { OrganizationState } from '../organization/organization-state.policy.js';

/** What an access token claims, once its signature, issuer, audience and life time were checked. */
export interface TokenClaims {
  readonly userId: string;
  readonly sessionId: string;
  /** The organization that the session works in. */
  readonly organizationId: string | undefined;
}

/** How the caller says who they are: by an access token, or by an API key. */
export type Credential = { readonly kind: 'user'; readonly claims: TokenClaims } | { readonly kind: 'key'; readonly key: ApiKeyCredential };

/** A role that the caller holds, and by what. */
export interface EffectiveRole {
  readonly key: string;
  /** `base`: of the membership; `direct`: a custom role given to the member; `team`: by a team; `key`: the scopes of an API key. */
  readonly via: 'base' | 'direct' | 'team' | 'key';
  /** The name of the team. */
  readonly team?: string;
  readonly permissions: ReadonlySet<string>;
}

/** The caller's part in the organization of the request. */
export interface PrincipalMembership {
  readonly organizationId: string;
  /** The key of the base role; null for a key that belongs to the organization. */
  readonly role: string | null;
  /** Of the base role; -1 without one. */
  readonly rank: number;
  readonly roles: readonly EffectiveRole[];
  /** Of all roles together. */
  readonly permissions: ReadonlySet<string>;
  readonly state: OrganizationState;
  readonly facts: OrganizationFacts;
}

/** A person who makes the request. Read from the database at every request, so that what was taken away is gone at once. */
export interface UserPrincipal {
  readonly kind: 'user';
  readonly userId: string;
  readonly sessionId: string;
  readonly email: string;
  readonly name: string;
  readonly emailVerified: boolean;
  readonly platformAdmin: boolean;
  readonly sessionLastUsedAt: Date;
  readonly passwordChangedAt: Date;
  /** The operator who acts as the user, and why; undefined in a session of the user's own. */
  readonly impersonation: { readonly operatorId: string; readonly reason: string } | undefined;
  /** Whether a second factor was shown in this session. */
  readonly secondFactor: boolean;
  /** The organization of the request and the caller's part in it; undefined outside of one. */
  readonly membership: PrincipalMembership | undefined;
}

/** A program that makes the request by an API key. */
export interface KeyPrincipal {
  readonly kind: 'key';
  readonly keyId: string;
  /** The member whose key it is; null when it is the organization's. */
  readonly userId: string | null;
  /** Requests a minute of this key alone. */
  readonly rateLimit: number | null;
  readonly membership: PrincipalMembership;
}

export type Principal = UserPrincipal | KeyPrincipal;

/** What the guards leave on a request. */
export interface RequestIdentity {
  credential?: Credential;
  principal?: Principal;
}

const identities = new WeakMap<object, RequestIdentity>();

/** What the guards have found out about this request so far. */
export function identityOf(request: FastifyRequest): RequestIdentity {
  const known = identities.get(request.raw) ?? {};
  identities.set(request.raw, known);
  return known;
}

const principalIn = (context: ExecutionContext): Principal | undefined => identityOf(context.switchToHttp().getRequest<FastifyRequest>()).principal;

/** The {@link Principal} of the request; only on routes that need one. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const principal = principalIn(context);
  if (principal === undefined) throw new Error('@CurrentPrincipal() stands on a route that is open to the public');
  return principal;
});

/** The {@link UserPrincipal} of the request; an API key is refused. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): UserPrincipal => {
  const principal = principalIn(context);
  if (principal === undefined) throw new Error('@CurrentUser() stands on a route that is open to the public');
  if (principal.kind !== 'user') throw new UserRequiredError();
  return principal;
});

/** The {@link UserPrincipal} when the caller is signed in, on routes that are open to others too. */
export const OptionalUser = createParamDecorator((_: unknown, context: ExecutionContext): UserPrincipal | undefined => {
  const principal = principalIn(context);
  return principal?.kind === 'user' ? principal : undefined;
});

/** The caller's part in the organization of the request; only on routes that need one. */
export function membershipOf(principal: Principal): PrincipalMembership {
  if (principal.membership === undefined) throw new Error('the route needs no tenant, and so has no membership');
  return principal.membership;
}
