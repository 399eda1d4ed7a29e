import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { networkOf } from '../../common/http/addresses/address.js';
import { clientAddressOf } from '../../common/http/addresses/client-address.js';
import { RateLimiterService, type RateLimitPolicy, type RateLimitState } from '../../common/rate-limits/rate-limiter.service.js';
import { AppConfig } from '../../config/app-config.js';
import { Catalog, type ActionLimit, type LimitedAction } from '../../config/catalog/catalog.js';
import { TooManyRequestsError } from '../access.errors.js';
import { LoadGate } from '../load/load-gate.service.js';
import { refuse } from '../load/load-hooks.js';
import { identityOf, type Principal } from '../principal/principal.js';
import { conditionsOf } from './route-conditions.js';

interface Count {
  readonly policy: RateLimitPolicy;
  readonly key: string;
  readonly cost: number;
}

/**
 * Asks: is the rate limit kept? Counts requests by values that the client cannot choose: the organization, key and user
 * that earlier guards have verified, and the IP address that trusted proxies report. No header can select another counter.
 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    private readonly limiter: RateLimiterService,
    private readonly catalog: Catalog,
    private readonly config: AppConfig,
    private readonly gate: LoadGate,
  ) {}

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    if (!this.config.rateLimitsEnabled) return true;
    const http = execution.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { principal } = identityOf(request);
    const ofTenant = tenantCounts(principal);
    const counts = [...ofTenant, ...this.#actionCounts(conditionsOf(execution).limitedAction, request, principal)];
    const states: RateLimitState[] = [];
    for (const { policy, key, cost } of counts) {
      const state = await this.limiter.consume(policy, key, cost);
      states.push(state);
      if (!state.allowed) break;
    }
    const reply = http.getResponse<FastifyReply>();
    const [exceeded, headers] = [states.at(-1), rateLimitHeaders(states)];
    if (exceeded?.allowed !== false) {
      reply.headers(headers);
      return true;
    }
    const refusal = { error: new TooManyRequestsError(exceeded.policy.name, exceeded.resetsIn), headers: { ...headers, 'retry-after': String(exceeded.resetsIn) } };
    // Other limits are those of an address or a user, which the credential does not name.
    const ofCredential = states.length <= ofTenant.length;
    return refuse(this.gate, refusal, ofCredential ? () => refusal : undefined, request, reply);
  }

  #actionCounts(action: LimitedAction | undefined, request: FastifyRequest, principal: Principal | undefined): Count[] {
    if (action === undefined) return [];
    return (this.catalog.rateLimits.get(action) ?? []).flatMap((limit) => {
      const key = keyOf(limit.per, request, principal);
      return key === undefined ? [] : [{ policy: { name: `${kebab(action)}-${limit.per}`, requests: limit.requests, seconds: limit.seconds }, key, cost: costOf(request) }];
    });
  }
}

function tenantCounts(principal: Principal | undefined): Count[] {
  const membership = principal?.membership;
  if (principal === undefined || membership === undefined) return [];
  const { requests, seconds } = membership.facts.entitlements.rateLimit;
  const ofOrganization = { policy: { name: 'org', requests, seconds }, key: membership.organizationId, cost: 1 };
  if (principal.kind === 'user' || principal.rateLimit === null) return [ofOrganization];
  return [{ policy: { name: 'key', requests: principal.rateLimit, seconds: 60 }, key: principal.keyId, cost: 1 }, ofOrganization];
}

/** Returns the value that the limit counts by, or undefined when no user is signed in. */
function keyOf(per: ActionLimit['per'], request: FastifyRequest, principal: Principal | undefined): string | undefined {
  return per === 'address' ? networkOf(clientAddressOf(request)) : (principal?.userId ?? undefined);
}

/** A list of invitations costs one unit for each invitation. */
function costOf({ body }: FastifyRequest): number {
  const { invitations } = (body ?? {}) as { invitations?: unknown };
  return Array.isArray(invitations) ? Math.min(100, Math.max(1, invitations.length)) : 1;
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Returns the header fields of draft-ietf-httpapi-ratelimit-headers-11. */
function rateLimitHeaders(states: readonly RateLimitState[]): Readonly<Record<string, string>> {
  if (states.length === 0) return {};
  return {
    'ratelimit-policy': states.map(({ policy }) => `"${policy.name}";q=${policy.requests};w=${policy.seconds}`).join(', '),
    ratelimit: states.map(({ policy, remaining, resetsIn }) => `"${policy.name}";r=${remaining};t=${resetsIn}`).join(', '),
  };
}
