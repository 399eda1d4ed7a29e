import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { Clock, followDatabase, machineTime } from '../common/clock.js';
import { PlatformPool } from './wire/platform-pool.js';

/** Milliseconds between two readings of the database's clock. */
const readEvery = 60_000;
/** Milliseconds between two readings while the clocks differ. */
const againEvery = 1_000;

/**
 * Returns the time of the database. It is read at the start, every minute and for every scheduled job. Between two readings,
 * it advances by the time that has passed, which does not depend on the clock of the machine: a replica whose clock is wrong
 * judges by the same time as the others.
 */
@Injectable()
export class DatabaseClock extends Clock implements OnModuleInit, OnApplicationShutdown {
  /** The difference between the database's time and `performance.now()`. */
  #difference: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #stopped = false;

  constructor(private readonly pool: PlatformPool) {
    super();
  }

  /** Returns the machine's time until the first reading. */
  override now(): Date {
    return this.#difference === undefined ? super.now() : new Date(performance.now() + this.#difference);
  }

  override async current(): Promise<Date> {
    this.#askedAt = performance.now();
    const before = this.#askedAt;
    const { rows } = await this.pool.read<{ time: number }>({ text: 'select (extract(epoch from clock_timestamp()) * 1000)::float8 as time' });
    const time = Number(rows[0]?.time);
    // The database has read its clock between the question and the answer. The known difference stays if it fits in between, so a slow answer moves nothing.
    const known = this.#difference ?? machineTime() - performance.now();
    this.#difference = Math.min(Math.max(known, time - performance.now()), time - before);
    followDatabase({ difference: this.#difference, readAgain: () => this.#readAgain() });
    return this.now();
  }

  #readAgain(): void {
    if (!this.#stopped && performance.now() - this.#askedAt > againEvery) void this.current().catch(() => undefined);
  }

  async onModuleInit(): Promise<void> {
    await this.current();
    // Without an answer the clock continues from its last reading.
    this.#timer = setInterval(() => void this.current().catch(() => undefined), readEvery);
    this.#timer.unref();
  }

  onApplicationShutdown(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }
}
