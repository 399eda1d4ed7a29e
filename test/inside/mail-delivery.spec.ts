import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { BounceAddressesService } from '../../src/modules/mail/bounces/bounce-addresses.service.js';
import { PlatformAdminsService } from '../../src/modules/auth/platform/platform-admins.service.js';
import type { Client } from '../support/client.js';
import { FaultySmtp, type Fault, type SmtpStep } from '../support/faulty-smtp.js';
import { SetClock } from '../support/jobs.js';
import { itInBothRuns, some } from '../support/rounds.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { startTestServer, type TestServer } from '../support/server.js';
import type { Person } from '../support/world.js';

interface Mail {
  readonly id: string;
  readonly status: string;
  readonly failure: string | null;
  readonly attempts: number;
  readonly content: Buffer | null;
  readonly last_answer: string | null;
  readonly next_attempt_at: Date | null;
}

const passphrase = 'a long operator passphrase';
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
/** The time after which another replica takes over a mail whose attempt has begun. */
const lease = 90_000;
let database: ScratchDatabase;
let look: pg.Pool;
let smtp: FaultySmtp;
let server: TestServer;
let operator: Client;
const clock = new SetClock(new Date());
beforeAll(async () => {
  database = await scratchDatabase();
  look = new pg.Pool({ connectionString: database.platform });
  smtp = await FaultySmtp.open();
  server = await startTestServer({ SMTP_URL: smtp.url(), MAIL_HOURLY_LIMIT: '0', MAIL_BOUNCE_ADDRESS: 'bounces@app.test' }, database, { clock });
  await server.app.get(PlatformAdminsService).createFirstPlatformAdmin('operator@example.com', passphrase);
  operator = server.api.as((await server.api.post('/auth/login', { email: 'operator@example.com', password: passphrase })).body.accessToken);
});
beforeEach(() => void (clock.time = new Date()));
afterEach(async () => {
  smtp.heal();
  await look.query(`update mail_messages set status = 'dropped', content = null, turn = null where status in ('pending', 'queued')`);
  await look.query('notify tenantry_outbox');
});
afterAll(async () => {
  await server.close();
  await smtp.stop();
  await look.end();
  await database.drop();
});

const mailsTo = async (recipient: string): Promise<Mail[]> => (await look.query<Mail>('select * from mail_messages where recipient = $1 order by created_at', [recipient])).rows;
/** Waits until the mail to an address is as wanted. */
const mailTo = (recipient: string, wanted: (mail: Mail) => boolean, patience?: number): Promise<Mail> =>
  eventually(
    async () => (await mailsTo(recipient)).at(-1) as Mail,
    (mail) => mail !== undefined && wanted(mail),
    patience,
  );
