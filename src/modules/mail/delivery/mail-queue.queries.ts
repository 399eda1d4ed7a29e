import type { ClientBase } from 'pg';
import type { PlatformPool } from '../../../database/wire/platform-pool.js';
import type { MailFailure, MailSubject } from '../../../generated/prisma/client.js';

/** The channel on which the database announces mail; the payload {@link resendNotice} says that an operator wants it sent at once. */
export const outboxChannel = 'tenantry_outbox';
export const resendNotice = 'resend';

/** A mail whose attempt begins. */
export interface ClaimedMail {
  readonly id: string;
  readonly organizationId: string | null;
  readonly template: string;
  readonly recipient: string;
  readonly content: Buffer;
  /** The number of this attempt. */
  readonly attempts: number;
  readonly createdAt: Date;
  readonly queuedAt: Date;
  readonly linkExpiresAt: Date | null;
  readonly subject: MailSubject | null;
  readonly subjectId: string | null;
}

export interface AdmittedMail {
  readonly id: string;
  readonly template: string;
  readonly dropped: boolean;
}

/** The last turn of a lane. A lane is an organization, or a kind of mail that belongs to none. */
const lane = (table: string): string => `coalesce(${table}.organization_id::text, ${table}.template)`;
const mailbox = (table: string): string => `regexp_replace(${table}.recipient, '[+][^@]*@', '@')`;

/**
 * Gives due mails a turn, or drops new ones whose recipient has got, or gets before them, too many of the kind, and those of an organization to an address
 * from which a mail has bounced. Mails that people need to get at their own account are never dropped for that.
 *
 * Turns are fair (start-time fair queueing): each lane gets one turn after another, beginning with the one that is served at the moment. The mails of a
 * lane with thousands of them alternate with those of every other lane.
 */
const admitSql = `
  with batch as (
    select m.id, m.recipient, ${lane('m')} as lane, ${mailbox('m')} as mailbox, m.template, m.created_at, m.attempts = 0 as is_new,
           m.attempts = 0 and m.organization_id is not null and m.template <> 'break-glass' and exists (
             select from mail_messages e where e.recipient = m.recipient and e.status = 'failed' and e.failure = 'bounced'
                and not exists (select from users u where u.email = m.recipient and u.email_verified_at > e.sent_at)) as bounces
      from mail_messages m where m.status = 'pending' and m.content is not null and coalesce(m.next_attempt_at, '-infinity') <= $1
     order by coalesce(m.next_attempt_at, '-infinity'), m.id limit $2 for update skip locked),
  judged as (
    select b.*, b.bounces or b.is_new and $4::integer > 0 and
           (b.template = any($3::text[]) or
            b.template = any($5::text[]) and not exists (select from users u where u.email = b.recipient and u.email_verified_at is not null)) and
           row_number() over (partition by b.is_new, b.mailbox, b.template order by b.created_at, b.id) +
           (select count(*) from mail_messages s
             where ${mailbox('s')} = b.mailbox and s.template = b.template and s.status <> 'dropped' and (s.status <> 'pending' or s.attempts > 0)
               and s.created_at > b.created_at - interval '1 hour') > $4 as dropped
      from batch b),
  served as (select coalesce(min(q.turn), 0) as turn from mail_messages q where q.status = 'queued'),
  lanes as materialized (
    select l.lane, greatest(served.turn, (select max(q.turn) + 1 from mail_messages q where q.status = 'queued' and ${lane('q')} = l.lane)) as turn
      from (select distinct lane from batch) l cross join served),
  turns as (
    select j.id, j.dropped, j.bounces, l.turn + row_number() over (partition by j.lane, j.dropped order by j.created_at, j.id) - 1 as turn
      from judged j join lanes l on l.lane = j.lane)
  update mail_messages m
     set status = case when t.dropped then 'dropped' else 'queued' end::mail_status, turn = case when not t.dropped then t.turn end,
         content = case when not t.dropped then m.content end, failure = case when t.bounces then 'address_bounced' when t.dropped then 'recipient_limit' else m.failure end
    from turns t where m.id = t.id
  returning m.id, m.template, m.status = 'dropped' as dropped`;

export interface Admission {
  readonly now: Date;
  readonly max: number;
  /** The kinds of mail that are limited. */
  readonly limited: readonly string[];
  /** Those that are limited for an address that is not verified. */
  readonly limitedUntilVerified: readonly string[];
  /** The mails of a limited kind that a recipient gets in an hour; 0 for any number. */
  readonly hourlyLimit: number;
}

/** Admits due mails to the queue. Call it under a lock that all replicas share: the mails of a recipient are counted exactly. */
export async function admitMails(client: ClientBase, { now, max, limited, limitedUntilVerified, hourlyLimit }: Admission): Promise<AdmittedMail[]> {
  await client.query(`select pg_advisory_xact_lock(hashtext('tenantry:mail-admission'))`);
  return (await client.query<AdmittedMail>(admitSql, [now, max, limited, hourlyLimit, limitedUntilVerified])).rows;
}

