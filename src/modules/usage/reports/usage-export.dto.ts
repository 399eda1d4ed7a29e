import { ChoiceField } from '../../../common/http/fields.js';
import { UsageRangeQuery } from './usage-report.dto.js';

export const exportables = ['events', 'days', 'requests', 'request-days'] as const;
export type Exportable = (typeof exportables)[number];

export class ExportUsageQuery extends UsageRangeQuery {
  @ChoiceField(exportables, { description: 'The data: usage events (`events`), their daily sums (`days`), the request log (`requests`), or its daily sums (`request-days`)' })
  what!: Exportable;

  @ChoiceField(['csv', 'ndjson'], { description: 'A CSV table, or one JSON object per line' })
  format!: 'csv' | 'ndjson';
}
