import { Command } from 'commander';
import { AppError } from '../common/errors/app-error.js';
import { loadEnv } from '../config/env.js';
import { PlatformAdmins } from '../modules/auth/platform-admins.service.js';
import { exitCodes, print, table } from './output.js';
import { withApplication } from './with-application.js';

/** `tenantry admin:create`: makes a user an operator of the platform; a new user, when nobody has the address. */
export function createAdminCommand(): Command {
  return new Command('admin:create')
    .description('Make a platform admin: of the user who has proved the address, or of a new one, whose password is printed once.')
    .requiredOption('--email <address>')
    .option('--name <name>', 'of a new user', 'Platform Admin')
    .option('--password <password>', 'of a new user; one is made when left out')
    .option('--json', 'print the answer as JSON')
    .action(async ({ email, name, password, json }: { email: string; name: string; password?: string; json?: boolean }) => {
      try {
        const made = await withApplication(loadEnv(), 'admin:create', (app) => app.get(PlatformAdmins).create(email.toLowerCase(), name, password));
        print(json, made, () => table(Object.entries(made)));
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        process.stderr.write(`${error.message}\n`);
        process.exitCode = exitCodes.failed;
      }
    });
}
