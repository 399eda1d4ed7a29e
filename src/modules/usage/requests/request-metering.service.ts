import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { membershipOf, type Principal } from '../../../access/principal/principal.js';
import { RequestMeter } from '../../../access/guards/metering.guard.js';
import { Clock } from '../../../common/clock.js';
import { timeOrderedId } from '../../../common/crypto/time-ordered-id.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { readingOf, type MeterState } from '../metering/meter-reading.js';
import { MetersService } from '../metering/meters.service.js';
import { reporterKeyOf } from '../metering/reporter.js';
import { RequestAccount, type CountedRequests } from './request-account.js';
import { RequestBatchesService } from './request-batches.service.js';
import { UsageStatementsService } from '../metering/usage-statements.service.js';

const settleEvery = 1_000;
/** Units that were not used for so long are given back, so that other replicas find them. */
const idleAfter = 5_000;

/** The answer to a question for a lot. */
interface Lot extends MeterState {
  /** The how manieth question of its account it was. */
  readonly number: number;
  readonly units: number;
}

/**
 * Counts requests against the meter that tracks them, without the database on a request's path: units are taken from it
 * in lots, spent in memory, and settled every second, for all organizations in one statement. What is not in a lot is not
 * spent, so that any number of replicas stays below the limit; a replica that is killed leaves what it had of lots
 * unused until the period ends.
 */
@Injectable()
export class RequestMeteringService extends RequestMeter implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(RequestMeteringService.name);
  readonly #meter: string | undefined;
  readonly #accounts = new Map<string, RequestAccount>();
  /** What holds no more, until it is settled. */
  readonly #closed = new Set<RequestAccount>();
  readonly #asking = new Map<RequestAccount, Promise<Lot>>();
  /** What is being written; the same again until it is known to be. */
  #batch: { readonly id: string; readonly counted: readonly CountedRequests[] } | undefined;
  #settling: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    catalog: Catalog,
    private readonly meters: MetersService,
    private readonly statements: UsageStatementsService,
    private readonly batches: RequestBatchesService,
    private readonly clock: Clock,
  ) {
    super();
    this.#meter = [...catalog.meters.values()].find(({ tracks }) => tracks === 'requests')?.key;
  }

  onApplicationBootstrap(): void {
    if (this.#meter === undefined) return;
    this.#timer = setInterval(() => this.#tick(), settleEvery);
    this.#timer.unref();
  }

  /** No request comes any more. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.returnLots();
    if (this.#batch !== undefined || this.#closed.size > 0) this.#logger.error('counted requests could not be written before the end');
  }

  countRequest(principal: Principal): void | Promise<void> {
    if (this.#meter === undefined) return undefined;
    const now = this.clock.now();
    const account = this.#accountOf(principal, now);
    const reporter = reporterKeyOf(principal);
    if (!account.spend(reporter, now)) return this.#wait(account, principal, reporter);
    // Nobody waits for it: the next that finds nothing left asks again.
    if (account.low) this.#ask(account).catch((error: unknown) => this.#logger.warn({ err: error }, 'no further lot of requests could be taken'));
    return undefined;
  }

  /** Gives all lots back, and writes what was counted. */
  async returnLots(): Promise<void> {
    await Promise.allSettled(this.#asking.values());
    for (const account of this.#accounts.values()) this.#close(account);
    await this.settleCounts();
  }

  /** Writes what was counted. What cannot be written now is written with the next. */
  settleCounts(): Promise<void> {
    this.#settling = this.#settling.then(() => this.#settle());
    return this.#settling;
  }

  #accountOf(principal: Principal, now: Date): RequestAccount {
    const { organizationId, facts } = membershipOf(principal);
    const known = this.#accounts.get(organizationId);
    if (known?.coversAtOnce(facts, now) === true) return known;
    const terms = this.meters.termsOf(this.#meter as string, facts, now);
    if (known?.adopts(facts, terms) === true) return known;
    if (known !== undefined) this.#close(known);
    const account = new RequestAccount(organizationId, facts, terms, known?.terms.start.getTime() === terms.start.getTime());
    this.#accounts.set(organizationId, account);
    return account;
  }

  /** Until there is a unit. What was asked before this request came says nothing about this moment: a limit may have been raised since. */
  async #wait(account: RequestAccount, principal: Principal, reporter: string): Promise<void> {
    const before = account.asked;
    account.waiting += 1;
    try {
      for (;;) {
        const lot = await this.#ask(account);
        if (account.spend(reporter, this.clock.now())) return;
        if (lot.units === 0 && lot.number > before) throw this.meters.quotaExceeded(readingOf(account.terms, lot), 1, membershipOf(principal).facts);
      }
    } finally {
      account.waiting -= 1;
    }
  }

  /** Of each account one question at a time, for all who wait. */
  #ask(account: RequestAccount): Promise<Lot> {
    const asked = this.#asking.get(account) ?? this.#takeLot(account).finally(() => this.#asking.delete(account));
    this.#asking.set(account, asked);
    return asked;
  }

  async #takeLot(account: RequestAccount): Promise<Lot> {
    const number = account.ask();
    if (account.followsOn && number === 1) await this.settleCounts();
    const lot = await this.statements.takeLot(account.terms, account.wanted, this.clock.now());
    account.add(lot.units);
    return { ...lot, number };
  }

  #tick(): void {
    const now = this.clock.now();
    const idleSince = performance.now() - idleAfter;
    for (const account of this.#accounts.values()) {
      const over = account.terms.end !== undefined && now >= account.terms.end;
      if (!this.#busy(account) && (over || account.lastUsed < idleSince)) this.#close(account);
    }
    void this.settleCounts();
  }

  #close(account: RequestAccount): void {
    if (this.#accounts.get(account.organizationId) === account) this.#accounts.delete(account.organizationId);
    this.#closed.add(account);
  }

  #busy(account: RequestAccount): boolean {
    return account.waiting > 0 || this.#asking.has(account);
  }

  /** Twice, for what was counted while an earlier batch had not been written. */
  async #settle(): Promise<void> {
    for (let turn = 0; turn < 2; turn += 1) {
      this.#batch ??= this.#collect();
      if (this.#batch === undefined) return;
      try {
        await this.batches.settle(this.#meter as string, this.#batch.id, this.#batch.counted, this.clock.now());
        this.#batch = undefined;
      } catch (error) {
        this.#logger.warn({ err: error }, 'counted requests could not be written; trying again');
        return;
      }
    }
  }

  #collect(): { readonly id: string; readonly counted: readonly CountedRequests[] } | undefined {
    const counted = [...this.#accounts.values()].flatMap((account) => account.collect(false) ?? []);
    for (const account of this.#closed) {
      const last = !this.#busy(account);
      counted.push(...[account.collect(last) ?? []].flat());
      if (last) this.#closed.delete(account);
    }
    return counted.length === 0 ? undefined : { id: timeOrderedId(this.clock.now()), counted };
  }
}
