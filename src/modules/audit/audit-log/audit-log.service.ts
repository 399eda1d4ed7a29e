import { Injectable } from '@nestjs/common';
import { linesOf } from '../../../common/http/exports/line-file.js';
import { CursorCodec, scopeOf } from '../../../common/http/pages/cursor.js';
import type { Page } from '../../../common/http/pages/page.js';
import { AppConfig } from '../../../config/app-config.js';
import { TenantDb } from '../../../database/tenant-db.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { auditColumns, type AuditEventDto, type AuditFilterQuery, type ExportAuditLogsQuery, type ListAuditLogsQuery } from './audit-log.dto.js';
import { AuditChainService } from '../hash-chain/audit-chain.service.js';
import { toAuditEventDto } from './audit-event-body.js';
import { eventsQuery } from './audit-log.queries.js';
import type { EventRow } from '../hash-chain/event-hash.js';

const exportBatch = 500;

/** Lists and exports the audit events of an organization, newest first. */
@Injectable()
export class AuditLogService {
  readonly #cursors: CursorCodec;

  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly chains: AuditChainService,
    config: AppConfig,
  ) {
    this.#cursors = new CursorCodec(config.appSecret);
  }

  /** @throws {MalformedRequestError} when the cursor does not belong to this list */
  async listEvents({ limit = 20, cursor, ...filter }: ListAuditLogsQuery): Promise<Page<AuditEventDto>> {
    const scope = scopeOf(`audit logs ${this.context.organizationId}`, filter);
    const before = cursor === undefined ? undefined : this.#cursors.decode(cursor, scope).value;
    await this.chains.chainEventsOf(this.context.organizationId);
    const rows = await this.#read(filter, before, limit + 1);
    const data = rows.slice(0, limit);
    const last = data.at(-1);
    return { data, nextCursor: rows.length > limit && last !== undefined ? this.#cursors.encode({ value: String(last.sequence), id: last.id }, scope) : null };
  }

  /** Exports all matching events as lines. */
  exportEvents({ format, ...filter }: ExportAuditLogsQuery): AsyncGenerator<string> {
    return linesOf(format, auditColumns, this.#batches(filter));
  }

  /** Reads batches in the tenant of this request, also when they are consumed after the request has returned. */
  async *#batches(filter: AuditFilterQuery): AsyncGenerator<AuditEventDto[]> {
    const { tenant } = this.context;
    let before: string | undefined;
    await this.chains.chainEventsOf(tenant.organizationId);
    for (;;) {
      const events = await this.context.run(tenant, () => this.#read(filter, before, exportBatch));
      yield events;
      if (events.length < exportBatch) return;
      before = String(events.at(-1)?.sequence);
    }
  }

  async #read(filter: AuditFilterQuery, before: string | undefined, limit: number): Promise<AuditEventDto[]> {
    const { organizationId } = this.context;
    return (await this.db.$queryRaw<EventRow[]>(eventsQuery({ organizationId, filter, before, limit }))).map(toAuditEventDto);
  }
}
