import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AppConfig } from '../../config/app-config.js';
import { DatabaseListener } from '../../database/database-listener.js';
import { eventsChannel } from './event-streams.queries.js';
import { EventStreamsService } from './event-streams.service.js';

/** Milliseconds between two looks, in case a notification was lost. */
const pollInterval = 10_000;

/** Writes the events of organizations that read theirs, soon after the changes. */
@Injectable()
export class WriteEventsWorker implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #logger = new Logger(WriteEventsWorker.name);
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #wanted = { changed: false, unnumbered: false };
  #stopped = false;

  constructor(
    private readonly streams: EventStreamsService,
    private readonly listener: DatabaseListener,
    private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.jobsEnabled) return;
    this.listener.on(eventsChannel, () => this.#wake());
    this.#timer = setInterval(() => this.#wake(true), pollInterval);
    this.#wake(true);
  }

  beforeApplicationShutdown(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#running;
  }

  /** @param all whether also to look for events that nobody announces */
  #wake(all = false): void {
    if (this.#stopped) return;
    this.#wanted = { changed: true, unnumbered: all || this.#wanted.unnumbered };
    this.#running ??= this.#look().finally(() => (this.#running = undefined));
  }

  async #look(): Promise<void> {
    while ((this.#wanted.changed || this.#wanted.unnumbered) && !this.#stopped) {
      const { unnumbered } = this.#wanted;
      this.#wanted = { changed: false, unnumbered: false };
      try {
        if (await this.streams.writeChanged()) this.#wanted.changed = true;
        if (unnumbered && (await this.streams.writeUnnumbered())) this.#wanted.unnumbered = true;
      } catch (error) {
        this.#logger.warn({ err: error }, 'events could not be written; trying again');
      }
    }
  }
}
