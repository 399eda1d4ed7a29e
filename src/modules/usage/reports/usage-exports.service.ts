import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { csvLine, csvTitles } from '../../../common/http/exports/csv.js';
import { ReportsDb } from '../../../database/reports-db.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { MeterDecimalsService } from '../metering/meter-decimals.service.js';
import type { ExportUsageQuery } from './usage-export.dto.js';
import { exportColumns, exportedRow, exportPage, type ExportRow } from './usage-export.queries.js';
import { rangeOf, type UsageRange } from './usage-range.js';

const pageSize = 1000;

/** Exports usage data as a stream. */
@Injectable()
export class UsageExportsService {
  constructor(
    private readonly reports: ReportsDb,
    private readonly context: TenantContext,
    private readonly decimals: MeterDecimalsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns the export in chunks. A page is read when the reader asks for it, so memory does not grow with the number of rows.
   *
   * @throws {InvalidRangeError} immediately, before anything is sent
   */
  exportUsage({ what, format, ...range }: ExportUsageQuery): AsyncGenerator<string> {
    return this.#pages({ what, format }, rangeOf(range, this.clock.now()));
  }

  async *#pages({ what, format }: Pick<ExportUsageQuery, 'what' | 'format'>, range: UsageRange): AsyncGenerator<string> {
    const { tenant } = this.context;
    const columns = exportColumns(what);
    if (format === 'csv') yield csvTitles(columns);
    let after: ExportRow | undefined;
    for (;;) {
      const page = { organizationId: tenant.organizationId, what, range, after, limit: pageSize };
      // The stream asks for pages outside of the context of the request, so each page enters the tenant again.
      const rows = await this.context.run(tenant, () => this.reports.$queryRaw<ExportRow[]>(exportPage(page)));
      const lineOf = (row: ExportRow): string => (format === 'csv' ? csvLine(columns, row) : `${JSON.stringify(row, jsonValue)}\n`);
      const decimalsOf = await this.decimals.findDecimals(metersIn(rows));
      if (rows.length > 0) yield rows.map((row) => lineOf(exportedRow(what, row, decimalsOf))).join('');
      if (rows.length < pageSize) return;
      after = rows.at(-1);
    }
  }
}

const metersIn = (rows: readonly ExportRow[]): readonly string[] => rows.flatMap(({ meter }) => (typeof meter === 'string' ? [meter] : []));

const jsonValue = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
