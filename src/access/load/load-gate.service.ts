import { Injectable } from '@nestjs/common';
import type { AppError } from '../../common/errors/app-error.js';
import type { Load } from '../../common/load/load.js';
import { AppConfig } from '../../config/app-config.js';
import { DatabaseTimeExceededError, OverloadedError, TooManyRunningRequestsError } from '../access.errors.js';
import { OverloadService } from './overload.service.js';

/** Why a request was refused: a limit of the plan, or an overload. */
export const refusalReasons = ['running_requests', 'database_time', 'event_loop', 'pool'] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** The most credentials that are remembered, and the milliseconds after which they are forgotten: another plan, or a session that has ended, counts then. */
const [maxRemembered, rememberedFor] = [10_000, 1_000];

/** A refusal, with the header fields that describe the limit. */
export interface LoadRefusal {
  readonly error: AppError;
  /** Undefined in an overload. */
  readonly policy: string | undefined;
}

/** Decides whether an organization may begin another request on this replica. */
@Injectable()
export class LoadGate {
  readonly #counts = new Map<RefusalReason, number>(refusalReasons.map((reason) => [reason, 0]));
  /** The credentials that were refused, with their load and the routes for which it was counted. */
  #remembered = new Map<string, { readonly load: Load; readonly routes: Set<string> }>();
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
  refuse(load: Load): LoadRefusal | undefined {
    if (!this.config.loadLimitsEnabled) return undefined;
    const { requests, databaseTime } = load.limits;
    if (requests !== undefined && load.running >= requests)
      return this.#count('running_requests', new TooManyRunningRequestsError(requests), `"org-running";q=${requests};qu="concurrent-requests"`);
    const pause = load.pause(() => performance.now());
    if (databaseTime !== undefined && pause > 0)
      return this.#count('database_time', new DatabaseTimeExceededError(databaseTime, Math.ceil(pause)), `"org-database";q=${databaseTime};w=1;qu="database-milliseconds"`);
    return this.overload.admits(load) ? undefined : this.#count(this.overload.reason ?? 'event_loop', new OverloadedError(), undefined);
  }

  /**
   * Keeps a credential whose request was refused, so that its next ones need not be verified while its organization is refused.
   *
   * @param load that of the organization in which alone the credential works
   * @param route another route may count the credential for another load, or always be served
   */
  remember(credential: string, load: Load, route: string): void {
    this.#forget();
    const known = this.#remembered.get(credential);
    if (known?.load === load) known.routes.add(route);
    else if (this.#remembered.size < maxRemembered) this.#remembered.set(credential, { load, routes: new Set([route]) });
  }

  /** Whether any credential was refused lately. */
  get remembers(): boolean {
    return this.#remembered.size > 0;
  }

  /** Like {@link refuse}, for a credential that was refused lately on the same route. Nothing is known of others. */
  refuseRemembered(credential: string | undefined, route: string): LoadRefusal | undefined {
    if (credential === undefined) return undefined;
    this.#forget();
    const known = this.#remembered.get(credential);
    return known?.routes.has(route) === true ? this.refuse(known.load) : undefined;
  }

  #count(reason: RefusalReason, error: AppError, policy: string | undefined): LoadRefusal {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    return { error, policy };
  }

  #forget(): void {
    const now = performance.now();
    if (now - this.#rememberedSince < rememberedFor) return;
    this.#remembered = new Map();
    this.#rememberedSince = now;
  }
}
