import type { Command } from 'commander';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import { table } from '../output.js';
import type { Terminal } from '../terminal.js';

interface AdminOptions extends ApplicationOptions {
  readonly email: string;
  readonly name: string;
  readonly password?: string;
}

/** `tenantry admin:create`: makes a user a platform administrator (operator). Creates the user if necessary. */
export function createAdminCommand(terminal: Terminal): Command {
  return applicationCommand({
    name: 'admin:create',
    description: 'Makes the user with this verified email address a platform administrator. If there is none, creates the user and prints the password once.',
    examples: ['admin:create --email operator@example.com --name "Olga Operator"'],
  })
    .requiredOption('--email <address>', 'email address of the user')
    .option('--name <name>', 'name of a new user', 'Platform Admin')
    .option('--password <password>', 'password of a new user (default: generated)')
    .action((options: AdminOptions) =>
      runInApplication(terminal, { name: 'admin:create', options }, async (app) => {
        const { PlatformAdminsService } = await import('../../modules/auth/platform-admins.service.js');
        const made = await app.get(PlatformAdminsService).createPlatformAdmin(options.email.toLowerCase(), options.name, options.password);
        return { value: made, lines: () => table(Object.entries(made)) };
      }),
    );
}