/** Ends the mails whose link has expired, and those that were attempted and are too old. Erases the content of the former, also if they have failed before. @returns the mails that end */
export async function endMails(pool: PlatformPool, now: Date, oldest: Date): Promise<{ failure: MailFailure }[]> {
  const { rows } = await pool.query<{ failure: MailFailure; ends: boolean }>(
    `with ended as (
       select id, true as expired, status <> 'failed' as ends from mail_messages where content is not null and link_expires_at <= $1 for update skip locked),
     aged as (
       select id, false as expired, true as ends from mail_messages where status in ('pending', 'queued') and failure is not null and queued_at <= $2 for update skip locked)
     update mail_messages m
        set status = 'failed', turn = null, next_attempt_at = null,
            failure = case when e.expired and e.ends then 'link_expired' else m.failure end, content = case when not e.expired then m.content end
       from (select id, bool_or(expired) as expired, bool_and(ends) as ends from (select * from ended union all select * from aged) both_kinds group by id) e where m.id = e.id
     returning m.failure, e.ends`,
    [now, oldest],
  );
  return rows.filter(({ ends }) => ends);
}

/** Begins attempts. Until `until`, no other replica takes the mails over; a pending mail with a turn is being attempted. */
export async function claimMails(pool: PlatformPool, max: number, until: Date): Promise<ClaimedMail[]> {
  const { rows } = await pool.query<ClaimedMail>(
    `update mail_messages m set status = 'pending', attempts = m.attempts + 1, next_attempt_at = $2
       from (select id from mail_messages where status = 'queued' and content is not null order by turn, id limit $1 for update skip locked) c where m.id = c.id
     returning m.id, m.organization_id as "organizationId", m.template, m.recipient, m.content, m.attempts, m.created_at as "createdAt", m.queued_at as "queuedAt",
               m.link_expires_at as "linkExpiresAt", m.subject, m.subject_id as "subjectId"`,
    [max, until],
  );
  return rows;
}

const subjectTables: Readonly<Record<MailSubject, string>> = { invitation: 'invitations', invoice: 'invoices', credit_note: 'credit_notes' };

/** The mail with an earlier link of an invitation may be accepted after a new link was made. */
const hasLastLink = `and not exists (select from mail_messages n where n.organization_id = $1 and n.subject_id = $2 and n.created_at > (select created_at from mail_messages where id = $4))`;

/**
 * Records that the server has accepted a mail, also when the mail was dropped meanwhile. Marks the delivered row first, in a statement of its own: after
 * a crash in between the mail is sent again, and no statement holds locks of two tables.
 */
export async function noteSent(pool: PlatformPool, { id, organizationId, subject, subjectId }: ClaimedMail, now: Date, answer: string): Promise<void> {
  if (subject !== null)
    await pool.query(
      `update ${subjectTables[subject]} s set mailed_at = $3 where s.organization_id = $1 and s.id = $2 and s.mailed_at is null
          ${subject === 'invitation' ? hasLastLink : ''}`,
      [organizationId, subjectId, now, ...(subject === 'invitation' ? [id] : [])],
    );
  await pool.query(
    `update mail_messages set status = 'sent', sent_at = $2, last_answer = $3, content = null, failure = null, next_attempt_at = null, turn = null where id = $1 and status <> 'sent'`,
    [id, now, answer],
  );
}

export interface NotedFailure {
  readonly kind: MailFailure;
  readonly answer: string;
  /** Undefined after the last attempt. */
  readonly nextAttemptAt: Date | undefined;
}

/** Records why an attempt failed, unless the mail has been dropped, or another replica attempts it, meanwhile. */
export async function noteFailed(pool: PlatformPool, { id, attempts }: ClaimedMail, { kind, answer, nextAttemptAt }: NotedFailure): Promise<void> {
  await pool.query(
    `update mail_messages set failure = $3, last_answer = $4, next_attempt_at = $5, turn = null, status = case when $5::timestamptz is null then 'failed' else status end
      where id = $1 and attempts = $2 and status = 'pending'`,
    [id, attempts, kind, answer, nextAttemptAt ?? null],
  );
}

/** Gives a mail back whose attempt was broken off. */
export async function giveBack(pool: PlatformPool, { id, attempts }: ClaimedMail): Promise<void> {
  await pool.query(`update mail_messages set next_attempt_at = null, turn = null where id = $1 and attempts = $2 and status = 'pending'`, [id, attempts]);
}

/** Writes into queued mails why they are not attempted: at most the next thousand, because there may be very many. */
export async function noteWaiting(pool: PlatformPool, { kind, answer, nextAttemptAt }: NotedFailure): Promise<void> {
  await pool.query(
    `update mail_messages m set failure = $1, last_answer = $2, next_attempt_at = $3
       from (select id from mail_messages where status = 'queued' order by turn, id limit 1000 for update skip locked) q where m.id = q.id`,
    [kind, answer, nextAttemptAt],
  );
}

/** The state of the outbox. */
export interface OutboxState {
  readonly waiting: number;
  /** When the mail that has been due for the longest time was written; null if none is due. */
  readonly oldestDue: Date | null;
}

export async function readOutboxState(pool: PlatformPool, now: Date): Promise<OutboxState> {
  const { rows } = await pool.query<OutboxState>(
    `select (select count(*)::integer from mail_messages where status = 'pending') + (select count(*)::integer from mail_messages where status = 'queued') as waiting,
            (select min(due) from (select min(greatest(queued_at, next_attempt_at)) as due from mail_messages where status = 'pending' and coalesce(next_attempt_at, '-infinity') <= $1
                                   union all select min(queued_at) from mail_messages where status = 'queued') d) as "oldestDue"`,
    [now],
  );
  return rows[0] ?? { waiting: 0, oldestDue: null };
}
