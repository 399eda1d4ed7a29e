import { InvalidArgumentError, type Command } from 'commander';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ChainReport, KeptHead } from '../../modules/audit/hash-chain/audit-verification.service.js';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { confirmAction, type CommandOutput } from '../output.js';
import { withProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';

function describe({ organizationId, events, erased, head, bad }: ChainReport): string {
  const whose = organizationId ?? 'the platform';
  const part = erased > 0 ? `, of ${erased} of them a part was erased` : '';
  return bad === undefined
    ? `${whose}: ${events} event(s) hold${part}; head ${head}`
    : `${whose}: event ${bad.sequence} does not hold: ${bad.reason}; ${events} before it do${part}`;
}

function uuid(text: string): string {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) throw new InvalidArgumentError('It must be an id.');
  return text.toLowerCase();
}

function keptHead(text: string): KeptHead {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/i.exec(text) ?? [];
  if (sequence === undefined || hash === undefined) throw new InvalidArgumentError('Write it as audit:verify prints it: <sequence>:<hash>.');
  return { sequence: Number(sequence), hash: Buffer.from(hash, 'hex') };
}

interface VerifyOptions extends ApplicationOptions {
  readonly organization?: string;
  readonly head?: KeptHead;
}

/** `tenantry audit:verify`: recomputes the chains of the audit log, and exits with 1 where one does not hold. */
export const auditVerifyCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'audit:verify',
    description: 'Recompute the hash chains of the audit log, and name the first event that does not hold: that was changed, removed or put elsewhere.',
    examples: ['audit:verify', 'audit:verify --organization 01a1fbfe-dfd7-7469-bc28-6f4aa9bf4024 --json'],
    exits: { failed: 'failed, or an event does not hold' },
  })
    .option('--organization <id>', 'only the chain of this organization, or that of the "platform"', (text) => (text === 'platform' ? text : uuid(text)))
    .option('--head <sequence:hash>', 'what was printed as its head before, and kept elsewhere: the chain must still have it', keptHead)
    .action((options: VerifyOptions, command: Command) => {
      const { organization, head } = options;
      if (head !== undefined && organization === undefined) command.error('error: --head is that of one chain: name its --organization.', { exitCode: exitCodes.usage });
      return runInApplication(terminal, { name: 'audit:verify', options }, async (app) => {
        const { AuditVerificationService, platformChain } = await import('../../modules/audit/hash-chain/audit-verification.service.js');
        const chain = organization === 'platform' ? platformChain : organization;
        const chains = await withProgress(terminal, 'Recomputing the chains', () => app.get(AuditVerificationService).verifyChains(chain, head));
        const lines = (): string[] => (chains.length === 0 ? ['There are no events.'] : chains.map(describe));
        return { value: { chains }, lines, exit: chains.some(({ bad }) => bad !== undefined) ? 'failed' : 'done' };
      });
    });

interface EraseOptions extends ApplicationOptions {
  readonly user?: string;
  readonly email?: string;
  readonly yes?: boolean;
}

async function erase(app: NestFastifyApplication, terminal: Terminal, { user, email, yes }: EraseOptions): Promise<CommandOutput | undefined> {
  if (!(await confirmAction(terminal, `Erase ${[user, email].filter(Boolean).join(', ')} from the audit log, for good?`, yes))) return undefined;
  const { AuditErasureService } = await import('../../modules/audit/hash-chain/audit-erasure.service.js');
  const erased = await app.get(AuditErasureService).erasePerson({ userId: user, email });
  const { userIds, actors, details, reads } = erased;
  const lines = (): string[] => [`Erased who did ${actors} event(s), what was changed in ${details}, and who made ${reads} read(s).`];
  return { value: erased, lines, exit: userIds.length + actors + details + reads === 0 ? 'notFound' : 'done' };
}

/** `tenantry audit:erase`: takes a person out of the audit log, whose chains still verify. */
export const auditEraseCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'audit:erase',
    description: 'Erase a person from the audit log: name, address and device of what they did, and what was changed where it names them. The chains still verify.',
    examples: ['audit:erase --email ada@example.com', 'audit:erase --user 01a1fbfe-dfd7-7469-bc28-6f4aa9bf4024 --yes'],
    exits: { notFound: 'there is no such person, in no event' },
  })
    .option('--user <id>', 'the id of their user, who may be gone already', uuid)
    .option('--email <address>', 'their address; with --user, one that they had before')
    .option('--yes', 'do not ask')
    .action((options: EraseOptions, command: Command) => {
      if (options.user === undefined && options.email === undefined) command.error('error: say whom: --user, --email, or both.', { exitCode: exitCodes.usage });
      return runInApplication(terminal, { name: 'audit:erase', options }, (app) => erase(app, terminal, options));
    });
