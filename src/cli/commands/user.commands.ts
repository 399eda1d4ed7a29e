import type { Command } from 'commander';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { PlatformUserDto } from '../../modules/auth/platform/platform.dto.js';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import { confirmAction, table, type CommandOutput } from '../output.js';
import { parseReason } from '../tenant-options.js';
import type { Terminal } from '../terminal.js';

export const noSuchUser = { notFound: 'the user does not exist' } as const;
export const lastOperatorExits = { ...noSuchUser, conflict: 'no operator who is not disabled would remain' } as const;

interface DisableOptions extends ApplicationOptions {
  readonly yes?: boolean;
}

interface RemoveFactorOptions extends DisableOptions {
  readonly reason: string;
}

async function usersOf(app: NestFastifyApplication) {
  const { PlatformUsersService } = await import('../../modules/auth/platform/platform-users.service.js');
  return app.get(PlatformUsersService);
}

/** Returns the user that an id or an email address names. */
export async function findUser(app: NestFastifyApplication, idOrEmail: string): Promise<PlatformUserDto> {
  const { toPlatformUserDto } = await import('../../modules/auth/platform/platform.dto.js');
  return toPlatformUserDto(await (await usersOf(app)).resolveUser(idOrEmail));
}

function shown(user: PlatformUserDto): CommandOutput {
  const { memberships, ...rest } = user;
  return {
    value: user,
    lines: () => [...table(Object.entries(rest)), ...memberships.map(({ organization, role }) => `  ${organization.id}  ${organization.slug.padEnd(24)} ${role}`)],
  };
}

const showCommand = (terminal: Terminal): Command =>
  applicationCommand({ name: 'user:show', description: 'Shows a user with their memberships.', examples: ['user:show ada@example.com'], exits: noSuchUser })
    .argument('<user>', 'id or email address of the user')
    .action((user: string, options: ApplicationOptions) => runInApplication(terminal, { name: 'user:show', options }, async (app) => shown(await findUser(app, user))));

async function disable(app: NestFastifyApplication, terminal: Terminal, user: string, { yes }: DisableOptions): Promise<CommandOutput | undefined> {
  const { id, email, userName, name } = await findUser(app, user);
  if (!(await confirmAction(terminal, `Disable ${name} <${email ?? userName ?? id}> and end all their sessions?`, yes))) return undefined;
  await (await usersOf(app)).disableUser(id, undefined);
  return shown(await findUser(app, id));
}

const disableCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'user:disable',
    description: 'Disables a user. Their sessions, half-done logins and personal API keys stop working; memberships stay, without access.',
    examples: ['user:disable ada@example.com', 'user:disable ada@example.com --yes --json'],
    exits: lastOperatorExits,
  })
    .argument('<user>', 'id or email address of the user')
    .option('--yes', 'skip the confirmation prompt')
    .action((user: string, options: DisableOptions) => runInApplication(terminal, { name: 'user:disable', options }, (app) => disable(app, terminal, user, options)));

const enableCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'user:enable',
    description: 'Enables a disabled user. Ended sessions stay ended; personal API keys work again.',
    examples: ['user:enable ada@example.com'],
    exits: noSuchUser,
  })
    .argument('<user>', 'id or email address of the user')
    .action((user: string, options: ApplicationOptions) =>
      runInApplication(terminal, { name: 'user:enable', options }, async (app) => {
        const { id } = await findUser(app, user);
        await (await usersOf(app)).enableUser(id);
        return shown(await findUser(app, id));
      }),
    );

async function removeFactor(app: NestFastifyApplication, terminal: Terminal, user: string, { reason, yes }: RemoveFactorOptions): Promise<CommandOutput | undefined> {
  const { id, email, userName, name } = await findUser(app, user);
  if (!(await confirmAction(terminal, `Remove the second factor and the passkeys of ${name} <${email ?? userName ?? id}>, and end all their sessions?`, yes))) return undefined;
  await (await usersOf(app)).removeSecondFactor(id, reason, undefined);
  return shown(await findUser(app, id));
}

const removeFactorCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'user:remove-second-factor',
    description:
      'Removes the second factor and the passkeys of a user who has lost them, ends their sessions, and mails them. Verify first who asks: the password alone signs in afterwards.',
    examples: ['user:remove-second-factor ada@example.com --reason "Called back at the number in the contract" --yes'],
    exits: noSuchUser,
  })
    .argument('<user>', 'id or email address of the user')
    .requiredOption('--reason <reason>', 'how you have verified who asks; in the audit log', parseReason)
    .option('--yes', 'skip the confirmation prompt')
    .action((user: string, options: RemoveFactorOptions) =>
      runInApplication(terminal, { name: 'user:remove-second-factor', options }, (app) => removeFactor(app, terminal, user, options)),
    );

/** `tenantry user:…`: shows, disables and enables users, and removes second factors, with the same services as the API. */
export const userCommands = (terminal: Terminal): Command[] => [showCommand(terminal), disableCommand(terminal), enableCommand(terminal), removeFactorCommand(terminal)];
