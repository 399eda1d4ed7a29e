import type { Command } from 'commander';
import type { ChainReport } from '../modules/audit/audit-verification.service.js';
import { answerFromApplication, applicationCommand, type ApplicationOptions } from './command.js';
import { withProgress } from './progress.js';
import type { Terminal } from './terminal.js';

function describe({ organizationId, events, erased, bad }: ChainReport): string {
  const whose = organizationId ?? 'the platform';
  const part = erased > 0 ? `, of ${erased} of them a part was erased` : '';
  return bad === undefined ? `${whose}: ${events} event(s) hold${part}` : `${whose}: event ${bad.sequence} does not hold: ${bad.reason}; ${events} before it do${part}`;
}

/** `tenantry audit:verify`: recomputes the chains of the audit log, and exits with 1 where one does not hold. */
export function auditVerifyCommand(terminal: Terminal): Command {
  return applicationCommand({
    name: 'audit:verify',
    description: 'Recompute the hash chains of the audit log, and name the first event that does not hold: that was changed, removed or put elsewhere.',
    examples: ['audit:verify', 'audit:verify --organization 01a1fbfe-dfd7-7469-bc28-6f4aa9bf4024 --json'],
    exits: { failed: 'failed, or an event does not hold' },
  })
    .option('--organization <id>', 'only the chain of this organization')
    .action((options: ApplicationOptions & { organization?: string }) =>
      answerFromApplication(terminal, { name: 'audit:verify', options }, async (app) => {
        const { AuditVerification } = await import('../modules/audit/audit-verification.service.js');
        const chains = await withProgress(terminal, 'Recomputing the chains', () => app.get(AuditVerification).verify(options.organization));
        const lines = (): string[] => (chains.length === 0 ? ['There are no events.'] : chains.map(describe));
        return { value: { chains }, lines, exit: chains.some(({ bad }) => bad !== undefined) ? 'failed' : 'done' };
      }),
    );
}
