import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AppConfig } from '../../config/app-config.js';
import { DatabaseListener } from '../../database/database-listener.js';
import { eventsChannel } from './event-streams.queries.js';
import { EventStreamsService } from './event-streams.service.js';

/** Milliseconds between two looks, in case a notification was lost. */
const pollInterval = 10_000;

/** Writes the events of organizations that read theirs, soon after the changes. A look at which nothing waits is one statement, which reads one entry of an index. */
@Injectable()
export class WriteEventsWorker implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #logger = new Logger(WriteEventsWorker.name);
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #wanted = false;
  #stopped = false;

  constructor(
    private readonly streams: EventStreamsService,
    private readonly listener: DatabaseListener,
    private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.jobsEnabled) return;
    this.listener.on(eventsChannel, () => this.#wake());
    this.#timer = setInterval(() => this.#wake(), pollInterval);
    this.#wake();
  }

  beforeApplicationShutdown(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#running;
  }

  /** Looks for events to write. A call while it looks makes it look once more. */
  #wake(): void {
    if (this.#stopped) return;
    this.#wanted = true;
    this.#running ??= this.#look().finally(() => (this.#running = undefined));
  }

  async #look(): Promise<void> {
    while (this.#wanted && !this.#stopped) {
      this.#wanted = false;
      try {
        await this.#giveTurns();
      } catch (error) {
        this.#logger.warn({ err: error }, 'events could not be written; trying again');
      }
    }
  }

  /** Gives each organization that waits one turn. Those with more to write get another one in the next look. */
  async #giveTurns(): Promise<void> {
    let next: string | undefined;
    do {
      const turns = await this.streams.writeWaiting(next);
      if (turns.more) this.#wanted = true;
      next = turns.next;
    } while (next !== undefined && !this.#stopped);
  }
}
