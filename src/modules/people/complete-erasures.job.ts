import type { PlatformTransaction } from '../../database/transactions.js';
import type { Erasure } from '../../generated/prisma/client.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../jobs/scheduled-job.decorator.js';
import { AuditErasureService } from '../audit/hash-chain/audit-erasure.service.js';
import { OutboxService } from '../mail/outbox.service.js';
import { ErasureReceiptsService } from './erasure-receipts.service.js';

/** The erasures that one run completes: each reads the audit log. */
const batch = 10;
const template = 'account-erased';
const finished = ['sent', 'failed', 'dropped'] as const;

/**
 * Completes the erasures of people whose accounts were deleted: removes their addresses, erases them from the audit log, and mails them a signed receipt.
 * The mail with the receipt is deleted when it was sent.
 */
@ScheduledJob({
  name: 'complete-erasures',
  cron: '40 * * * * *',
  period: 'minute',
  mayDelete: {
    domain_events: { rows: 100_000, share: 0.25 },
    event_changes: { rows: 100_000, share: 0.25 },
    invitations: { rows: 1000, share: 0.1 },
    mail_messages: { rows: 10_000, share: 0.25 },
  },
})
export class CompleteErasuresJob implements Job {
  constructor(
    private readonly audit: AuditErasureService,
    private readonly receipts: ErasureReceiptsService,
    private readonly outbox: OutboxService,
  ) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const mails = await this.#deleteSentMails(tx);
    const waiting = await tx.erasure.findMany({ where: { completedAt: null }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }], take: batch });
    for (const erasure of waiting) await this.#complete(tx, erasure, now);
    return { completed: waiting.length, mails };
  }

  async #complete(tx: PlatformTransaction, { id, userId, email, requestedById, deleted, createdAt }: Erasure, now: Date): Promise<void> {
    // The address goes first: the erasure of the audit log takes what was recorded with it, also by this transaction.
    await tx.erasure.update({ where: { id }, data: { email: null } });
    const tables = new Map(Object.entries(deleted as Record<string, number>));
    const count = (table: string, rows: number): void => {
      if (rows > 0) tables.set(table, (tables.get(table) ?? 0) + rows);
    };
    const changed = email === null ? [] : await this.#eraseAddress(tx, userId, email, createdAt);
    for (const { relation, erased } of changed) count(relation, Number(erased));
    const { actors, details, reads, events } = await this.audit.eraseDeletedUser(tx, userId, email ?? undefined);
    count('audit.actors', actors);
    count('audit.details', details);
    count('access_log', reads);
    count('domain_events', events);
    const counts = Object.fromEntries([...tables].toSorted(([a], [b]) => a.localeCompare(b)));
    const receipt = await this.receipts.sign({
      erasure: id,
      userId,
      requestedBy: requestedById ?? 'person',
      requestedAt: createdAt.toISOString(),
      completedAt: now.toISOString(),
      tables: counts,
    });
    const mailId = email === null ? null : await this.#mail(tx, email, receipt);
    await tx.erasure.update({ where: { id }, data: { deleted: counts, receipt, completedAt: now, mailId } });
  }

  /** Removes an address from the columns of addresses, and from the texts of others. @returns the changed rows of each table, a table perhaps twice */
  async #eraseAddress(tx: PlatformTransaction, userId: string, email: string, writtenBefore: Date): Promise<{ readonly relation: string; readonly erased: bigint }[]> {
    return tx.$queryRaw`
      select relation, erased from app.erase_address(${email}, ${writtenBefore})
      union all select relation, erased from app.erase_mentions(${userId}::uuid, ${email}, ${writtenBefore})`;
  }

  async #mail(tx: PlatformTransaction, to: string, receipt: string): Promise<string> {
    // Its parts are on lines of their own, so that no mail program takes it for a domain.
    await this.outbox.addMail(tx, { template, to, data: { code: receipt.replaceAll('.', '.\n') } });
    const { id } = await tx.mailMessage.findFirstOrThrow({ where: { template, recipient: to }, orderBy: { id: 'desc' }, select: { id: true } });
    return id;
  }

  /** Deletes the mails with receipts that are no longer attempted: each contains the address. */
  async #deleteSentMails(tx: PlatformTransaction): Promise<number> {
    const mailed = await tx.erasure.findMany({ where: { mailId: { not: null } }, select: { id: true, mailId: true } });
    const ids = mailed.flatMap(({ mailId }) => (mailId === null ? [] : [mailId]));
    if (ids.length === 0) return 0;
    const { count } = await tx.mailMessage.deleteMany({ where: { id: { in: ids }, status: { in: [...finished] } } });
    const left = new Set((await tx.mailMessage.findMany({ where: { id: { in: ids } }, select: { id: true } })).map(({ id }) => id));
    const gone = mailed.filter(({ mailId }) => mailId !== null && !left.has(mailId)).map(({ id }) => id);
    if (gone.length > 0) await tx.erasure.updateMany({ where: { id: { in: gone } }, data: { mailId: null } });
    return count;
  }
}
