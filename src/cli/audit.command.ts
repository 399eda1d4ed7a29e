import { Command } from 'commander';
import { loadEnv } from '../config/env.js';
import { AuditVerification, type ChainReport } from '../modules/audit/audit-verification.service.js';
import { withApplication } from './with-application.js';

function describe({ organizationId, events, erased, bad }: ChainReport): string {
  const whose = organizationId ?? 'the platform';
  const part = erased > 0 ? `, of ${erased} of them a part was erased` : '';
  return bad === undefined ? `${whose}: ${events} event(s) hold${part}\n` : `${whose}: event ${bad.sequence} does not hold: ${bad.reason}; ${events} before it do${part}\n`;
}

/** `tenantry audit:verify`: recomputes the chains of the audit log, and exits with 1 where one does not hold. */
export function auditVerifyCommand(): Command {
  return new Command('audit:verify')
    .description('Recompute the hash chains of the audit log. Exits with 1, and the first event that does not hold, when one was changed, removed or put elsewhere.')
    .option('--organization <id>', 'only the chain of this organization')
    .option('--json', 'print the answer as JSON')
    .action(async ({ organization, json }: { organization?: string; json?: boolean }) => {
      const chains = await withApplication(loadEnv(), 'audit:verify', (app) => app.get(AuditVerification).verify(organization));
      process.stdout.write(json === true ? `${JSON.stringify({ chains }, null, 2)}\n` : chains.map(describe).join('') || 'There are no events.\n');
      process.exitCode = chains.some(({ bad }) => bad !== undefined) ? 1 : 0;
    });
}
