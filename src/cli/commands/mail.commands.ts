import { createReadStream } from 'node:fs';
import { Argument, Option, type Command } from 'commander';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { MailDto } from '../../modules/mail/operator/platform-mails.dto.js';
import type { MailKind } from '../../modules/mail/mail.templates.js';
import type { PlatformMailsService } from '../../modules/mail/operator/platform-mails.service.js';
import { mailKinds } from '../../modules/mail/rendering/mail-drafts.js';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import { confirmAction, table, type CommandOutput } from '../output.js';
import { definedValues, parseLocale, parseWholeNumber, tenantDirectory } from '../tenant-options.js';
import type { Terminal } from '../terminal.js';
import { wholeQuery } from '../../common/http/pages/page.js';

const noSuchMail = { notFound: 'the mail does not exist' } as const;

interface ListOptions extends ApplicationOptions {
  readonly status?: never;
  readonly failure?: never;
  readonly template?: string;
  readonly organization?: string;
  readonly recipient?: string;
  readonly limit: number;
}

async function mailsOf(app: NestFastifyApplication): Promise<PlatformMailsService> {
  const { PlatformMailsService } = await import('../../modules/mail/operator/platform-mails.service.js');
  return app.get(PlatformMailsService);
}

const shown = (mail: MailDto): CommandOutput => ({ value: mail, lines: () => table(Object.entries(mail)) });

const lineOf = ({ id, createdAt, status, failure, attempts, template, recipient }: MailDto): string =>
  `${id}  ${createdAt.toISOString()}  ${status.padEnd(8)} ${(failure ?? '–').padEnd(20)} ${String(attempts).padStart(3)}  ${template.padEnd(24)} ${recipient}`;

const listCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'mail:list',
    description: 'Lists mails of the outbox, newest first.',
    examples: ['mail:list --status failed', 'mail:list --recipient ada@example.com --json'],
  })
    .option('--status <status>', 'only mails with this status: queued, sent, failed or dropped')
    .option('--failure <failure>', 'only mails with this failure, for example recipient_refused')
    .option('--template <kind>', 'only this kind of mail, for example invitation')
    .option('--organization <id>', 'only mails of this organization')
    .option('--recipient <address>', 'only mails to this address')
    .option('--limit <n>', 'maximum number of mails', parseWholeNumber, 100)
    .action(({ status, failure, template, organization: organizationId, recipient, limit, ...options }: ListOptions) =>
      runInApplication(terminal, { name: 'mail:list', options }, async (app) => {
        const query = definedValues({ status, failure, template, organizationId, recipient });
        const { data } = await (await mailsOf(app)).listMails(wholeQuery({ ...query, limit: Math.min(limit, 1000) }));
        return { value: { data }, lines: () => data.map(lineOf) };
      }),
    );

const showCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'mail:show',
    description: 'Shows a mail with its attempts and the last answer of the mail server.',
    examples: ['mail:show 01a21db0-0c18-7010-9be0-158f952d999d'],
    exits: noSuchMail,
  })
    .argument('<mail>', 'id of the mail')
    .action((id: string, options: ApplicationOptions) => runInApplication(terminal, { name: 'mail:show', options }, async (app) => shown(await (await mailsOf(app)).getMail(id))));

const resendCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'mail:resend',
    description: 'Attempts a failed mail again, or a queued one at once. A running server delivers it.',
    examples: ['mail:resend 01a21db0-0c18-7010-9be0-158f952d999d'],
    exits: { ...noSuchMail, conflict: 'the mail was sent or dropped, or its link has expired' },
  })
    .argument('<mail>', 'id of the mail')
    .action((id: string, options: ApplicationOptions) =>
      runInApplication(terminal, { name: 'mail:resend', options }, async (app) => shown(await (await mailsOf(app)).resendMail(id))),
    );

interface DropOptions extends ApplicationOptions {
  readonly yes?: boolean;
}

const dropCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'mail:drop',
    description: 'Erases the content of a queued or failed mail. It is not sent.',
    examples: ['mail:drop 01a21db0-0c18-7010-9be0-158f952d999d --yes'],
    exits: { ...noSuchMail, conflict: 'the mail was sent' },
  })
    .argument('<mail>', 'id of the mail')
    .option('--yes', 'skip the confirmation prompt')
    .action((id: string, { yes, ...options }: DropOptions) =>
      runInApplication(terminal, { name: 'mail:drop', options }, async (app) => {
        const mails = await mailsOf(app);
        const { template, recipient } = await mails.getMail(id);
        if (!(await confirmAction(terminal, `Drop the mail "${template}" to ${recipient}?`, yes))) return undefined;
        return shown(await mails.dropMail(id));
      }),
    );

/** Returns the beginning of a report. Takes in all of it, because a mail server may count it as a failure when nobody does. */
async function readReport(file: string, max: number): Promise<Uint8Array> {
  const kept: Buffer[] = [];
  let length = 0;
  for await (const chunk of (file === '-' ? process.stdin : createReadStream(file)) as AsyncIterable<Buffer>) {
    if (length < max) kept.push(chunk);
    length += chunk.length;
  }
  return Buffer.concat(kept);
}

const bounceCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'mail:bounce',
    description: 'Records from a delivery status notification (RFC 3464) that a mail was not delivered. A mail server can pipe what arrives for MAIL_FROM to it.',
    examples: ['mail:bounce report.eml'],
    exits: { notFound: 'the mail does not exist' },
  })
    .argument('<file>', 'the notification as a mail server has sent it; - for standard input')
    .action((file: string, options: ApplicationOptions) =>
      runInApplication(terminal, { name: 'mail:bounce', options }, async (app) => {
        const { maxReportBytes, readDeliveryReport } = await import('../../modules/mail/bounces/delivery-report.js');
        const { BounceAddressesService } = await import('../../modules/mail/bounces/bounce-addresses.service.js');
        const addresses = app.get(BounceAddressesService);
        const raw = await readReport(file, maxReportBytes);
        const report = await readDeliveryReport(raw, addresses.areUsed ? (header) => addresses.findMail(header) : undefined);
        if (report === undefined) return { value: { recorded: false }, lines: () => ['This is no report that a mail of this installation has failed. Nothing was recorded.'] };
        return shown(await (await mailsOf(app)).reportBounce(report.mailId, report));
      }),
    );

interface PreviewOptions extends ApplicationOptions {
  readonly locale?: string;
  readonly organization?: string;
  readonly html?: true;
  readonly text?: true;
}

const previewCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'mail:preview',
    description: 'Prints a kind of mail with sample data. Without a kind, lists the kinds and the languages.',
    examples: ['mail:preview', 'mail:preview invitation --locale de --text', 'mail:preview invitation --organization acme --html'],
    exits: { notFound: 'the organization does not exist' },
  })
    .addArgument(new Argument('[kind]', 'the kind of mail').choices(mailKinds))
    .option('--locale <tag>', 'in this language, for example de; otherwise in that of the organization or the catalog', parseLocale)
    .option('--organization <tenant>', 'with the name, branding and time zone of this organization (id or slug)')
    .addOption(new Option('--html', 'print only the HTML').conflicts('text'))
    .option('--text', 'print only the text')
    .action((kind: MailKind | undefined, { locale, organization, html, text, ...options }: PreviewOptions) =>
      runInApplication(terminal, { name: 'mail:preview', options }, async (app) => {
        const { MailRendererService } = await import('../../modules/mail/rendering/mail-renderer.service.js');
        const renderer = app.get(MailRendererService);
        if (kind === undefined) {
          const value = { kinds: mailKinds, languages: renderer.languages };
          return { value, lines: () => [...mailKinds, '', `Languages: ${renderer.languages.join(', ')}`] };
        }
        const organizationId = organization === undefined ? null : (await (await tenantDirectory(app)).getTenant(organization)).id;
        const mail = await renderer.previewMail(kind, { locale, organizationId });
        const lines = html === true ? [mail.html] : text === true ? [mail.text] : [`Subject: ${mail.subject}`, '', mail.text, '', mail.html];
        return { value: mail, lines: () => lines };
      }),
    );

/** `tenantry mail:…`: finds mails, sends them again, drops them, records bounces and previews them, with the same services as the API. */
export const mailCommands = (terminal: Terminal): Command[] => [
  listCommand(terminal),
  showCommand(terminal),
  resendCommand(terminal),
  dropCommand(terminal),
  bounceCommand(terminal),
  previewCommand(terminal),
];
