import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../database/tenant-db.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { AuditChainService } from '../audit/hash-chain/audit-chain.service.js';
import { toEventDto } from './event-body.js';
import { EventStreamsService } from './event-streams.service.js';
import { EventTypesService } from './event-types.service.js';
import type { StreamExtent } from './event-streams.queries.js';
import type { EventListDto, ListEventsQuery } from './events.dto.js';
import { EventsMissingError } from './events.errors.js';

/** Numbers of the log that one page covers. */
const pageSpan = 1000;

/** Reads the events of an organization. */
@Injectable()
export class EventsService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly chains: AuditChainService,
    private readonly streams: EventStreamsService,
    private readonly types: EventTypesService,
  ) {}

  /** Lists the events after a position whose resources the caller may read. @throws {EventsMissingError} */
  async listEvents({ after = 0, limit = 20 }: ListEventsQuery): Promise<EventListDto> {
    const { organizationId, permissions = new Set() } = this.context.tenant;
    await this.streams.open(organizationId);
    await this.chains.chainEventsOf(organizationId);
    const stream = await this.streams.writeSome(organizationId);
    const start = beginningOf(after, stream);
    const last = Number(stream?.sequence ?? 0);
    const end = Math.min(last, start + pageSpan);
    const where = { sequence: { gt: start, lte: end }, type: { in: this.types.readableWith(permissions) } };
    const rows = start === end ? [] : await this.db.domainEvent.findMany({ where, orderBy: { sequence: 'asc' }, take: limit + 1 });
    // A purge may have removed events since the stream was read.
    if (rows.length < Math.min(limit + 1, end - start)) beginningOf(after, await this.streams.read(organizationId));
    const data = rows.slice(0, limit).map(toEventDto);
    const position = rows.length > limit ? (data.at(-1)?.sequence ?? end) : end;
    return { data, nextCursor: position < last || stream?.waiting === true ? String(position) : null, position };
  }
}

/** Returns the number after which a page begins. @throws {EventsMissingError} when the log is not complete after the position */
function beginningOf(after: number, { sequence, keptAfter }: StreamExtent = { sequence: 0n, keptAfter: 0n }): number {
  if (after > Number(sequence) || (after > 0 && after < Number(keptAfter))) throw new EventsMissingError();
  return Math.max(after, Number(keptAfter));
}
