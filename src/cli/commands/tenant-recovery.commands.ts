import type { Command } from 'commander';
import { applicationCommand, runInApplication, type ApplicationOptions } from '../command.js';
import { confirmAction } from '../output.js';
import { parseReason, tenantDirectory } from '../tenant-options.js';
import type { Terminal } from '../terminal.js';

interface RecoveryOptions extends ApplicationOptions {
  readonly reason: string;
  readonly yes?: boolean;
}

const resetSecurityCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'tenant:security-reset',
    description: 'Removes the allow-list of a tenant and its requirements of a second factor and of single sign-on. Every owner is notified by mail.',
    examples: ['tenant:security-reset lincoln --reason "Ticket 12: the office moved"'],
    exits: { notFound: 'the tenant does not exist' },
  })
    .argument('<tenant>', 'id or slug of the tenant')
    .requiredOption('--reason <text>', 'reason, recorded in the audit log and sent to the owners; at most 500 characters', parseReason)
    .option('--yes', 'skip the confirmation prompt')
    .action((tenant: string, options: RecoveryOptions) =>
      runInApplication(terminal, { name: 'tenant:security-reset', options }, async (app) => {
        const { id, name, slug } = await (await tenantDirectory(app)).getTenant(tenant);
        if (!(await confirmAction(terminal, `Reset the security policy of ${name} (${slug})?`, options.yes))) return undefined;
        const { TenantRecoveryService } = await import('../../modules/tenants/recovery/tenant-recovery.service.js');
        await app.get(TenantRecoveryService).resetSecurity(id, options.reason);
        return { value: { id, slug, reset: true }, lines: () => [`The security policy of ${slug} was reset. Its owners are notified by mail.`] };
      }),
    );

const releaseDomainCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'tenant:domain-release',
    description: 'Ends the verification of a domain of a tenant, so that another tenant can verify it. Every owner is notified by mail.',
    examples: ['tenant:domain-release lincoln learn.example.com --reason "Ticket 13: the domain was sold"'],
    exits: { notFound: 'the tenant does not exist, or has not added the domain' },
  })
    .argument('<tenant>', 'id or slug of the tenant')
    .argument('<domain>', 'the domain')
    .requiredOption('--reason <text>', 'reason, recorded in the audit log and sent to the owners; at most 500 characters', parseReason)
    .option('--yes', 'skip the confirmation prompt')
    .action((tenant: string, domain: string, options: RecoveryOptions) =>
      runInApplication(terminal, { name: 'tenant:domain-release', options }, async (app) => {
        const { id, name, slug } = await (await tenantDirectory(app)).getTenant(tenant);
        if (!(await confirmAction(terminal, `Release ${domain} of ${name} (${slug})?`, options.yes))) return undefined;
        const { DomainReleasesService } = await import('../../modules/domains/proofs/domain-releases.service.js');
        await app.get(DomainReleasesService).releaseDomain(id, domain, options.reason);
        return { value: { id, slug, domain, released: true }, lines: () => [`${domain} is no longer verified for ${slug}. Its owners are notified by mail.`] };
      }),
    );

/** The commands that help tenants that cannot help themselves. */
export const recoveryCommands = (terminal: Terminal): Command[] => [resetSecurityCommand(terminal), releaseDomainCommand(terminal)];
