import type { Command } from 'commander';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import { table } from '../output.js';
import type { Terminal } from '../terminal.js';

interface AdminOptions extends ApplicationOptions {
  readonly email: string;
  readonly name: string;
  readonly password?: string;
}

/** `tenantry admin:create`: makes a user an operator of the platform; a new user, when nobody has the address. */
export function createAdminCommand(terminal: Terminal): Command {
  return applicationCommand({
    name: 'admin:create',
    description: 'Make a platform admin: of the user who has proved the address, or of a new one, whose password is printed once.',
    examples: ['admin:create --email operator@example.com --name "Olga Operator"'],
  })
    .requiredOption('--email <address>')
    .option('--name <name>', 'of a new user', 'Platform Admin')
    .option('--password <password>', 'of a new user; one is made when left out')
    .action((options: AdminOptions) =>
      runInApplication(terminal, { name: 'admin:create', options }, async (app) => {
        const { PlatformAdminsService } = await import('../../modules/auth/platform-admins.service.js');
        const made = await app.get(PlatformAdminsService).createPlatformAdmin(options.email.toLowerCase(), options.name, options.password);
        return { value: made, lines: () => table(Object.entries(made)) };
      }),
    );
}
