import { Injectable } from '@nestjs/common';
import type { MailFailure, MailMessage, Prisma } from '../../generated/prisma/client.js';

/** The progress of a mail. */
export interface MailProgress {
  readonly status: MailProgressStatus;
  /** Why it is not sent, or why the last attempt failed. */
  readonly failure: MailFailure | null;
  /** Null when no attempt follows, when one is under way, and when the first one follows at once. */
  readonly nextAttemptAt: Date | null;
}

export const mailProgressStatuses = ['queued', 'sent', 'failed', 'dropped'] as const;
export type MailProgressStatus = (typeof mailProgressStatuses)[number];

type Shown = Pick<MailMessage, 'status' | 'failure' | 'nextAttemptAt' | 'turn'>;
const shown = { subjectId: true, status: true, failure: true, nextAttemptAt: true, turn: true } as const;

/** The part of a database client (tenant or platform) that reads the outbox. */
export interface MailReader {
  readonly mailMessage: {
    findMany(args: {
      where: Prisma.MailMessageWhereInput;
      select: typeof shown;
      orderBy: { createdAt: 'asc' };
    }): PromiseLike<readonly (Shown & { readonly subjectId: string | null })[]>;
  };
}

/** Returns whether a replica is sending the mail, or has died while it did. */
export const isUnderWay = ({ status, turn }: Pick<MailMessage, 'status' | 'turn'>): boolean => status === 'pending' && turn !== null;

/** Describes a row of the outbox: callers need not know that a mail waits in two ways. */
export function progressOf({ status, failure, nextAttemptAt, turn }: Shown): MailProgress {
  return { status: status === 'pending' ? 'queued' : status, failure, nextAttemptAt: isUnderWay({ status, turn }) ? null : nextAttemptAt };
}

/** Finds the progress of the mails about invitations and documents. */
@Injectable()
export class MailProgressService {
  /** Returns the progress of the last mail about each subject. A mail that was deleted after its retention has none. */
  async readProgress(db: MailReader, subjectIds: readonly string[]): Promise<ReadonlyMap<string, MailProgress>> {
    if (subjectIds.length === 0) return new Map();
    const mails = await db.mailMessage.findMany({ where: { subjectId: { in: [...subjectIds] } }, select: shown, orderBy: { createdAt: 'asc' } });
    return new Map(mails.map((mail) => [mail.subjectId ?? '', progressOf(mail)]));
  }
}
