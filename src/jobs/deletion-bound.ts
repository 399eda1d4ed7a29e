import type { TableChange } from './table-changes.queries.js';

/** The most rows of a table that one run of a job may delete: a number, or a share of the table if that is more. */
export interface DeletionBound {
  readonly rows: number;
  readonly share: number;
}

/** The bounds of a job, by table. Every job that destroys data has them. */
export type DeletionBounds = Readonly<Record<string, DeletionBound>>;

/** Returns what a run deletes beyond the bounds of its job, as a sentence for the operator; undefined when it keeps to them. */
export function beyondBounds(bounds: DeletionBounds, changes: ReadonlyMap<string, TableChange>): string | undefined {
  const beyond = Object.entries(bounds).flatMap(([table, { rows, share }]) => {
    const { deleted = 0, rowsBefore = 0 } = changes.get(table) ?? {};
    return deleted > Math.max(rows, share * rowsBefore) ? [`${deleted} rows of ${table} (a run may delete ${rows}, or ${share * 100} % of the table if that is more)`] : [];
  });
  return beyond.length === 0 ? undefined : `The run would delete ${beyond.join(' and ')}.`;
}
