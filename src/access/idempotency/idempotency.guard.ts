import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CommitHold } from '../../tenancy/commit-hold.js';
import { conditionsOf, type RouteConditions } from '../guards/route-conditions.js';
import { identityOf, type Principal } from '../principal/principal.js';
import { IdempotencyKeysService, type KeyedRequest, type StoredAnswer } from './idempotency-keys.service.js';
import { InvalidIdempotencyKeyError } from './idempotency.errors.js';
import { takesIdempotencyKey } from './takes-idempotency-key.js';

/** Thrown to answer a request with the answer to an earlier one. No handler runs. */
export class RepeatedRequest extends Error {
  constructor(readonly answer: StoredAnswer) {
    super('The request repeats an earlier one.');
  }
}

const wellFormed = /^[\x20-\x7e]{1,255}$/;

/** Asks: was this request answered before? It follows the access guard: an answer is repeated only to a caller who may still make the request. */
@Injectable()
export class IdempotencyGuard implements CanActivate {
  constructor(private readonly keys: IdempotencyKeysService) {}

  canActivate(execution: ExecutionContext): true | Promise<true> {
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const key = request.headers['idempotency-key'];
    if (key === undefined) return true;
    const route = conditionsOf(execution);
    return takesIdempotencyKey(request.method, route.withoutIdempotencyKey) ? this.#find(request, route, String(key)) : true;
  }

  /** @throws {InvalidIdempotencyKeyError | RepeatedRequest} */
  async #find(request: FastifyRequest, route: RouteConditions, key: string): Promise<true> {
    if (!wellFormed.test(key)) throw new InvalidIdempotencyKeyError();
    const found = await this.keys.findAnswer(keyedRequest(request, route, key));
    if (!(found instanceof CommitHold)) throw new RepeatedRequest(found);
    identityOf(request).hold = found;
    return true;
  }
}

function keyedRequest(request: FastifyRequest, { needsTenant }: RouteConditions, key: string): KeyedRequest {
  const [path = '', query = ''] = request.url.split('?', 2);
  const { principal } = identityOf(request);
  return {
    organizationId: needsTenant ? principal?.membership?.organizationId : undefined,
    caller: callerOf(principal, request.body),
    route: `${request.method} ${path}`,
    key,
    content: JSON.stringify([query, request.body ?? null], inOrder),
  };
}

/** Two bodies with the same members in another order are the same. */
const inOrder = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;

/** The address in the body distinguishes callers who have not signed in. */
function callerOf(principal: Principal | undefined, body: unknown): string {
  if (principal !== undefined && principal.kind !== 'user') return `${principal.kind} ${principal.keyId}`;
  if (principal !== undefined) return principal.impersonation === undefined ? `user ${principal.userId}` : `operator ${principal.impersonation.operatorId} as ${principal.userId}`;
  const { email } = (typeof body === 'object' && body !== null ? body : {}) as { readonly email?: unknown };
  return typeof email === 'string' ? `address ${email.trim().toLowerCase()}` : 'anybody';
}
