import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { SecretBox } from '../../common/crypto/secret-box.js';
import { tracing, type TraceParent } from '../../common/tracing.js';
import { AppConfig } from '../../config/app-config.js';
import { ownerRole } from '../../config/catalog/catalog.js';
import type { MailSubject, Prisma } from '../../generated/prisma/client.js';
import type { MailAttachment } from './mail-attachments.service.js';
import type { MailKind, MailTemplates } from './mail.templates.js';

/** The mails with a link or code that works for a limited time. After it, the mail is useless. */
type ExpiringTemplate =
  | 'verify-email'
  | 'reset-password'
  | 'sign-in'
  | 'sign-in-known-network'
  | 'invitation'
  | 'guardian-consent'
  | 'email-change'
  | 'operator-second-factor'
  | 'second-factor-added'
  | 'passkey-added'
  | 'break-glass'
  | 'domain-code';

export type OutgoingMail<Name extends keyof MailTemplates> = MailDraft<Name> &
  (Name extends ExpiringTemplate ? { readonly linkExpiresAt: Date } : { readonly linkExpiresAt?: never });

interface MailDraft<Name extends keyof MailTemplates> {
  readonly template: Name;
  readonly to: string;
  readonly data: MailTemplates[Name];
  /** Set it when the mail is written through the platform client; the tenant client adds its own organization. */
  readonly organizationId?: string;
  readonly attachment?: MailAttachment;
  /** The row that the mail delivers. */
  readonly about?: { readonly subject: MailSubject; readonly id: string };
}

/** The part of a mail that the outbox stores. It is rendered when it is sent, in the language of the recipient and with the branding of that time. */
export interface StoredMail<Kind extends MailKind = MailKind> {
  readonly data: MailTemplates[Kind];
  readonly attachment?: MailAttachment;
  /** The trace of the work that wrote the mail. */
  readonly trace?: TraceParent;
  /** An earlier version sends the text that is stored here. It refuses to read a file: during an upgrade, it leaves the mail to a newer replica. */
  readonly text: { readonly path: string };
}
/** JSON leaves out what is undefined. */
type Unset<Stored> = { readonly [Field in keyof Stored]: Stored[Field] | undefined };

/**
 * The mails that anybody can cause with somebody else's address. A recipient gets a limited number of each kind in an hour,
 * counted across all users, organizations and replicas.
 */
export const limitedTemplates = [
  'verify-email',
  'reset-password',
  'sign-in',
  'sign-in-known-network',
  'invitation',
  'guardian-consent',
  'domain-code',
  'operator-second-factor',
] as const satisfies readonly (keyof MailTemplates)[];
type LimitedTemplate = (typeof limitedTemplates)[number];

/**
 * The mails that owners can cause to their own address. They are limited while it is not verified, because it may be that of somebody else. Later they are not: an intruder could use the limit up.
 */
export const limitedUntilVerified = ['security-changed'] as const satisfies readonly (keyof MailTemplates)[];

/** The part of a platform transaction that counts the mails to a mailbox. */
type MailCounter = Pick<Prisma.TransactionClient, '$queryRaw'>;

/** The part of a database client (tenant or platform) that the outbox needs. */
export interface MailWriter {
  readonly mailMessage: { createMany(args: { data: Prisma.MailMessageCreateManyInput[] }): PromiseLike<unknown> };
}

/** The part of a database client that finds the owners of an organization. */
export interface OwnerTables {
  readonly membership: {
    findMany(args: {
      where: { role: string; organizationId?: string };
      select: { user: { select: { email: true } } };
    }): PromiseLike<readonly { readonly user: { readonly email: string | null } }[]>;
  };
}

/** Writes mail to the outbox, in the transaction of the change that the mail announces. */
@Injectable()
export class OutboxService {
  readonly #box: SecretBox;

  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {
    this.#box = new SecretBox(config.appSecret, 'mail', config.previousSecrets);
  }

  async addMail<Name extends keyof MailTemplates>(tx: MailWriter, mail: OutgoingMail<Name>): Promise<void> {
    await this.addMails(tx, [mail]);
  }

  /**
   * Writes one mail to every owner of an organization.
   *
   * @param organizationId required on the platform's client; the tenant's client knows its own
   */
  async addMailToOwners<Name extends Exclude<keyof MailTemplates, ExpiringTemplate>>(
    tx: MailWriter & OwnerTables,
    { organizationId, ...mail }: Omit<MailDraft<Name>, 'to'>,
  ): Promise<void> {
    const owned = organizationId === undefined ? {} : { organizationId };
    const owners = await tx.membership.findMany({ where: { ...owned, role: ownerRole }, select: { user: { select: { email: true } } } });
    await this.addMails(
      tx,
      owners.flatMap(({ user: { email } }) => (email === null ? [] : [{ ...mail, ...owned, to: email } as OutgoingMail<Name>])),
    );
  }

  /** Writes several mails of one template in one statement. */
  async addMails<Name extends keyof MailTemplates>(tx: MailWriter, mails: readonly OutgoingMail<Name>[]): Promise<void> {
    if (mails.length === 0) return;
    const queuedAt = this.clock.now();
    const rows = mails.map(({ template, to, data, organizationId, attachment, about, linkExpiresAt }) => {
      const stored = { data, attachment, trace: tracing.active?.carried, text: { path: 'rendered when it is sent' } } satisfies Unset<StoredMail>;
      const content = this.#box.seal(JSON.stringify(stored));
      return {
        template,
        recipient: to,
        content,
        queuedAt,
        linkExpiresAt: linkExpiresAt ?? null,
        subject: about?.subject ?? null,
        subjectId: about?.id ?? null,
        ...(organizationId === undefined ? {} : { organizationId }),
      };
    });
    await tx.mailMessage.createMany({ data: rows });
  }

  /**
   * Returns whether the recipient may still get a mail of this kind, from any sender. Mail beyond the limit is
   * dropped; ask first where an undelivered mail would replace a link that works. Call it under a lock of the address.
   */
  async hasBudget(tx: MailCounter, template: LimitedTemplate, recipient: string): Promise<boolean> {
    if (this.config.mailHourlyLimit === 0) return true;
    const [mails] = await tx.$queryRaw<{ sent: number }[]>`
      select count(*)::integer as sent from mail_messages
       where regexp_replace(recipient, '[+][^@]*@', '@') = regexp_replace(${recipient}, '[+][^@]*@', '@') and template = ${template}
         and status <> 'dropped' and created_at > now() - interval '1 hour'`;
    return (mails?.sent ?? 0) < this.config.mailHourlyLimit;
  }

  /** Decrypts the content of an outbox row. */
  openContent(content: Uint8Array): StoredMail {
    return JSON.parse(this.#box.open(content)) as StoredMail;
  }
}
