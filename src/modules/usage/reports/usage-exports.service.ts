import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { csvLine, csvTitles } from '../../../common/http/csv.js';
import { TenantDb } from '../../../database/tenant-db.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import type { ExportUsageQuery } from './usage-export.dto.js';
import { exportColumns, exportPage, type ExportRow } from './usage-export.queries.js';
import { rangeOf, type UsageRange } from './usage-range.js';

const pageSize = 1000;

/** Hands out what was counted, row by row. */
@Injectable()
export class UsageExportsService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly clock: Clock,
  ) {}

  /**
   * All of it, a page at a time, as the reader takes it: it needs no more memory for more rows.
   *
   * @throws {InvalidRangeError} at once, before anything is sent
   */
  exportUsage({ what, format, ...asked }: ExportUsageQuery): AsyncGenerator<string> {
    return this.#pages({ what, format }, rangeOf(asked, this.clock.now()));
  }

  async *#pages({ what, format }: Pick<ExportUsageQuery, 'what' | 'format'>, range: UsageRange): AsyncGenerator<string> {
    const { tenant } = this.context;
    const columns = exportColumns(what);
    if (format === 'csv') yield csvTitles(columns);
    let after: ExportRow | undefined;
    for (;;) {
      const page = { organizationId: tenant.organizationId, what, range, after, limit: pageSize };
      // Each page is read in the tenant of this request: the reader takes it whenever it likes.
      const rows = await this.context.run(tenant, () => this.db.$queryRaw<ExportRow[]>(exportPage(page)));
      const lineOf = (row: ExportRow): string => (format === 'csv' ? csvLine(columns, row) : `${JSON.stringify(row, plain)}\n`);
      if (rows.length > 0) yield rows.map(lineOf).join('');
      if (rows.length < pageSize) return;
      after = rows.at(-1);
    }
  }
}

const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
