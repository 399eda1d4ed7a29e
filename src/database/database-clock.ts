import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { Clock } from '../common/clock.js';
import { PlatformPool } from './wire/platform-pool.js';

/** Milliseconds between two readings of the database's clock. */
const readEvery = 60_000;
/** Milliseconds by which a reading may be later than the one before it, because its answer took longer. */
const slowest = 1000;

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

  constructor(private readonly pool: PlatformPool) {
    super();
  }

  /** Returns the machine's time until the first reading. */
  override now(): Date {
    return this.#difference === undefined ? super.now() : new Date(performance.now() + this.#difference);
  }

  override async current(): Promise<Date> {
    const { rows } = await this.pool.read<{ time: number }>({ text: 'select (extract(epoch from clock_timestamp()) * 1000)::float8 as time' });
    const read = Number(rows[0]?.time) - performance.now();
    // A reading is late by the way of its answer, never early: of two that differ by no more than that, the greater is the better one.
    const known = this.#difference;
    this.#difference = known !== undefined && known > read && known - read < slowest ? known : read;
    return this.now();
  }

  async onModuleInit(): Promise<void> {
    await this.current();
    // Without an answer the clock continues from its last reading.
    this.#timer = setInterval(() => void this.current().catch(() => undefined), readEvery);
    this.#timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }
}
