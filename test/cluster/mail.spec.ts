import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { FaultySmtp } from '../support/faulty-smtp.js';
import { Replicas } from '../support/replicas.js';

let smtp: FaultySmtp;
let replicas: Replicas;
beforeEach(async () => {
  smtp = await FaultySmtp.open();
  replicas = await Replicas.start(2, { SMTP_URL: smtp.url('socketTimeout=60000'), JOBS_ENABLED: 'true', LOG_LEVEL: 'info' });
}, 60_000);
afterEach(async () => {
  await replicas.end();
  await smtp.stop();
});

const invite = async (email: string): Promise<void> => expect((await replicas.owner(0).post(`${replicas.home}/invitations`, { email, role: 'member' })).status).toBe(201);
const mailTo = async (email: string): Promise<Record<string, any> | undefined> =>
  (await replicas.rows<Record<string, any>>('select * from mail_messages where recipient = $1', email))[0];
const arrived = (email: string, count: number): Promise<number> =>
  eventually(
    async () => smtp.arrived.filter(({ to }) => to === email).length,
    (found) => found >= count,
  );
const linesWith = (text: string): string[] => replicas.processes.flatMap(({ output }) => output.split('\n')).filter((line) => line.includes(text));

it('a mail whose acceptance a killed replica could not note is sent again by another one, with the same Message-ID', async () => {
  const email = 'crash@example.com';
  smtp.fail('dot', 'silence', email);
  await invite(email);
  await arrived(email, 1);
  expect(await mailTo(email)).toMatchObject({ status: 'pending', attempts: 1, failure: null });
  for (const number of [0, 1]) await replicas.replace(number);
  smtp.heal();
  expect(await mailTo(email)).toMatchObject({ status: 'pending', attempts: 1 });
  // The lease ends after 90 seconds.
  await replicas.rows(`update mail_messages set next_attempt_at = next_attempt_at - interval '90 seconds' where recipient = $1`, email);
  await replicas.rows('notify tenantry_outbox');
  expect(await arrived(email, 2)).toBe(2);
  expect(new Set(smtp.arrived.filter(({ to }) => to === email).map(({ messageId }) => messageId)).size).toBe(1);
  expect(
    await eventually(
      () => mailTo(email),
      (mail) => mail?.['status'] === 'sent',
    ),
  ).toMatchObject({ status: 'sent', attempts: 2, content: null });
}, 60_000);

it('two replicas send each of many mails once', async () => {
  const emails = Array.from({ length: 24 }, (_, number) => `many-${number}@example.com`);
  const invitations = emails.map((email) => ({ email, role: 'member' }));
  expect((await replicas.owner(1).post(`${replicas.home}/invitations`, { invitations })).status).toBe(201);
  await eventually(
    () => replicas.rows(`select from mail_messages where template = 'invitation' and status = 'sent'`),
    (rows) => rows.length === 24,
  );
  expect(
    smtp.arrived
      .map(({ to }) => to)
      .filter((to) => to.startsWith('many-'))
      .toSorted(),
  ).toEqual(emails.toSorted());
}, 60_000);

it('the first failure of the mail server is logged as one warning for many mails, and so is that it works again', async () => {
  await smtp.stop();
  for (let number = 0; number < 12; number++) await invite(`down-${number}@example.com`);
  await eventually(
    () => replicas.rows(`select from mail_messages where recipient like 'down-%' and failure = 'unreachable'`),
    (rows) => rows.length === 12,
    20_000,
  );
  const warnings = linesWith('mail is not delivered');
  expect(warnings.length).toBeGreaterThanOrEqual(1);
  expect(warnings.length).toBeLessThanOrEqual(replicas.processes.length);
  expect(warnings[0]).toMatch(/"kind":"unreachable"/);
  expect(warnings[0]).not.toContain('down-');
  await smtp.start();
  await eventually(
    () => replicas.rows(`select from mail_messages where recipient like 'down-%' and status = 'sent'`),
    (rows) => rows.length === 12,
    60_000,
  );
  const recovered = await eventually(
    async () => linesWith('the mail server accepts mail again'),
    (lines) => lines.length === warnings.length,
    60_000,
  );
  expect(recovered).toHaveLength(warnings.length);
}, 180_000);
