import { InvalidArgumentError, type Command } from 'commander';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { CheckpointReport } from '../../modules/audit/checkpoints/checkpoint-verification.service.js';
import type { ChainReport, KeptHead, WaitingChanges } from '../../modules/audit/hash-chain/audit-verification.service.js';
import { runInApplication, applicationCommand, command, type ApplicationOptions, type CommonOptions } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { confirmAction, runAndPrint, type CommandOutput } from '../output.js';
import { withProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';

function describe({ organizationId, events, removed, erased, head, bad }: ChainReport): string {
  const chain = organizationId ?? 'the platform';
  const less = [...(erased > 0 ? [`${erased} partly erased`] : []), ...(removed > 0 ? [`${removed} before them expired`] : [])];
  const partlyErased = less.length > 0 ? ` (${less.join(', ')})` : '';
  return bad === undefined
    ? `${chain}: ${events} event(s) verified${partlyErased}; head ${head}`
    : `${chain}: event ${bad.sequence} is invalid: ${bad.reason}; ${events} event(s) before it verified${partlyErased}`;
}

function uuid(text: string): string {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) throw new InvalidArgumentError('It must be a UUID.');
  return text.toLowerCase();
}

function keptHead(text: string): KeptHead {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/i.exec(text) ?? [];
  if (sequence === undefined || hash === undefined) throw new InvalidArgumentError('Use the form that audit:verify prints: <sequence>:<hash>.');
  return { sequence: Number(sequence), hash: Buffer.from(hash, 'hex') };
}

const describeWaiting = ({ transactions, since }: WaitingChanges): string =>
  `${transactions} transactions are in no chain, the oldest since ${since}. A running server chains them within a second: start one, and verify again.`;

function describeCheckpoints({ checkpoints, exported, exportedUpTo, newest, bad }: CheckpointReport): string {
  if (bad !== undefined) return `Checkpoint ${bad.number} is invalid: ${bad.reason}.`;
  if (newest === undefined) return 'There are no checkpoints. A running server makes them every five minutes.';
  const compared = exported > 0 ? `, and compared with ${exported} that were exported, up to checkpoint ${exportedUpTo}` : '';
  return `${checkpoints} checkpoint(s) verified${compared}; the newest is from ${newest.at}, signed by the key ${newest.key}`;
}

interface VerifyOptions extends ApplicationOptions {
  readonly organization?: string;
  readonly head?: KeptHead;
  readonly checkpoints?: string;
}

/** Reads the tokens of a file, one in a line. */
async function exportedIn(file: string | undefined): Promise<string[]> {
  if (file === undefined) return [];
  const [{ readFile }, { tokensIn }] = await Promise.all([import('node:fs/promises'), import('../../modules/audit/checkpoints/checkpoint-destination.js')]);
  return tokensIn(await readFile(file, 'utf8'));
}

/** `tenantry audit:verify`: verifies the hash chains of the audit log. */
export const auditVerifyCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'audit:verify',
    description: 'Verifies the hash chains of the audit log and their checkpoints, and reports the first event of each chain that was changed, removed or moved.',
    examples: ['audit:verify', 'audit:verify --organization 01a1fbfe-dfd7-7469-bc28-6f4aa9bf4024 --json', 'audit:verify --checkpoints /mnt/archive/checkpoints.txt'],
    exits: { failed: 'error, or an event or a checkpoint is invalid, or an event is in no chain' },
  })
    .option('--organization <id>', 'verify only the chain of this organization, or of "platform"', (text) => (text === 'platform' ? text : uuid(text)))
    .option('--head <sequence:hash>', 'head that an earlier run printed; the chain must still contain it', keptHead)
    .option('--checkpoints <file>', 'exported checkpoints, one in a line; the log must still agree with them')
    .action((options: VerifyOptions, own: Command) => {
      const { organization, head, checkpoints: file } = options;
      if (head !== undefined && organization === undefined) own.error('error: --head belongs to one chain. Pass --organization too.', { exitCode: exitCodes.usage });
      return runInApplication(terminal, { name: 'audit:verify', options }, async (app) => {
        const [{ AuditVerificationService }, { platformChain }] = await Promise.all([
          import('../../modules/audit/hash-chain/audit-verification.service.js'),
          import('../../modules/audit/hash-chain/event-hash.js'),
        ]);
        const chain = organization === 'platform' ? platformChain : organization;
        const service = app.get(AuditVerificationService);
        const exported = await exportedIn(file);
        const { chains, checkpoints } = await withProgress(terminal, 'Verifying the audit log', () => service.verifyLog(chain, { kept: head, exported }));
        const waiting = await service.findWaiting();
        const lines = (): string[] => [
          ...(chains.length === 0 ? ['The audit log has no events.'] : chains.map(describe)),
          describeCheckpoints(checkpoints),
          ...(waiting === undefined ? [] : [describeWaiting(waiting)]),
        ];
        const isValid = waiting === undefined && checkpoints.bad === undefined && chains.every(({ bad }) => bad === undefined);
        return { value: { chains, checkpoints, waiting }, lines, exit: isValid ? 'done' : 'failed' };
      });
    });

