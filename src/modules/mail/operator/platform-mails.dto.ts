import { ChoiceField, EmailField, IntegerField, TextField, TimeField, UuidField, choices } from '../../../common/http/fields.js';
import { pageOf, pageQuery } from '../../../common/http/pages/page.js';
import { MailFailure, MailSubject, type MailMessage } from '../../../generated/prisma/client.js';
import { mailProgressStatuses, progressOf, type MailProgress } from '../mail-progress.service.js';

const kind = { max: 64, pattern: /^[a-z][a-z-]*$/, example: 'invitation' } as const;
const failures = choices('MailFailure', Object.values(MailFailure));

export class ListMailsQuery extends pageQuery(['createdAt']) {
  @ChoiceField(choices('MailStatus', mailProgressStatuses), { optional: true, description: 'Only mails with this status' })
  status?: MailProgress['status'];

  @ChoiceField(failures, { optional: true, description: 'Only mails whose last attempt failed for this reason' })
  failure?: MailFailure;

  @TextField({ ...kind, optional: true, description: 'Only mails of this kind, such as `invitation` or `verify-email`' })
  template?: string;

  @UuidField({ optional: true, description: 'Only mails of this organization' })
  organizationId?: string;

  @EmailField({ optional: true, description: 'Only mails to this address, in capital or small letters' })
  recipient?: string;
}

export class ReportMailBounceDto {
  @TextField({
    max: 11,
    pattern: /^[45]\.\d{1,3}\.\d{1,3}$/,
    patternMessage: '$property must be an enhanced status code of a failure, such as 5.1.1',
    example: '5.1.1',
    description: 'The enhanced status code of the report (RFC 3463), such as `5.1.1`',
  })
  status!: string;

  @TextField({ optional: true, max: 500, example: '550 5.1.1 User unknown', description: 'The answer of the server that refused the mail' })
  diagnostic?: string;
}

export class MailDto {
  @UuidField({ description: 'The id of the mail, and the first part of its Message-ID' })
  id!: string;

  @UuidField({ nullable: true, description: 'The organization that the mail belongs to; null for mail about a user only' })
  organizationId!: string | null;

  @TextField({ ...kind, description: 'The kind of mail, such as `invitation` or `verify-email`' })
  template!: string;

  @TextField({ max: 320, description: 'The address of the recipient' })
  recipient!: string;

  @ChoiceField(choices('MailStatus', mailProgressStatuses), {
    description:
      '`sent`: the mail server has accepted the mail. `queued`: it is not sent yet. `failed`: no further attempt is made until it is resent. `dropped`: it is not sent; `failure` says why.',
  })
  status!: MailProgress['status'];

  @ChoiceField(failures, { nullable: true, description: 'Why the last attempt failed, or why the mail is not sent; null for neither' })
  failure!: MailFailure | null;

  @TextField({
    nullable: true,
    max: 500,
    description: 'The last answer of the mail server, or the last error; the name of the file if mails are written to files; null before the first attempt',
  })
  lastAnswer!: string | null;

  @IntegerField({ min: 0, max: Number.MAX_SAFE_INTEGER, description: 'The number of attempts that have begun' })
  attempts!: number;

  @TimeField({ nullable: true, description: 'The time of the next attempt; null when none follows, one is under way, or the first one follows at once' })
  nextAttemptAt!: Date | null;

  @TimeField({ nullable: true, description: 'The time at which the link or code in the mail expires; null if it has none' })
  linkExpiresAt!: Date | null;

  @ChoiceField(Object.values(MailSubject), { nullable: true, description: 'The kind of what the mail delivers; null if it delivers neither an invitation nor a document' })
  subject!: MailSubject | null;

  @UuidField({ nullable: true, description: 'The id of the invitation or document that the mail delivers; null for other mails' })
  subjectId!: string | null;

  @TimeField({ description: 'The time at which the mail was queued' })
  createdAt!: Date;

  @TimeField({ nullable: true, description: 'The time at which the mail server accepted the mail; null before' })
  sentAt!: Date | null;
}

export class MailPageDto extends pageOf(MailDto) {}

export function toMailDto(row: Omit<MailMessage, 'content'>): MailDto {
  const { id, organizationId, template, recipient, lastAnswer, attempts, linkExpiresAt, subject, subjectId, createdAt, sentAt } = row;
  return { id, organizationId, template, recipient, ...progressOf(row), lastAnswer, attempts, linkExpiresAt, subject, subjectId, createdAt, sentAt };
}
