import { isUUID } from 'class-validator';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { longestOverlap } from '../../access/principal/key-terms.js';
import { serviceScopeNames, type ServiceScope } from '../../access/service-scopes.js';
import { isAddressRange } from '../../common/http/addresses/address-list.js';
import { wholeQuery } from '../../common/http/pages/page.js';
import { faultOfText } from '../../common/text/readable-text.js';
import { parseTime } from '../../common/times.js';
import type { ServiceKeyDto, ServiceKeySecretDto } from '../../modules/service-keys/service-keys.dto.js';
import type { ServiceKeysService } from '../../modules/service-keys/service-keys.service.js';
import { applicationCommand, runInApplication, type ApplicationOptions } from '../command.js';
import { confirmAction, table, type CommandOutput } from '../output.js';
import { definedValues, parseWholeNumber } from '../tenant-options.js';
import type { Terminal } from '../terminal.js';

const noSuchKey = { notFound: 'the service key does not exist' } as const;

async function keysOf(app: NestFastifyApplication): Promise<ServiceKeysService> {
  const { ServiceKeysService } = await import('../../modules/service-keys/service-keys.service.js');
  return app.get(ServiceKeysService);
}

const shown = (key: ServiceKeyDto | ServiceKeySecretDto): CommandOutput => ({ value: key, lines: () => table(Object.entries(key)) });

function parseId(text: string): string {
  if (!isUUID(text)) throw new InvalidArgumentError('It must be the id of a service key.');
  return text;
}

function parseName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > 100 || faultOfText(name, false) !== undefined) throw new InvalidArgumentError('It must be one line of 1 to 100 characters.');
  return name;
}

function parseExpiry(text: string): string {
  if (parseTime(text) === undefined) throw new InvalidArgumentError('It must be a time, for example 2027-12-31T00:00:00Z.');
  return text;
}

function parseRange(text: string, others: readonly string[] = []): string[] {
  if (!isAddressRange(text)) throw new InvalidArgumentError('It must be an IPv4 or IPv6 address or a CIDR range.');
  return [...new Set([...others, text])];
}

function parseRate(text: string): number {
  const rate = parseWholeNumber(text);
  if (rate < 1 || rate > 1_000_000) throw new InvalidArgumentError('It must be a number from 1 to 1000000.');
  return rate;
}

function parseOverlap(text: string): number {
  const seconds = parseWholeNumber(text);
  if (seconds > longestOverlap) throw new InvalidArgumentError(`It must be at most 30 days, which are ${longestOverlap} seconds.`);
  return seconds;
}

interface CreateOptions extends ApplicationOptions {
  readonly name: string;
  readonly scope: readonly ServiceScope[];
  readonly expires?: string;
  readonly allowedIp?: string[];
  readonly rateLimit?: number;
}

const createCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'service-key:create',
    description: 'Creates a service key for the backend of a product, and prints the secret once.',
    examples: ['service-key:create --name "Grading backend" --scope access:check usage:report', 'service-key:create --name Reports --scope usage:read --allowed-ip 10.0.0.0/8'],
  })
    .requiredOption('--name <name>', 'name of the key, also in audit logs', parseName)
    .addOption(new Option('--scope <scopes...>', 'scopes of the key').choices(serviceScopeNames).makeOptionMandatory())
    .option('--expires <time>', 'time at which the key expires (default: never)', parseExpiry)
    .option('--allowed-ip <range>', 'address or CIDR range from which the key can be used, repeatable (default: all)', parseRange)
    .option('--rate-limit <n>', 'requests per minute in all organizations together (default: no limit)', parseRate)
    .action(({ name, scope, expires: expiresAt, allowedIp: allowedIps, rateLimit, ...options }: CreateOptions) =>
      runInApplication(terminal, { name: 'service-key:create', options }, async (app) =>
        shown(await (await keysOf(app)).createServiceKey(undefined, { name, scopes: [...new Set(scope)], ...definedValues({ expiresAt, allowedIps, rateLimit }) })),
      ),
    );

const lineOf = ({ id, hint, status, scopes, name }: ServiceKeyDto): string => `${id}  ${hint.padEnd(10)} ${status.padEnd(8)} ${name.padEnd(24)} ${scopes.join(', ')}`;

const listCommand = (terminal: Terminal): Command =>
  applicationCommand({ name: 'service-key:list', description: 'Lists the service keys, newest first.', examples: ['service-key:list', 'service-key:list --json'] })
    .option('--limit <n>', 'maximum number of keys', parseWholeNumber, 100)
    .action(({ limit, ...options }: ApplicationOptions & { readonly limit: number }) =>
      runInApplication(terminal, { name: 'service-key:list', options }, async (app) => {
        const { data } = await (await keysOf(app)).listServiceKeys(wholeQuery({ limit: Math.min(limit, 1000) }));
        return { value: { data }, lines: () => data.map(lineOf) };
      }),
    );

interface RotateOptions extends ApplicationOptions {
  readonly overlap?: number;
  readonly expires?: string;
}

const rotateCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'service-key:rotate',
    description: 'Replaces the secret of a service key, and prints the new one once. The previous secret works for a day, or as long as --overlap says.',
    examples: ['service-key:rotate 01a21db0-0c18-7010-9be0-158f952d999d', 'service-key:rotate 01a21db0-0c18-7010-9be0-158f952d999d --overlap 0'],
    exits: noSuchKey,
  })
    .argument('<key>', 'id of the service key', parseId)
    .option('--overlap <seconds>', 'seconds for which the previous secret works; 0 ends it immediately (default: one day)', parseOverlap)
    .option('--expires <time>', 'new time at which the key expires (default: unchanged)', parseExpiry)
    .action((id: string, { overlap: overlapSeconds, expires: expiresAt, ...options }: RotateOptions) =>
      runInApplication(terminal, { name: 'service-key:rotate', options }, async (app) =>
        shown(await (await keysOf(app)).rotateServiceKey(id, definedValues({ overlapSeconds, expiresAt }))),
      ),
    );

const revokeCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'service-key:revoke',
    description: 'Revokes a service key. It stops working immediately and cannot be restored.',
    examples: ['service-key:revoke 01a21db0-0c18-7010-9be0-158f952d999d --yes'],
    exits: noSuchKey,
  })
    .argument('<key>', 'id of the service key', parseId)
    .option('--yes', 'skip the confirmation prompt')
    .action((id: string, { yes, ...options }: ApplicationOptions & { readonly yes?: boolean }) =>
      runInApplication(terminal, { name: 'service-key:revoke', options }, async (app) => {
        const keys = await keysOf(app);
        const { name, hint } = await keys.getServiceKey(id);
        if (!(await confirmAction(terminal, `Revoke the service key "${name}" (${hint})?`, yes))) return undefined;
        await keys.revokeServiceKey(id);
        return { value: { id, name, revoked: true }, lines: () => [`The service key "${name}" is revoked.`] };
      }),
    );

/** `tenantry service-key:…`: manages the service keys of the installation with the same services as the API. */
export const serviceKeyCommands = (terminal: Terminal): Command[] => [createCommand(terminal), listCommand(terminal), rotateCommand(terminal), revokeCommand(terminal)];
