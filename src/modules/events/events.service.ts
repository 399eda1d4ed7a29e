import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../database/tenant-db.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { AuditChainService } from '../audit/hash-chain/audit-chain.service.js';
import type { EventListDto, ListEventsQuery } from './events.dto.js';
import { EventStreamsService } from './event-streams.service.js';
import { toEventDto } from './event-body.js';

/** Reads the events of an organization. */
@Injectable()
export class EventsService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly chains: AuditChainService,
    private readonly streams: EventStreamsService,
  ) {}

  async listEvents({ after = 0, limit = 20 }: ListEventsQuery): Promise<EventListDto> {
    const { organizationId } = this.context;
    await this.streams.open(organizationId);
    await this.chains.chainEventsOf(organizationId);
    await this.streams.writeEvents(organizationId);
    const rows = await this.db.domainEvent.findMany({ where: { sequence: { gt: after } }, orderBy: { sequence: 'asc' }, take: limit + 1 });
    const data = rows.slice(0, limit).map(toEventDto);
    return { data, nextCursor: rows.length > limit ? String(data.at(-1)?.sequence) : null };
  }
}
