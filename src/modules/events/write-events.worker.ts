import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { WokenWork } from '../../common/woken-work.js';
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
  readonly #looks = new WokenWork(
    () => this.#giveTurns(),
    (error) => this.#logger.warn({ err: error }, 'events could not be written; trying again'),
  );
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly streams: EventStreamsService,
    private readonly listener: DatabaseListener,
    private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.jobsEnabled) return;
    this.listener.on(eventsChannel, () => this.#looks.wake());
    this.#timer = setInterval(() => this.#looks.wake(), pollInterval);
    this.#looks.wake();
  }

  beforeApplicationShutdown(): void {
    this.#looks.stop();
    clearInterval(this.#timer);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#looks.idle();
  }

  /** Gives each organization that waits one turn. Those with more to write get another one in the next look. */
  async #giveTurns(): Promise<void> {
    let next: string | undefined;
    do {
      const turns = await this.streams.writeWaiting(next);
      if (turns.more) this.#looks.wake();
      next = turns.next;
    } while (next !== undefined && !this.#looks.stopped);
  }
}
