import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { outsideRequests } from '../../../common/outside-requests.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { WriteSignal } from '../../../database/write-signal.js';
import { AuditRefusalsService } from '../audit-log/audit-refusals.service.js';

/** Milliseconds from a write of this process until its event is chained. */
const chainAfter = 500;
/** Milliseconds between two looks for what nobody has chained: transactions that took longer, manual SQL, and servers that crashed. */
const catchUpEvery = 15_000;

/**
 * Adds committed events to the hash chains: half a second after this process has written, before the log is read, and when the process ends. Every server
 * does it. The database decides who adds an event, so none is added twice, and none depends on the server that caused it.
 */
@Injectable()
export class AuditChainService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(AuditChainService.name);
  /** The transaction before which nothing waits. */
  #since = '0';
  #next: NodeJS.Timeout | undefined;
  #catchUp: NodeJS.Timeout | undefined;
  #running = Promise.resolve();
  #stopped = false;

  constructor(
    private readonly platform: PlatformPool,
    private readonly writes: WriteSignal,
    private readonly refusals: AuditRefusalsService,
  ) {}

  onApplicationBootstrap(): void {
    this.writes.onWrite(() => this.#chainSoon());
  }

  /** Also chains what other processes have left. A server does; a command leaves it to the servers. */
  catchUp(): void {
    this.#catchUp = setInterval(() => this.#run('0'), catchUpEvery).unref();
    this.#run('0');
  }

  async onApplicationShutdown(): Promise<void> {
    await this.refusals.stop();
    const wrote = this.#next !== undefined;
    this.#stopped = true;
    clearInterval(this.#catchUp);
    clearTimeout(this.#next);
    await this.#running;
    if (wrote) await this.#chainNew();
  }

  /** Chains everything that is committed, except for what others are chaining. */
  async chainAll(): Promise<void> {
    this.#since = (await this.#chain('0')) ?? '0';
  }

  /** Chains the events of an organization, or of the platform (`platformChain`), that are committed. Waits for others that do. */
  async chainEventsOf(chain: string): Promise<void> {
    await this.#chain(this.#since, chain);
  }

  #chainSoon(): void {
    if (this.#stopped) return;
    this.#next ??= outsideRequests(() => setTimeout(() => this.#run(), chainAfter).unref());
  }

  /** Chains in the background, one call after the other. */
  #run(since?: string): void {
    if (since === undefined) this.#next = undefined;
    this.#running = this.#running.then(() => this.#chainNew(since));
  }

  /** @param since '0' to look for everything; what the last call returned when left out */
  async #chainNew(since = this.#since): Promise<void> {
    try {
      this.#since = (await this.#chain(since)) ?? this.#since;
    } catch (error) {
      this.#report(error);
      await this.#chainEach();
      this.#chainSoon();
    }
  }

  /** One damaged chain must not hold up the others. */
  async #chainEach(): Promise<void> {
    try {
      const { rows } = await outsideRequests(() => this.platform.query<{ chain: string }>('select distinct chain from audit.pending where chain is not null'));
      for (const { chain } of rows) await this.#chain('0', chain).catch((error: unknown) => this.#report(error, chain));
    } catch (error) {
      this.#report(error);
    }
  }

  /** @returns the transaction before which nothing waits; undefined when another process chains the rest */
  async #chain(since: string, chain?: string): Promise<string | undefined> {
    for (let call = 0; call < 1000; call += 1) {
      const { rows } = await outsideRequests(() =>
        this.platform.query<{ next: string | null; more: boolean }>('select next::text, more from audit.chain($1::xid8, $2::uuid)', [since, chain ?? null]),
      );
      if (rows[0]?.more !== true) return rows[0]?.next ?? undefined;
    }
    return undefined;
  }

  #report(err: unknown, chain?: string): void {
    this.#logger.warn({ err, chain }, 'audit events could not be added to their chain; retrying');
  }
}
