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
/** An account without requests for this many milliseconds returns its lots, so that other replicas can use them. */
const idleAfter = 5_000;
/** The same for an account whose units nobody misses: an organization with a request now and then would take a lot for each. */
const longIdleAfter = 300_000;
/** With more accounts than this, all are closed after the short time. */
const maxIdleAccounts = 50_000;

/** The answer to a request for a lot. */
interface Lot extends MeterState {
  /** The number of the request, counted by account. */
  readonly number: number;
  readonly units: number;
}

/**
 * Counts requests by the meter with `tracks: requests`. A request usually does not wait for the database: the replica
 * takes units in lots, spends them in memory, and writes the counts of all organizations every second in one statement.
 * A replica spends only units of its lots, so all replicas together stay within the limit. A replica that is killed
 * leaves the units of its lots unused until the period ends.
 */
@Injectable()
export class RequestMeteringService extends RequestMeter implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(RequestMeteringService.name);
  readonly #meter: string | undefined;
  readonly #accounts = new Map<string, RequestAccount>();
  /** Accounts with requests since the counts were collected last. */
  readonly #counting = new Set<RequestAccount>();
  /** Accounts that are replaced or idle, until their counts are written. */
  readonly #closed = new Set<RequestAccount>();
  readonly #lotRequests = new Map<RequestAccount, Promise<Lot>>();
  /** The batch being written. It is sent again, with the same id, until the database confirms it. */
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
    this.#meter = catalog.meterThatTracks('requests');
  }

  onApplicationBootstrap(): void {
    if (this.#meter === undefined) return;
    this.#timer = setInterval(() => this.#tick(), settleEvery);
    this.#timer.unref();
  }

  /** Runs after the last request. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.returnLots();
    if (this.#batch !== undefined || this.#closed.size > 0) this.#logger.error('could not write counted requests before shutdown');
  }

  countRequest(principal: Principal): void | Promise<void> {
    if (this.#meter === undefined) return undefined;
    const now = this.clock.now();
    const account = this.#accountOf(principal, now);
    const reporter = reporterKeyOf(principal);
    if (!this.#spend(account, reporter, now)) return this.#waitForUnit(account, principal, reporter);
    // The request does not wait for the next lot. If the lot fails, the first request without a unit asks again.
    if (account.isLow) this.#requestLot(account).catch((error: unknown) => this.#logger.warn({ err: error }, 'could not take the next lot of requests'));
    return undefined;
  }

  /** Returns all lots and writes the counts. */
  async returnLots(): Promise<void> {
    await Promise.allSettled(this.#lotRequests.values());
    for (const account of this.#accounts.values()) this.#close(account);
    await this.settleCounts();
  }

  /** Writes the counts. A batch that cannot be written is sent again the next time. */
  settleCounts(): Promise<void> {
    this.#settling = this.#settling.then(() => this.#settle());
    return this.#settling;
  }

  #spend(account: RequestAccount, reporter: string, now: Date): boolean {
    const spent = account.spendUnit(reporter, now);
    if (spent) this.#counting.add(account);
    return spent;
  }

  #accountOf(principal: Principal, now: Date): RequestAccount {
    const { organizationId, facts } = membershipOf(principal);
    const known = this.#accounts.get(organizationId);
    if (known?.isCurrent(facts, now) === true) return known;
    const terms = this.meters.termsOf(this.#meter as string, facts, now);
    if (known?.adoptTerms(facts, terms) === true) return known;
    if (known !== undefined) this.#close(known);
    const account = new RequestAccount(organizationId, facts, terms, known?.terms.start.getTime() === terms.start.getTime());
    this.#accounts.set(organizationId, account);
    return account;
  }

  /** Waits for a unit. A lot requested before this call does not prove that the quota is used up: the limit may have been raised since. */
  async #waitForUnit(account: RequestAccount, principal: Principal, reporter: string): Promise<void> {
    const earlierLots = account.requestedLots;
    account.waiting += 1;
    try {
      for (;;) {
        const lot = await this.#requestLot(account);
        if (this.#spend(account, reporter, this.clock.now())) return;
        // Requests that servers have answered and not written yet are held. To the caller they are used.
        if (lot.units === 0 && lot.number > earlierLots) throw this.meters.quotaExceeded(readingOf(account.terms, { ...lot, held: 0 }), 1, membershipOf(principal).facts);
      }
    } finally {
      account.waiting -= 1;
    }
  }

  /** Requests a lot. Calls for the same account share one request at a time. */
  #requestLot(account: RequestAccount): Promise<Lot> {
    const lotRequest = this.#lotRequests.get(account) ?? this.#takeLot(account).finally(() => this.#lotRequests.delete(account));
    this.#lotRequests.set(account, lotRequest);
    return lotRequest;
  }

  async #takeLot(account: RequestAccount): Promise<Lot> {
    const number = account.startLotRequest();
    if (account.replacesAccount && number === 1) await this.settleCounts();
    const lot = await this.statements.takeLot(account.terms, account.lotSize, this.clock.now());
    account.addLot(lot.units, readingOf(account.terms, lot).remaining);
    return { ...lot, number };
  }

  #tick(): void {
    const now = this.clock.now();
    const present = performance.now();
    const room = this.#accounts.size <= maxIdleAccounts;
    for (const account of this.#accounts.values()) {
      const over = account.terms.end !== undefined && now >= account.terms.end;
      const idle = present - account.lastUsed > (room && account.canWait ? longIdleAfter : idleAfter);
      if ((over || idle) && !this.#busy(account)) this.#close(account);
    }
    void this.settleCounts();
  }

  #close(account: RequestAccount): void {
    if (this.#accounts.get(account.organizationId) === account) this.#accounts.delete(account.organizationId);
    this.#closed.add(account);
  }

  #busy(account: RequestAccount): boolean {
    return account.waiting > 0 || this.#lotRequests.has(account);
  }

  /** Writes two batches at most: an earlier batch that failed, and the counts since. */
  async #settle(): Promise<void> {
    for (let turn = 0; turn < 2; turn += 1) {
      this.#batch ??= this.#collect();
      if (this.#batch === undefined) return;
      try {
        await this.batches.settle(this.#meter as string, this.#batch.id, this.#batch.counted, this.clock.now());
        this.#batch = undefined;
      } catch (error) {
        this.#logger.warn({ err: error }, 'could not write counted requests; trying again');
        return;
      }
    }
  }

  #collect(): { readonly id: string; readonly counted: readonly CountedRequests[] } | undefined {
    const counted = [...this.#counting].flatMap((account) => (this.#closed.has(account) ? [] : (account.collect(false) ?? [])));
    this.#counting.clear();
    for (const account of this.#closed) {
      const last = !this.#busy(account);
      counted.push(...[account.collect(last) ?? []].flat());
      if (last) this.#closed.delete(account);
    }
    return counted.length === 0 ? undefined : { id: timeOrderedId(this.clock.now()), counted };
  }
}
