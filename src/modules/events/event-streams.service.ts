import { Injectable, Logger } from '@nestjs/common';
import { outsideRequests } from '../../common/outside-requests.js';
import type { PlatformTransaction } from '../../database/transactions.js';
import { PlatformPool } from '../../database/wire/platform-pool.js';
import { EventWriterService } from './event-writer.service.js';
import { findWaitingStreams, noteRead, openStream, readStream, type StreamState } from './event-streams.queries.js';

/** Organizations to which one call gives a turn. */
const batchSize = 100;
/** Before the ids of all organizations. */
const beginning = '00000000-0000-0000-0000-000000000000';

/**
 * Answers which of some organizations have something that reads their events. Their streams stay open.
 *
 * @param organizationIds organizations that have not called `GET /events` for the time after which a stream is closed
 */
export type FindReaders = (tx: PlatformTransaction, organizationIds: readonly string[]) => Promise<readonly string[]>;

/** The result of the turns of some organizations. */
export interface Turns {
  /** Whether some of them may have more events to write. */
  readonly more: boolean;
  /** The last one of them; undefined when no other organization waits. */
  readonly next: string | undefined;
}

/** The streams of events: of organizations that read their events, by themselves or with webhooks. The changes of all others become no events. */
@Injectable()
export class EventStreamsService {
  readonly #logger = new Logger(EventStreamsService.name);
  readonly #readers: FindReaders[] = [];

  constructor(
    private readonly pool: PlatformPool,
    private readonly writer: EventWriterService,
  ) {}

  /** Keeps the streams open of organizations whose events something reads. Without it, a stream is closed 30 days after the last call of {@link open}. */
  keepOpen(findReaders: FindReaders): void {
    this.#readers.push(findReaders);
  }

  /** Returns those of some organizations whose events nothing reads. */
  async findUnread(tx: PlatformTransaction, organizationIds: readonly string[]): Promise<string[]> {
    const [platform] = await tx.$queryRaw<{ reads: boolean }[]>`select app.is_read_by_platform() as reads`;
    if (platform?.reads === true) return [];
    const unread = new Set(organizationIds);
    for (const findReaders of this.#readers) for (const read of await findReaders(tx, [...unread])) unread.delete(read);
    return [...unread];
  }

  /** Opens the stream of an organization, unless it is open. Notes, at most once a day, that its events are read. */
  async open(organizationId: string): Promise<void> {
    await outsideRequests(async () => {
      const stream = await this.read(organizationId);
      if (stream?.readToday === true) return;
      if (stream === undefined || !(await noteRead(this.pool, organizationId))) await openStream(this.pool, organizationId);
    });
  }

  /** Writes all events of an organization that wait. */
  async writeEvents(organizationId: string): Promise<void> {
    while (await this.writer.writeBatch(organizationId));
  }

  /** Returns the state of the stream of an organization; undefined if it is not open. */
  read(organizationId: string): Promise<StreamState | undefined> {
    return outsideRequests(() => readStream(this.pool, organizationId));
  }

  /** Writes a batch of the events that wait, so that a request takes no longer if there are many. @returns the stream, undefined if it is not open */
  async writeSome(organizationId: string): Promise<StreamState | undefined> {
    const stream = await this.read(organizationId);
    if (stream?.waiting !== true) return stream;
    await this.writer.writeBatch(organizationId, { inRequest: true });
    return this.read(organizationId);
  }

  /**
   * Writes a batch of the events of each of many organizations, and leaves those to other servers for which they write.
   *
   * @param after the organization after which to begin: what the last call returned as `next`
   */
  async writeWaiting(after = beginning): Promise<Turns> {
    const waiting = await findWaitingStreams(this.pool, after, batchSize);
    let more = false;
    for (const organizationId of waiting) if (await this.#writeTurn(organizationId)) more = true;
    return { more, next: waiting.length < batchSize ? undefined : waiting.at(-1) };
  }

  /** An organization whose events cannot be written does not hold up others. */
  async #writeTurn(organizationId: string): Promise<boolean> {
    try {
      return await this.writer.writeBatch(organizationId, { skipLocked: true });
    } catch (error) {
      this.#logger.warn({ err: error, organizationId }, 'the events of an organization could not be written; trying again');
      return false;
    }
  }
}