const failedOnce = ({ failure }: Mail): boolean => failure !== null;
const isSent = ({ status }: Mail): boolean => status === 'sent';
async function pass(milliseconds: number): Promise<void> {
  clock.time = new Date(clock.now().getTime() + milliseconds);
  await look.query('notify tenantry_outbox');
}
async function invite(owner: Person, ...emails: string[]): Promise<{ id: string }[]> {
  const { status, body, text } = await owner.api.post(`${owner.home}/invitations`, { invitations: emails.map((email) => ({ email, role: 'member' })) });
  if (status !== 201) throw new Error(text);
  return body.data;
}
const stranger = (): string => server.world.email('invited');
async function inviteStranger(): Promise<string> {
  const email = stranger();
  await invite(await server.world.owner(), email);
  return email;
}
const metric = async (name: string): Promise<number> =>
  Number(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\S+)$`, 'm').exec((await server.api.get('//metrics')).text)?.[1] ?? 'NaN');

/** One of each step and each kind of failure first. */
const passing: readonly [string, SmtpStep, Fault, string][] = [
  ['drops each connection', 'greeting', 'drop', 'unreachable'],
  ['is silent after DATA', 'DATA', 'silence', 'timeout'],
  ['defers the sender with 451', 'MAIL', '451 try again later', 'deferred'],
  ['refuses the sender with 550', 'MAIL', '550 not from you', 'sender_refused'],
  ['answers 421 to the recipient', 'RCPT', '421 closing', 'unreachable'],
  ['has a full disk', 'DATA', '452 insufficient storage', 'deferred'],
  ['defers the content with 451', 'dot', '451 try again later', 'deferred'],
  ['drops the connection after the content', 'dot', 'drop', 'unreachable'],
  ['is silent after the connection', 'greeting', 'silence', 'timeout'],
  ['is silent after the content', 'dot', 'silence', 'timeout'],
  ['closes each connection with 421', 'greeting', '421 too busy', 'unreachable'],
  ['refuses the session with 554', 'greeting', '554 no service here', 'unreachable'],
  ['defers the recipient with 450', 'RCPT', '450 mailbox busy', 'deferred'],
];
describe('passing failures', () => {
  const cases = passing.map(([what, step, fault, kind]) => ({ what, step, fault, kind }));
  itInBothRuns.each(some(cases, 8))('a mail is kept and sent later when the server $what', async ({ step, fault, kind }) => {
    smtp.fail(step, fault);
    const email = await inviteStranger();
    const failed = await mailTo(email, failedOnce);
    expect(failed).toMatchObject({ failure: kind, content: expect.any(Buffer) });
    expect(['pending', 'queued']).toContain(failed.status);
    expect(failed.last_answer).toContain(fault === 'silence' || fault === 'drop' ? '' : fault.slice(0, 3));
    smtp.heal();
    await pass(2 * minute);
    expect(await mailTo(email, isSent)).toMatchObject({ status: 'sent', failure: null, content: null, last_answer: '250 2.0.0 queued as 4711' });
    expect(smtp.accepted.filter(({ to }) => to === email)).toHaveLength(1);
  });

  it('the pauses between attempts grow to an hour, and the mail fails after five days with its content', async () => {
    smtp.fail('RCPT', '450 later');
    const email = await inviteStranger();
    const pauses: number[] = [];
    let mail = await mailTo(email, failedOnce);
    for (let guard = 0; mail.status !== 'failed' && guard < 300; guard++) {
      const next = (mail.next_attempt_at as Date).getTime();
      pauses.push(next - clock.now().getTime());
      const { attempts } = mail;
      await pass(next - clock.now().getTime());
      mail = await mailTo(email, (now) => now.attempts > attempts && now.next_attempt_at?.getTime() !== clock.now().getTime() + lease);
    }
    expect(mail).toMatchObject({ status: 'failed', failure: 'deferred', content: expect.any(Buffer), next_attempt_at: null });
    for (const [at, seconds] of [30, 60, 120, 240].entries()) {
      expect(pauses[at]).toBeGreaterThanOrEqual(seconds * 800);
      expect(pauses[at]).toBeLessThanOrEqual(seconds * 1200);
    }
    expect(Math.max(...pauses)).toBeLessThanOrEqual(1.2 * hour);
    expect(pauses.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(4.9 * day);
  });
});

const final: readonly [string, SmtpStep, Fault, string][] = [
  ['the recipient with 550', 'RCPT', '550 no such user', 'recipient_refused'],
  ['the content with 554', 'dot', '554 not wanted', 'content_refused'],
  ['the size with 552', 'MAIL', '552 too large', 'content_refused'],
];
describe('permanent failures', () => {
  it.each(final)('a mail fails at once, and keeps its content, when the server refuses %s', async (_what, step, fault, kind) => {
    smtp.fail(step, fault);
    const email = await inviteStranger();
    expect(await mailTo(email, ({ status }) => status === 'failed')).toMatchObject({
      status: 'failed',
      failure: kind,
      attempts: 1,
      content: expect.any(Buffer),
      last_answer: expect.stringContaining(fault),
    });
    smtp.heal();
    await pass(2 * hour);
    const other = await inviteStranger();
    await mailTo(other, isSent);
    expect(await mailsTo(email)).toMatchObject([{ status: 'failed', attempts: 1 }]);
  });
});

describe('answers that PostgreSQL cannot store as they are', () => {
  const odd = 'odd \0 answer \u{1f600}'.padEnd(700, '\u{1f600}');

  it('a mail that the server accepts with one is sent once', async () => {
    smtp.fail('dot', `250 ${odd}`);
    const email = await inviteStranger();
    expect(await mailTo(email, isSent)).toMatchObject({ attempts: 1, content: null, last_answer: expect.stringMatching(/^250 odd {1,2}answer/) });
    await pass(2 * lease);
    await mailTo(await inviteStranger(), isSent);
    expect(smtp.arrived.filter(({ to }) => to === email)).toHaveLength(1);
  });

  it.each([
    ['refuses', 550, 'failed', 'recipient_refused'],
    ['defers', 450, 'pending', 'deferred'],
  ])('a mail that the server %s with one says so', async (_what, code, status, failure) => {
    smtp.fail('RCPT', `${code} ${odd}`);
    expect(await mailTo(await inviteStranger(), failedOnce)).toMatchObject({ status, failure, attempts: 1, last_answer: expect.stringContaining(`${code} odd`) });
  });
});

describe('mails that are useless', () => {
  it('a mail whose link has expired is not sent, and its content is erased', async () => {
    smtp.fail('RCPT', '450 later');
    const email = await inviteStranger();
    await look.query(`update mail_messages set link_expires_at = now() + interval '10 minutes' where recipient = $1`, [email]);
    await mailTo(email, failedOnce);
    smtp.heal();
    await pass(11 * minute);
    expect(await mailTo(email, ({ status }) => status === 'failed')).toMatchObject({ status: 'failed', failure: 'link_expired', content: null });
    expect(smtp.accepted.filter(({ to }) => to === email)).toEqual([]);
  });

  it('the unsent mail of an invitation is withdrawn when it is sent again or revoked', async () => {
    smtp.fail('RCPT', '450 later');
    const owner = await server.world.owner();
    const email = stranger();
    const [invitation] = await invite(owner, email);
    await mailTo(email, failedOnce);
    expect((await owner.api.post(`${owner.home}/invitations/${invitation?.id}/resend`)).status).toBe(200);
    await mailTo(email, failedOnce);
    expect(await mailsTo(email)).toMatchObject([{ status: 'dropped', failure: 'withdrawn', content: null }, { status: 'pending' }]);
    expect((await owner.api.delete(`${owner.home}/invitations/${invitation?.id}`)).status).toBe(204);
    expect(await mailsTo(email)).toMatchObject([{ status: 'dropped' }, { status: 'dropped', failure: 'withdrawn', content: null }]);
    smtp.heal();
    await pass(2 * hour);
    await mailTo(await inviteStranger(), isSent);
    expect(smtp.accepted.filter(({ to }) => to === email)).toEqual([]);
  });
});

describe('what the inviter sees', () => {
  const shown = async (owner: Person): Promise<Record<string, unknown>> => (await owner.api.get(`${owner.home}/invitations`)).body.data[0];
  const eventuallyShown = (owner: Person, status: string): Promise<Record<string, any>> =>
    eventually(
      () => shown(owner),
      ({ mail }) => (mail as { status: string }).status === status,
    );

  it('an invitation is sent only when the server has accepted its mail', async () => {
    const owner = await server.world.owner();
    const email = stranger();
    smtp.fail('RCPT', '450 later');
    expect(await invite(owner, email)).toMatchObject([{ sentAt: null, mail: { status: 'queued', failure: null, nextAttemptAt: null } }]);
    const failed = await mailTo(email, failedOnce);
    expect(await shown(owner)).toMatchObject({ sentAt: null, mail: { status: 'queued', failure: 'deferred', nextAttemptAt: failed.next_attempt_at?.toISOString() } });
    smtp.heal();
    await pass(2 * minute);
    expect(await eventuallyShown(owner, 'sent')).toMatchObject({ sentAt: clock.now().toISOString(), mail: { status: 'sent', failure: null, nextAttemptAt: null } });
  });

  it('an invitation whose address is refused says so, and is sent again with a new link', async () => {
    const owner = await server.world.owner();
    const email = stranger();
    smtp.fail('RCPT', '550 no such user');
    const [invitation] = await invite(owner, email);
    expect(await eventuallyShown(owner, 'failed')).toMatchObject({ sentAt: null, mail: { status: 'failed', failure: 'recipient_refused', nextAttemptAt: null } });
    smtp.heal();
    const resent = await owner.api.post(`${owner.home}/invitations/${invitation?.id}/resend`);
    expect(resent.body).toMatchObject({ sentAt: null, mail: { status: 'queued' } });
    expect(await eventuallyShown(owner, 'sent')).toMatchObject({ sentAt: clock.now().toISOString() });
    const again = await owner.api.post(`${owner.home}/invitations/${invitation?.id}/resend`);
    expect(again.body).toMatchObject({ sentAt: null, mail: { status: 'queued' } });
  });

  it('an invitation by link has no mail', async () => {
    const owner = await server.world.owner();
    const { body } = await owner.api.post(`${owner.home}/invitations`, { email: stranger(), role: 'member', delivery: 'link' });
    expect(body.data).toMatchObject([{ sentAt: null, mail: null }]);
    expect(await shown(owner)).toMatchObject({ sentAt: null, mail: null });
  });
});

describe('the operator', () => {
  const listed = async (query: string): Promise<Record<string, any>[]> => {
    const { status, body, text } = await operator.get(`/platform/mails?${query}`);
    if (status !== 200) throw new Error(text);
    return body.data;
  };
  async function refused(): Promise<{ email: string; id: string; owner: Person; invitationId: string }> {
    const owner = await server.world.owner();
    const email = stranger();
    smtp.fail('RCPT', '550 no such user', email);
    const [invitation] = await invite(owner, email);
    const { id } = await mailTo(email, ({ status }) => status === 'failed');
    smtp.heal();
    return { email, id, owner, invitationId: invitation?.id ?? '' };
  }

  it('finds mails by status, failure, kind, organization and recipient, page by page, without their content', async () => {
    const { email, id, owner, invitationId } = await refused();
    const organization = `organizationId=${owner.organizationId}`;
    const others = [stranger(), stranger()];
    await invite(owner, ...others);
    for (const other of others) await mailTo(other, isSent);
    const mail = {
      id,
      organizationId: owner.organizationId,
      template: 'invitation',
      recipient: email,
      status: 'failed',
      failure: 'recipient_refused',
      lastAnswer: '550 no such user',
      attempts: 1,
      nextAttemptAt: null,
      linkExpiresAt: expect.any(String),
      subject: 'invitation',
      subjectId: invitationId,
      createdAt: expect.any(String),
      sentAt: null,
    };
    expect(await listed(`recipient=${email}`)).toEqual([mail]);
    expect(await listed(`${organization}&status=failed`)).toEqual([mail]);
    expect(await listed(`${organization}&failure=recipient_refused&template=invitation`)).toEqual([mail]);
    expect((await operator.get(`/platform/mails/${id}`)).body).toEqual(mail);
    expect((await listed(`${organization}&status=sent`)).map(({ recipient }) => recipient).toSorted()).toEqual(others.toSorted());
    expect(await listed(`${organization}&status=queued`)).toEqual([]);
    const first = (await operator.get(`/platform/mails?${organization}&limit=2&count=true`)).body;
    expect(first).toMatchObject({ total: 3, nextCursor: expect.any(String) });
    const second = (await operator.get(`/platform/mails?${organization}&limit=2&cursor=${first.nextCursor}`)).body;
    expect([...first.data, ...second.data]).toHaveLength(3);
    expect(second.data).toEqual([mail]);
    expect((await owner.api.get('/platform/mails')).status).toBe(403);
  });

  it('sends a failed mail again: the same mail, with the same link and Message-ID', async () => {
    const { email, id, owner } = await refused();
    expect((await operator.post(`/platform/mails/${id}/resend`)).body).toMatchObject({ status: 'queued', nextAttemptAt: null });
    await mailTo(email, isSent);
    const [sent] = smtp.accepted.filter(({ to }) => to === email);
    expect(sent?.messageId).toContain(id);
    expect(sent?.from).toMatch(/^bounces\+\w{48}@app\.test$/);
    expect(server.app.get(BounceAddressesService).findMail(`To: <${sent?.from}>`)).toBe(id);
    expect((await owner.api.get(`${owner.home}/invitations`)).body.data[0]).toMatchObject({ sentAt: clock.now().toISOString(), mail: { status: 'sent' } });
    expect(await operator.post(`/platform/mails/${id}/resend`)).toMatchObject({ status: 409, body: { code: 'mail_content_erased' } });
    expect(await operator.post(`/platform/mails/${id}/drop`)).toMatchObject({ status: 409, body: { code: 'mail_sent' } });
  });

  it('attempts a deferred mail at once', async () => {
    smtp.fail('RCPT', '450 later');
    const email = await inviteStranger();
    const { id } = await mailTo(email, failedOnce);
    smtp.heal();
    expect((await operator.post(`/platform/mails/${id}/resend`)).status).toBe(200);
    expect(await mailTo(email, isSent)).toMatchObject({ status: 'sent', attempts: 2 });
  });

  it('does not send a mail whose link has expired', async () => {
    const { email, id } = await refused();
    await pass(8 * day);
    expect(await mailTo(email, ({ content }) => content === null)).toMatchObject({ status: 'failed', failure: 'recipient_refused', content: null });
    expect(await operator.post(`/platform/mails/${id}/resend`)).toMatchObject({ status: 409, body: { code: 'mail_link_expired' } });
    expect(smtp.accepted.filter(({ to }) => to === email)).toEqual([]);
  });

  it('drops a mail, whose content is erased', async () => {
    smtp.fail('RCPT', '450 later');
    const email = await inviteStranger();
    const { id } = await mailTo(email, failedOnce);
    for (const _ of [1, 2])
      expect(await operator.post(`/platform/mails/${id}/drop`)).toMatchObject({ status: 200, body: { status: 'dropped', failure: 'dropped_by_operator', nextAttemptAt: null } });
    expect(await mailsTo(email)).toMatchObject([{ content: null }]);
    expect(await operator.post(`/platform/mails/${id}/resend`)).toMatchObject({ status: 409, body: { code: 'mail_content_erased' } });
    smtp.heal();
    await pass(hour);
    await mailTo(await inviteStranger(), isSent);
    expect(smtp.accepted.filter(({ to }) => to === email)).toEqual([]);
  });

  it('a mail that does not exist is not found', async () => {
    for (const call of [operator.get('/platform/mails/01a21db0-0c18-7010-9be0-158f952d9990'), operator.post('/platform/mails/01a21db0-0c18-7010-9be0-158f952d9990/resend')])
      expect(await call).toMatchObject({ status: 404, body: { code: 'mail_not_found' } });
  });
});

describe('a server that is down', () => {
  it('mails wait without using up attempts, say why, and are all sent once it answers', async () => {
    await smtp.stop();
    const owner = await server.world.owner();
    const emails = Array.from({ length: 20 }, stranger);
    await invite(owner, ...emails);
    const waiting = async (): Promise<Mail[]> => (await Promise.all(emails.map(mailsTo))).flat();
    const noted = await eventually(waiting, (mails) => mails.every(failedOnce), 20_000);
    expect(noted.every(({ failure }) => failure === 'unreachable')).toBe(true);
    expect(Math.max(...noted.map(({ attempts }) => attempts))).toBeLessThanOrEqual(1);
    expect(noted.reduce((sum, { attempts }) => sum + attempts, 0)).toBeLessThanOrEqual(5);
    expect(await metric('tenantry_mail_server_failing')).toBe(1);
    expect(await metric('tenantry_mail_queued')).toBe(20);
    expect(await metric('tenantry_mail_failed_attempts_total{kind="unreachable"}')).toBeGreaterThan(0);
    await smtp.start();
    await pass(2 * minute);
    const sent = await eventually(waiting, (mails) => mails.every(isSent), 40_000);
    expect(new Set(sent.map(({ status }) => status))).toEqual(new Set(['sent']));
    expect(await metric('tenantry_mail_server_failing')).toBe(0);
    expect(await metric('tenantry_mail_queued')).toBe(0);
    expect(await metric('tenantry_mail_oldest_due_age_seconds')).toBe(0);
  }, 60_000);
});

describe('order', () => {
  it('a mail that always breaks the connection does not hold up the mails of others', async () => {
    const poison = stranger();
    smtp.fail('dot', 'drop', poison);
    await invite(await server.world.owner(), poison);
    await mailTo(poison, failedOnce);
    const others = await Promise.all([inviteStranger(), inviteStranger(), inviteStranger()]);
    for (const email of others) expect(await mailTo(email, isSent)).toMatchObject({ attempts: 1 });
    expect(await mailTo(poison, failedOnce)).toMatchObject({ status: 'pending', failure: 'unreachable' });
  });

  it('mails are delivered at the same time as one whose recipient makes the server hang', async () => {
    const hanging = stranger();
    smtp.fail('dot', 'silence', hanging);
    await invite(await server.world.owner(), hanging);
    await eventually(
      async () => smtp.arrived.some(({ to }) => to === hanging),
      (arrived) => arrived,
    );
    const other = await inviteStranger();
    await mailTo(other, isSent);
    expect((await mailTo(hanging, () => true)).status).toBe('pending');
  });

  it('the mails of an organization with very many alternate with those of others', async () => {
    const [many, few] = [await server.world.owner(), await server.world.owner()];
    const slow = await startTestServer({ SMTP_URL: smtp.url('maxConnections=1'), MAIL_HOURLY_LIMIT: '0' }, database);
    try {
      smtp.fail('greeting', '421 not yet');
      const bulk = Array.from({ length: 20 }, stranger);
      await invite(many, ...bulk);
      await mailTo(bulk.at(-1) as string, failedOnce);
      const late = [stranger(), stranger(), stranger()];
      for (const email of late) await invite(few, email);
      await eventually(
        async () => (await look.query(`select from mail_messages where status = 'queued'`)).rowCount,
        (count) => count === 23,
      );
      const before = smtp.accepted.length;
      smtp.heal();
      for (const email of [...late, ...bulk]) await mailTo(email, isSent, 60_000);
      const order = smtp.accepted.slice(before).map(({ to }) => to);
      expect(order).toHaveLength(23);
      for (const email of late) expect(order.indexOf(email)).toBeLessThan(8);
    } finally {
      await slow.close();
    }
  }, 90_000);
});
