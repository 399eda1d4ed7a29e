import type { Command } from 'commander';
import type { RetentionPreview } from '../../jobs/retention-preview.service.js';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import type { Terminal } from '../terminal.js';

function linesOf({ job, deleted, trouble }: RetentionPreview): string[] {
  const tables = Object.entries(deleted).map(([table, rows]) => `  ${table}: ${rows}`);
  return [`${job}${tables.length === 0 ? ': nothing' : ''}`, ...tables, ...(trouble === null ? [] : [`  ${trouble}`])];
}

/** `tenantry retention:preview`: prints what the jobs that destroy data would delete now. */
export const retentionPreviewCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'retention:preview',
    description: 'Prints the rows of each table that the jobs would delete now. Changes nothing.',
    examples: ['retention:preview', 'retention:preview --json'],
    exits: { failed: 'error, or a job would fail' },
  }).action((options: ApplicationOptions) =>
    runInApplication(terminal, { name: 'retention:preview', options }, async (app) => {
      const { RetentionPreviewService } = await import('../../jobs/retention-preview.service.js');
      const data = await app.get(RetentionPreviewService).preview();
      return { value: { data }, lines: () => data.flatMap(linesOf), exit: data.some(({ trouble }) => trouble !== null) ? 'failed' : 'done' };
    }),
  );
