import { InvalidArgumentError, type Command } from 'commander';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ChainReport, KeptHead, WaitingChanges } from '../../modules/audit/hash-chain/audit-verification.service.js';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { confirmAction, type CommandOutput } from '../output.js';
import { withProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';

function describe({ organizationId, events, erased, head, bad }: ChainReport): string {
  const chain = organizationId ?? 'the platform';
  const partlyErased = erased > 0 ? ` (${erased} partly erased)` : '';
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

interface VerifyOptions extends ApplicationOptions {
  readonly organization?: string;
  readonly head?: KeptHead;
}

/** `tenantry audit:verify`: verifies the hash chains of the audit log. */
export const auditVerifyCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'audit:verify',
    description: 'Verifies the hash chains of the audit log and reports the first event of each chain that was changed, removed or moved.',
    examples: ['audit:verify', 'audit:verify --organization 01a1fbfe-dfd7-7469-bc28-6f4aa9bf4024 --json'],
    exits: { failed: 'error, or an event is invalid or in no chain' },
  })
    .option('--organization <id>', 'verify only the chain of this organization, or of "platform"', (text) => (text === 'platform' ? text : uuid(text)))
    .option('--head <sequence:hash>', 'head that an earlier run printed; the chain must still contain it', keptHead)
    .action((options: VerifyOptions, command: Command) => {
      const { organization, head } = options;
      if (head !== undefined && organization === undefined) command.error('error: --head belongs to one chain. Pass --organization too.', { exitCode: exitCodes.usage });
      return runInApplication(terminal, { name: 'audit:verify', options }, async (app) => {
        const { AuditVerificationService, platformChain } = await import('../../modules/audit/hash-chain/audit-verification.service.js');
        const chain = organization === 'platform' ? platformChain : organization;
        const service = app.get(AuditVerificationService);
        const chains = await withProgress(terminal, 'Verifying the audit log', () => service.verifyChains(chain, head));
        const waiting = await service.findWaiting();
        const lines = (): string[] => [
          ...(chains.length === 0 ? ['The audit log has no events.'] : chains.map(describe)),
          ...(waiting === undefined ? [] : [describeWaiting(waiting)]),
        ];
        return { value: { chains, waiting }, lines, exit: waiting !== undefined || chains.some(({ bad }) => bad !== undefined) ? 'failed' : 'done' };
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
  const { userIds, actors, details, reads } = erased;
  const lines = (): string[] => [`Erased the actor of ${actors} event(s), the changes of ${details} event(s) and the reader of ${reads} access log entries.`];
  return { value: erased, lines, exit: userIds.length + actors + details + reads === 0 ? 'notFound' : 'done' };
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
    .action((options: EraseOptions, command: Command) => {
      if (options.user === undefined && options.email === undefined) command.error('error: pass --user, --email, or both.', { exitCode: exitCodes.usage });
      return runInApplication(terminal, { name: 'audit:erase', options }, (app) => erase(app, terminal, options));
    });
