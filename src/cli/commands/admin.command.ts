import type { Command } from 'commander';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import { confirmAction, table, type CommandOutput } from '../output.js';
import type { Terminal } from '../terminal.js';
import { parseEmailAddress } from '../tenant-options.js';
import { findUser, lastOperatorExits, noSuchUser } from './user.commands.js';

interface AdminOptions extends ApplicationOptions {
  readonly email: string;
  readonly name: string;
  readonly password?: string;
}

interface RemoveOptions extends ApplicationOptions {
  readonly yes?: boolean;
}

/** `tenantry admin:create`: makes a user an operator. Creates the user if necessary. */
const createCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'admin:create',
    description: 'Makes the user with this verified email address an operator. If there is no such user, creates one and prints the password once.',
    examples: ['admin:create --email operator@example.com --name "Olga Operator"'],
  })
    .requiredOption('--email <address>', 'email address of the user', parseEmailAddress)
    .option('--name <name>', 'name of a new user', 'Platform Admin')
    .option('--password <password>', 'password of a new user (default: generated)')
    .action((options: AdminOptions) =>
      runInApplication(terminal, { name: 'admin:create', options }, async (app) => {
        const made = await (await adminsOf(app)).createPlatformAdmin(options.email, options.name, options.password);
        return { value: made, lines: () => table(Object.entries(made)) };
      }),
    );

const listCommand = (terminal: Terminal): Command =>
  applicationCommand({ name: 'admin:list', description: 'Lists the operators.', examples: ['admin:list', 'admin:list --json'] }).action((options: ApplicationOptions) =>
    runInApplication(terminal, { name: 'admin:list', options }, async (app) => {
      const { toOperatorDto } = await import('../../modules/auth/platform/platform.dto.js');
      const data = (await (await adminsOf(app)).listOperators()).map(toOperatorDto);
      return {
        value: { data },
        lines: () => data.map(({ userId, email, name, disabledAt }) => `${userId}  ${email.padEnd(32)} ${disabledAt === null ? '' : 'disabled  '}${name}`),
      };
    }),
  );

const addCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'admin:add',
    description: 'Makes an existing user an operator. Their email address must be verified.',
    examples: ['admin:add operator@example.com'],
    exits: noSuchUser,
  })
    .argument('<user>', 'id or email address of the user')
    .action((user: string, options: ApplicationOptions) =>
      runInApplication(terminal, { name: 'admin:add', options }, async (app) => {
        const { toOperatorDto } = await import('../../modules/auth/platform/platform.dto.js');
        const { id } = await findUser(app, user);
        const operator = toOperatorDto(await (await adminsOf(app)).addOperator({ userId: id }));
        return { value: operator, lines: () => table(Object.entries(operator)) };
      }),
    );

const passwordCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'admin:password',
    description: 'Gives an operator a new password and prints it once. Their sessions end; a second factor stays.',
    examples: ['admin:password admin@tenantry.local'],
    exits: { notFound: 'the user does not exist, or is not an operator' },
  })
    .argument('<user>', 'id or email address of the operator')
    .option('--password <password>', 'the new password (default: generated)')
    .action((user: string, options: ApplicationOptions & { readonly password?: string }) =>
      runInApplication(terminal, { name: 'admin:password', options }, async (app) => {
        const { id } = await findUser(app, user);
        const changed = await (await adminsOf(app)).replacePassword(id, options.password);
        return { value: changed, lines: () => table(Object.entries(changed)) };
      }),
    );

async function remove(app: NestFastifyApplication, terminal: Terminal, user: string, { yes }: RemoveOptions): Promise<CommandOutput | undefined> {
  const { id, email, name } = await findUser(app, user);
  if (!(await confirmAction(terminal, `Remove ${name} <${email}> from the operators?`, yes))) return undefined;
  await (await adminsOf(app)).removeOperator(id, undefined);
  return { value: { userId: id, email, removed: true }, lines: () => [`${email} is no longer an operator.`] };
}

const removeCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'admin:remove',
    description: 'Removes the right of an operator. Their impersonations end; the user stays.',
    examples: ['admin:remove operator@example.com', 'admin:remove operator@example.com --yes --json'],
    exits: { ...lastOperatorExits, notFound: 'the user does not exist, or is not an operator' },
  })
    .argument('<user>', 'id or email address of the operator')
    .option('--yes', 'skip the confirmation prompt')
    .action((user: string, options: RemoveOptions) => runInApplication(terminal, { name: 'admin:remove', options }, (app) => remove(app, terminal, user, options)));

async function adminsOf(app: NestFastifyApplication) {
  const { PlatformAdminsService } = await import('../../modules/auth/platform/platform-admins.service.js');
  return app.get(PlatformAdminsService);
}

/** `tenantry admin:…`: manages the operators with the same services as the API. */
export const adminCommands = (terminal: Terminal): Command[] => [
  createCommand(terminal),
  listCommand(terminal),
  addCommand(terminal),
  passwordCommand(terminal),
  removeCommand(terminal),
];
