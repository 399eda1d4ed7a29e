import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** What an access token claims, once its signature, issuer, audience and life time were checked. */
export interface TokenClaims {
  readonly userId: string;
  readonly sessionId: string;
  /** The organization that the session works in. */
  readonly organizationId: string | undefined;
}

/** Who makes the request. Read from the database at every request, so that what was taken away is gone at once. */
export interface Principal {
  readonly userId: string;
  readonly sessionId: string;
  readonly email: string;
  readonly name: string;
  readonly emailVerified: boolean;
  readonly platformAdmin: boolean;
  /** The organization of the request and the caller's part in it; undefined outside of one. */
  readonly membership: PrincipalMembership | undefined;
}

export interface PrincipalMembership {
  readonly organizationId: string;
  readonly role: string;
  readonly permissions: ReadonlySet<string>;
}

/** What the guards leave on a request. */
export interface RequestIdentity {
  claims?: TokenClaims;
  principal?: Principal;
}

const identities = new WeakMap<object, RequestIdentity>();

/** What the guards have found out about this request so far. */
export function identityOf(request: FastifyRequest): RequestIdentity {
  const known = identities.get(request.raw) ?? {};
  identities.set(request.raw, known);
  return known;
}

/** The {@link Principal} of the request; only on routes that need signing in. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = identityOf(context.switchToHttp().getRequest<FastifyRequest>());
  if (principal === undefined) throw new Error('@CurrentPrincipal() stands on a route that is open to the public');
  return principal;
});

/** The {@link Principal} when the caller is signed in, on routes that are open to others too. */
export const OptionalPrincipal = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal | undefined => identityOf(context.switchToHttp().getRequest<FastifyRequest>()).principal,
);
