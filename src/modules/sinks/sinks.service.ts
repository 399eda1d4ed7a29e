import { Injectable } from '@nestjs/common';
import { PlatformPool } from '../../database/wire/platform-pool.js';
import { SinkDestinations, sinkNames } from './sink-destinations.js';
import { readSinks } from './sink-stream.queries.js';
import type { EventSinkDto } from './sinks.dto.js';

/** Shows operators how far the sinks have received the events. */
@Injectable()
export class SinksService {
  constructor(
    private readonly pool: PlatformPool,
    private readonly destinations: SinkDestinations,
  ) {}

  /** Returns the sinks that are configured, or have a place in the stream. */
  async listSinks(): Promise<EventSinkDto[]> {
    const rows = await readSinks(this.pool);
    const configured = new Set(this.destinations.all.map(({ name }) => name));
    return sinkNames.flatMap((name) => {
      const row = rows.find((each) => each.name === name);
      if (row === undefined && !configured.has(name)) return [];
      return {
        name,
        configured: configured.has(name),
        startedAt: row?.createdAt ?? null,
        lastDeliveredAt: row?.deliveredAt ?? null,
        waitingSince: row?.waitingSince ?? null,
        failures: row?.failures ?? 0,
        lastFailedAt: row?.failedAt ?? null,
        lastFailure: row?.failure ?? null,
        nextAttemptAt: row === undefined || row.failures === 0 ? null : row.nextAttemptAt,
      };
    });
  }
}
