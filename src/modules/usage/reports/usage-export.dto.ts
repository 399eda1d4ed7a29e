import { ChoiceField, choices } from '../../../common/http/fields.js';
import { BomField, FormatField, type LineFormat } from '../../../common/http/exports/line-file.js';
import { UsageRangeQuery } from './usage-report.dto.js';

export const exportables = ['events', 'days', 'requests', 'request-days'] as const;
export type Exportable = (typeof exportables)[number];

export class ExportUsageQuery extends UsageRangeQuery {
  @ChoiceField(choices('ExportedUsage', exportables), {
    description: 'The data: usage events (`events`), their daily sums (`days`), the request log (`requests`), or its daily sums (`request-days`)',
  })
  what!: Exportable;

  @FormatField()
  format!: LineFormat;

  @BomField()
  bom?: boolean;
}
