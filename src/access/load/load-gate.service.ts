import { Injectable } from '@nestjs/common';
import type { AppError } from '../../common/errors/app-error.js';
import type { Load } from '../../common/load/load.js';
import { AppConfig } from '../../config/app-config.js';
import { DatabaseTimeExceededError, OverloadedError, TooManyRunningRequestsError } from '../access.errors.js';
import { OverloadService } from './overload.service.js';

/** Why a request was refused: a limit of the plan, or an overload. */
export const refusalReasons = ['running_requests', 'database_time', 'event_loop', 'pool'] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** The most refusals that are remembered, and the milliseconds after which they are forgotten: another plan, or a session that has ended, counts then. */
const [maxRemembered, rememberedFor] = [10_000, 1_000];

/** A refusal, with the header fields that describe the limit. */
export interface Refusal {
  readonly error: AppError;
  readonly headers: Readonly<Record<string, string>>;
}

/** Returns a refusal, or undefined once the credential is served again. */
type Refuse = () => Refusal | undefined;

/** @param policy the exceeded limit by draft-ietf-httpapi-ratelimit-headers-11; undefined in an overload */
function refusalOf(error: AppError, policy: string | undefined): Refusal {
  const retryAfter = String(error.details['retryAfter']);
  if (policy === undefined) return { error, headers: { 'retry-after': retryAfter } };
  return { error, headers: { 'retry-after': retryAfter, 'ratelimit-policy': policy, ratelimit: `${policy.split(';', 1)[0]};r=0;t=${retryAfter}` } };
}

const keyOf = (credential: string, route: string): string => `${route} ${credential}`;

/** Decides whether an organization may begin another request on this replica. */
@Injectable()
export class LoadGate {
  readonly #counts = new Map<RefusalReason, number>(refusalReasons.map((reason) => [reason, 0]));
  /** Why credentials were refused, by the credential and the route: another route may count it for another load, or always serve it. */
  #remembered = new Map<string, Refuse>();
  #rememberedSince = 0;

  constructor(
    private readonly overload: OverloadService,
    private readonly config: AppConfig,
  ) {}

  /** How many requests were refused, by reason. */
  get refused(): ReadonlyMap<RefusalReason, number> {
    return this.#counts;
  }

  /** Returns why a request is refused, and counts it; undefined when it may begin. */
  refuse(load: Load): Refusal | undefined {
    if (!this.config.loadLimitsEnabled) return undefined;
    const { requests, databaseTime } = load.limits;
    if (requests !== undefined && load.running >= requests)
      return this.#count('running_requests', new TooManyRunningRequestsError(requests), `"org-running";q=${requests};qu="concurrent-requests"`);
    const pause = load.pause(() => performance.now());
    if (databaseTime !== undefined && pause > 0)
      return this.#count('database_time', new DatabaseTimeExceededError(databaseTime, Math.ceil(pause)), `"org-database";q=${databaseTime};w=1;qu="database-milliseconds"`);
    const overload = this.overload.findRefusal(load);
    return overload === undefined ? undefined : this.#count(overload, new OverloadedError(), undefined);
  }

  /** Keeps a credential that works in one organization, and whose request was refused, so that its next ones need not be verified while they are refused. */
  remember(credential: string, route: string, refuse: Refuse): void {
    this.#forget();
    if (this.#remembered.size < maxRemembered) this.#remembered.set(keyOf(credential, route), refuse);
  }

  /** Whether any credential was refused lately. */
  get remembers(): boolean {
    return this.#remembered.size > 0;
  }

  /** Refuses a credential that was refused lately on the same route. Nothing is known of others. */
  refuseRemembered(credential: string | undefined, route: string): Refusal | undefined {
    if (credential === undefined) return undefined;
    this.#forget();
    return this.#remembered.get(keyOf(credential, route))?.();
  }

  #count(reason: RefusalReason, error: AppError, policy: string | undefined): Refusal {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    return refusalOf(error, policy);
  }

  #forget(): void {
    const now = performance.now();
    if (now - this.#rememberedSince < rememberedFor) return;
    this.#remembered = new Map();
    this.#rememberedSince = now;
  }
}
