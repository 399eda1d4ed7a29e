import { Injectable, Logger } from '@nestjs/common';
import { outsideRequests } from '../../common/outside-requests.js';
import { PlatformPool } from '../../database/wire/platform-pool.js';
import { EventTypesService } from './event-types.service.js';
import { EventWriterService } from './event-writer.service.js';
import { findChangedStreams, findUnnumberedStreams, openStream } from './event-streams.queries.js';

/** Organizations whose events one look writes. */
const batchSize = 100;

/** The streams of events: of organizations that read their events, by themselves or with webhooks. The changes of all others become no events. */
@Injectable()
export class EventStreamsService {
  readonly #logger = new Logger(EventStreamsService.name);

  constructor(
    private readonly pool: PlatformPool,
    private readonly writer: EventWriterService,
    private readonly types: EventTypesService,
  ) {}

  /** Begins the stream of an organization, unless it has one. */
  open(organizationId: string): Promise<void> {
    return outsideRequests(() => openStream(this.pool, organizationId));
  }

  /** Writes all events of an organization that wait. */
  writeEvents(organizationId: string): Promise<void> {
    return this.writer.writeEvents(organizationId);
  }

  /** Writes the events that wait for a change that was announced, of many organizations. @returns whether more may wait */
  async writeChanged(): Promise<boolean> {
    return this.#write(await findChangedStreams(this.pool, batchSize));
  }

  /** Gives numbers to the events that usage and billing have written, of many organizations. @returns whether more may wait */
  async writeUnnumbered(): Promise<boolean> {
    return this.#write(await findUnnumberedStreams(this.pool, [...this.types.types.keys()], batchSize));
  }

  /** An organization whose events cannot be written does not hold up others. */
  async #write(waiting: readonly string[]): Promise<boolean> {
    let failed = 0;
    for (const organizationId of waiting)
      await this.writer.writeEvents(organizationId).catch((error: unknown) => {
        failed += 1;
        this.#logger.warn({ err: error, organizationId }, 'the events of an organization could not be written; trying again');
      });
    return waiting.length === batchSize && failed < batchSize;
  }
}