interface EraseOptions extends ApplicationOptions {
  readonly user?: string;
  readonly email?: string;
  readonly yes?: boolean;
}

async function erase(app: NestFastifyApplication, terminal: Terminal, { user, email, yes }: EraseOptions): Promise<CommandOutput | undefined> {
  if (!(await confirmAction(terminal, `Permanently erase ${[user, email].filter(Boolean).join(', ')} from the audit log?`, yes))) return undefined;
  const { AuditErasureService } = await import('../../modules/audit/hash-chain/audit-erasure.service.js');
  const erased = await app.get(AuditErasureService).erasePerson({ userId: user, email });
  const { userIds, actors, details, reads, events } = erased;
  const lines = (): string[] => [
    `Erased the actor of ${actors} event(s), the changes of ${details} event(s) and the reader of ${reads} access log entries, and deleted ${events} event(s) for webhooks.`,
  ];
  return { value: erased, lines, exit: userIds.length + actors + details + reads + events === 0 ? 'notFound' : 'done' };
}

/** `tenantry audit:erase`: erases a person from the audit log. The hash chains still verify. */
export const auditEraseCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'audit:erase',
    description: 'Erases a person from the audit log: their name, email address, IP address and device, and all changes that name them. The hash chains still verify.',
    examples: ['audit:erase --email ada@example.com', 'audit:erase --user 01a1fbfe-dfd7-7469-bc28-6f4aa9bf4024 --yes'],
    exits: { notFound: 'the person does not occur in the audit log' },
  })
    .option('--user <id>', 'id of the user, who may have been deleted', uuid)
    .option('--email <address>', 'email address; with --user, a former address of that user')
    .option('--yes', 'skip the confirmation prompt')
    .action((options: EraseOptions, own: Command) => {
      if (options.user === undefined && options.email === undefined) own.error('error: pass --user, --email, or both.', { exitCode: exitCodes.usage });
      return runInApplication(terminal, { name: 'audit:erase', options }, (app) => erase(app, terminal, options));
    });

interface RetentionOptions extends CommonOptions {
  readonly days?: number;
  readonly forever?: true;
}

function daysOf(text: string): number {
  const days = Number(text);
  if (!/^\d{1,6}$/.test(text) || days < 30) throw new InvalidArgumentError('It must be a number of days, 30 or more.');
  return days;
}

const describeRetention = (days: number | null): string => (days === null ? 'The audit log keeps events forever.' : `The audit log keeps events for ${days} days.`);

/** `tenantry audit:retention`: shows and sets for how long the audit log keeps events. Only the owner of the tables may set it. */
export const auditRetentionCommand = (terminal: Terminal): Command =>
  command({
    name: 'audit:retention',
    description: 'Shows for how many days the audit log keeps events, or sets it as the role of DATABASE_OWNER_URL, or of DATABASE_URL if that role owns the database.',
    examples: ['audit:retention', 'audit:retention --days 730', 'audit:retention --forever'],
  })
    .option('--days <n>', 'remove events that are older', daysOf)
    .option('--forever', 'remove none')
    .action(({ days, forever, json }: RetentionOptions, own: Command) => {
      if (days !== undefined && forever === true) own.error('error: pass --days or --forever.', { exitCode: exitCodes.usage });
      return runAndPrint(terminal, json, async () => {
        const [{ loadEnv }, { withOwner }, { readRetention, setRetention }] = await Promise.all([
          import('../../config/env.js'),
          import('../configured-database.js'),
          import('../../modules/audit/checkpoints/audit-retention.js'),
        ]);
        const kept = await withOwner(loadEnv(terminal.env), 'audit:retention', async (owner) => {
          if (days !== undefined || forever === true) await setRetention(owner, days ?? null);
          return readRetention(owner);
        });
        return { value: { days: kept }, lines: () => [describeRetention(kept)] };
      });
    });
