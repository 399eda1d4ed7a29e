import { Injectable } from '@nestjs/common';
import { linesOf } from '../../../common/http/exports/line-file.js';
import { mapPage, Pages, type Page, wholeQuery } from '../../../common/http/pages/page.js';
import { TenantDb } from '../../../database/tenant-db.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { accessColumns, toAccessLogEntryDto, type AccessFilterQuery, type AccessLogEntryDto, type ExportAccessLogsQuery, type ListAccessLogsQuery } from './access-log.dto.js';
import { readTime } from '../../../common/times.js';

const exportBatch = 500;

/** The access log of an organization: who read which records, while its compliance settings require it (FERPA, GDPR). */
@Injectable()
export class AccessLogService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly pages: Pages,
  ) {}

  /** Records that the principal of this request reads these records. */
  async recordReads(recordIds: readonly string[]): Promise<void> {
    const { actorKind, actorId, actorName, action = 'unknown', ip, userAgent, requestId } = this.context.work;
    const ids = [...new Set(recordIds.map((id) => id.slice(0, 300)))];
    // The read is recorded also when the request itself has changed who may do what.
    await this.context.inCopy(
      async () => this.db.$executeRaw`
      with entry as (
        insert into access_log (id, actor_kind, actor_id, actor_name, action, ip, user_agent, request_id)
        values (gen_random_uuid(), ${actorKind}, ${actorId ?? null}, ${actorName ?? null}, ${action}, ${ip ?? null}, ${userAgent ?? null}, ${requestId ?? null})
        returning id)
      insert into access_log_records (entry_id, record_id) select entry.id, r.id from entry, unnest(${ids}::text[]) as r (id)`,
    );
  }

  /** Lists entries, newest first. @throws {MalformedRequestError} when the cursor does not belong to this list */
  async listEntries(query: ListAccessLogsQuery): Promise<Page<AccessLogEntryDto>> {
    const where = conditionOf(query);
    const page = await this.pages.list(wholeQuery(query), {
      scope: `access logs ${this.context.organizationId}`,
      defaultSort: '-createdAt',
      fetch: ({ where: after, orderBy, take }) =>
        this.db.accessLogEntry.findMany({ where: { AND: [where, after] }, orderBy, take, include: { records: { select: { recordId: true } } } }),
      count: () => this.db.accessLogEntry.count({ where }),
    });
    return mapPage(page, toAccessLogEntryDto);
  }

  /** Exports all matching entries as lines. */
  exportEntries({ format, ...filter }: ExportAccessLogsQuery): AsyncGenerator<string> {
    return linesOf(format, accessColumns, this.#batches(filter));
  }

  /** Reads batches in the tenant of this request, also when they are consumed after the request has returned. */
  async *#batches(filter: AccessFilterQuery): AsyncGenerator<AccessLogEntryDto[]> {
    const { tenant } = this.context;
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const from = cursor === undefined ? {} : { cursor };
      const { data, nextCursor }: Page<AccessLogEntryDto> = await this.context.run(tenant, () => this.listEntries({ ...filter, ...from, limit: exportBatch }));
      yield data;
      cursor = nextCursor;
    }
  }
}

const conditionOf = ({ actorId, recordId, from, to }: AccessFilterQuery): object => ({
  ...(actorId === undefined ? {} : { actorId }),
  ...(recordId === undefined ? {} : { records: { some: { recordId } } }),
  ...(from === undefined && to === undefined ? {} : { createdAt: { ...(from === undefined ? {} : { gte: readTime(from) }), ...(to === undefined ? {} : { lt: readTime(to) }) } }),
});
