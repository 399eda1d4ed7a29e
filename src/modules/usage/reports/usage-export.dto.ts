import { ChoiceField } from '../../../common/http/fields.js';
import { UsageRangeQuery } from './usage-report.dto.js';

export const exportables = ['events', 'days', 'requests', 'request-days'] as const;
export type Exportable = (typeof exportables)[number];

export class ExportUsageQuery extends UsageRangeQuery {
  @ChoiceField(exportables, { description: 'The ledger of events, its sums by day; the log of requests, its sums by day' })
  what!: Exportable;

  @ChoiceField(['csv', 'ndjson'], { description: 'A table for people, or one JSON object a line' })
  format!: 'csv' | 'ndjson';
}
