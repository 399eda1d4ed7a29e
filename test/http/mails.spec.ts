import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Email } from 'postal-mime';
import type { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { goodPassword, type Person } from '../support/world.js';

// What mails say: in which language, and in whose name (docs/mail.md).

let server: TestServer;
let owner: Person;
beforeAll(async () => {
  server = await startTestServer();
  owner = await server.world.owner({ organization: 'Acme & Sons', verified: true });
});
afterAll(() => server.close());

async function invite(email = server.world.email()): Promise<Email> {
  const message = 'Hello <b>Grace</b>\nsee http://evil.example';
  expect((await owner.api.post(`${owner.home}/invitations`, { email, role: 'member', message })).status).toBe(201);
  return (await server.mailbox.waitFor(email)).mail;
}

/** The mail about a password, which is about a user only. */
async function askForPassword({ email }: Person, count = 1): Promise<Email> {
  await server.api.post('/auth/password/forgot', { email });
  return (await server.mailbox.waitFor(email, '', count)).mail;
}

describe('what a mail says', () => {
  it('a mail is text and HTML of the same words, in the name of the product', async () => {
    const { from, subject, text = '', html = '' } = await invite();
    expect(from).toMatchObject({ name: 'tenantry' });
    expect(subject).toBe('Olive Owner invited you to join Acme & Sons');
    expect(text).toContain('Olive Owner invited you to join Acme & Sons on tenantry with the role Member.');
    expect(html).toContain('Olive Owner invited you to join Acme &amp; Sons on tenantry with the role Member.');
    expect(text).toContain('This email was sent by tenantry for Acme & Sons.');
    expect(text).toContain('> Hello <b>Grace</b>\n> see http: //evil. example');
    expect(html).toContain('Hello &lt;b&gt;Grace&lt;/b&gt;<br>see http: //evil. example</blockquote>');
    expect(html.match(/https?:\/\/[^"<\s]+/g)).toEqual(
      Array.from({ length: 2 }, () => expect.stringMatching(/^https:\/\/app\.tenantry\.test\/invitations\/accept\?token=[\w-]{64}$/)),
    );
  });

  it('a mail of an organization has its branding, while its features include it', async () => {
    const branding = { displayName: 'Acme Learning', logoUrl: 'https://cdn.example/logo.png?a=1&b=2', primaryColor: '#ffee00', supportUrl: 'https://help.acme.example' };
    await owner.api.patch(`${owner.home}/subscription`, { plan: 'enterprise' });
    expect((await owner.api.patch('/tenant/branding', branding)).status).toBe(200);
    const own = await invite();
    expect(own.html).toContain('<img src="https://cdn.example/logo.png?a=1&amp;b=2" alt="Acme Learning"');
    expect(own.html).toContain('bgcolor="#ffee00"');
    expect(own.text).toContain('This email was sent by tenantry for Acme Learning.\n\nHelp: https://help.acme.example');
    await owner.api.patch('/tenant/branding', { logoUrl: 'http://cdn.example/logo.png' });
    expect((await invite()).html).not.toContain('<img');
    await owner.api.patch('/tenant/features', { feature: 'custom_branding', enabled: false });
    const plain = await invite();
    expect(plain.html).not.toContain('#ffee00');
    expect(plain.text).toContain('This email was sent by tenantry for Acme & Sons.');
    expect((await askForPassword(owner)).html).not.toContain('#ffee00');
  });

  it('the language is that of the recipient, otherwise that of the organization', async () => {
    expect((await owner.api.patch(owner.home, { locale: 'de-DE', timezone: 'Europe/Berlin' })).status).toBe(200);
    const invitation = await invite();
    expect(invitation.subject).toBe('Olive Owner lädt Sie zu Acme & Sons ein');
    expect(invitation.html).toContain('<html lang="de" dir="ltr">');
    expect(invitation.text).toMatch(/läuft am \d+\. \p{L}+ \d{4} um \d\d:\d\d ME[SZ]Z? ab/u);
    // Of a mail about a user only, that of the organization which a login selects.
    const member = await server.world.member(owner);
    expect((await member.api.patch('/users/me', { defaultOrganizationId: owner.organizationId })).status).toBe(200);
    expect((await askForPassword(member)).subject).toBe('Setzen Sie Ihr Passwort für tenantry zurück');
    expect((await member.api.patch('/users/me', { locale: 'en-GB' })).body).toMatchObject({ locale: 'en-GB' });
    expect((await askForPassword(member, 2)).subject).toBe('Reset your password for tenantry');
    // A language without texts: that of the organization.
    await member.api.patch('/users/me', { locale: 'fr' });
    expect((await askForPassword(member, 3)).subject).toBe('Setzen Sie Ihr Passwort für tenantry zurück');
    expect((await member.api.patch('/users/me', { locale: null })).body).toMatchObject({ locale: null });
  });

  it.each(['deutsch', 'x', 'en_US.UTF-8', '', 3])('the language %j of a user is refused', async (locale) => {
    expect(await owner.api.patch('/users/me', { locale })).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  });
});

describe('a mail that bounces', () => {
  let operator: Client;
  beforeAll(async () => {
    const email = server.world.email('operator');
    await server.control.createOperator(email);
    operator = server.api.as((await server.api.post('/auth/login', { email, password: goodPassword })).body.accessToken);
  });
  const find = async (email: string, template: string) => {
    const { data } = (await operator.get(`/platform/mails?recipient=${encodeURIComponent(email)}&template=${template}`)).body;
    return data[0];
  };
  /** The mail server has accepted it, and the replica has noted that. */
  async function sent(email: string, template: string): Promise<string> {
    await server.mailbox.waitFor(email);
    const mail = await eventually(
      () => find(email, template),
      ({ status }) => status === 'sent',
    );
    expect(mail).toMatchObject({ status: 'sent' });
    return mail.id;
  }
  const dropped = (email: string) =>
    eventually(
      () => find(email, 'invitation'),
      ({ status }) => status === 'dropped',
    );
  const bounce = (id: string, status: string) => operator.post(`/platform/mails/${id}/bounce`, { status, diagnostic: '550 5.1.1 User unknown' });

  it('shows it to operators and at the invitation, and ends the mails of organizations to the address until the operator drops it', async () => {
    const from = await server.world.owner();
    const email = server.world.email();
    const again = () => from.api.post(`${from.home}/invitations`, { email, role: 'member' });
    const { id: invitationId } = (await again()).body.data[0];
    const id = await sent(email, 'invitation');
    expect(await bounce(id, '5.1.1')).toMatchObject({ status: 200, body: { status: 'failed', failure: 'bounced', lastAnswer: '5.1.1 550 5.1.1 User unknown' } });
    const { data } = (await from.api.get(`${from.home}/invitations`)).body;
    expect(data.find((invitation: { id: string }) => invitation.id === invitationId)).toMatchObject({ mail: { status: 'failed', failure: 'bounced' } });
    // A second report, and one by another server, change nothing.
    expect(await bounce(id, '4.4.7')).toMatchObject({ status: 200, body: { failure: 'bounced' } });
    expect(await operator.post(`/platform/mails/${id}/resend`)).toMatchObject({ status: 409, body: { code: 'mail_content_erased' } });
    await again();
    expect(await dropped(email)).toMatchObject({ failure: 'address_bounced' });
    expect((await operator.post(`/platform/mails/${id}/drop`)).body).toMatchObject({ status: 'dropped' });
    await again();
    await server.mailbox.waitFor(email, 'invited', 2);
  });

  it('does not stop the mails that people need at their own account, and a new proof of the address ends it', async () => {
    const user = await server.world.owner();
    await askForPassword(user);
    expect((await bounce(await sent(user.email, 'reset-password'), '5.1.1')).body).toMatchObject({ failure: 'bounced' });
    await askForPassword(user, 2);
    await owner.api.post(`${owner.home}/invitations`, { email: user.email, role: 'member' });
    expect(await dropped(user.email)).toMatchObject({ failure: 'address_bounced' });
    await user.api.post('/auth/email/resend');
    const { token } = await server.mailbox.waitFor(user.email, 'Confirm');
    expect((await user.api.post('/auth/email/verify', { token })).status).toBe(204);
    await owner.api.post(`${owner.home}/invitations`, { email: user.email, role: 'member' });
    await server.mailbox.waitFor(user.email, 'Acme');
  });

  it.each([
    ['5.7.1', 'content_refused'],
    ['4.4.7', 'deferred'],
  ])('the status %s is %s, which says nothing about the address', async (status, failure) => {
    const email = server.world.email();
    await owner.api.post(`${owner.home}/invitations`, { email, role: 'member' });
    expect((await bounce(await sent(email, 'invitation'), status)).body).toMatchObject({ status: 'failed', failure });
    await owner.api.post(`${owner.home}/invitations`, { email, role: 'member' });
    await server.mailbox.waitFor(email, 'Acme', 2);
  });

  it.each(['2.0.0', '5.1', '550', 'x'])('the status %s is refused', async (status) => {
    expect(await operator.post('/platform/mails/01a21db0-0c18-7010-9be0-158f952d999d/bounce', { status })).toMatchObject({ status: 400 });
  });
});

describe('/dev/mail', () => {
  const name = '2026-11-21T10-00-00-000Z-test.eml';
  const mail = [
    'From: tenantry <no-reply@localhost>',
    'To: grace@example.com',
    'Subject: =?utf-8?Q?<b>Reset</b>?=',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary=x',
    '',
    '--x',
    'Content-Type: text/plain',
    '',
    'Open https://app.example/x?token=1&a=2 <script>',
    '--x',
    'Content-Type: text/html',
    '',
    '<html><head></head><body><script>alert(1)</script><a href="https://app.example">Open</a></body></html>',
    '--x--',
    '',
  ].join('\r\n');
  let viewer: TestServer;
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'tenantry-mails-'));
    await mkdir(path.join(dataDir, 'mail'));
    await writeFile(path.join(dataDir, 'mail', name), mail);
    await writeFile(path.join(dataDir, 'secret.eml'), mail);
    viewer = await startTestServer({ DATA_DIR: dataDir, SMTP_URL: '' });
  });
  afterAll(async () => {
    await viewer.close();
    await rm(dataDir, { recursive: true });
  });
  /** `fetch` sets Host itself. */
  const ask = (target: string, headers: OutgoingHttpHeaders = {}): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; text: string }> =>
    new Promise((resolve, reject) => {
      request(`${viewer.url}${target}`, { headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
      })
        .on('error', reject)
        .end();
    });

  it('lists the mails that were written, and previews of every kind in every language', async () => {
    const { status, headers, text } = await ask('/dev/mail');
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['cache-control']).toBe('no-store');
    expect(text).toContain(`<a href="/dev/mail/files/${name}">&lt;b&gt;Reset&lt;/b&gt;</a>`);
    const previews = [...text.matchAll(/href="(\/dev\/mail\/previews\/[^"]+)"/g)].map(([, target = '']) => target);
    expect(previews.length).toBeGreaterThan(40);
    for (const target of previews) {
      expect([target, (await ask(target)).status]).toEqual([target, 200]);
      expect((await ask(`${target}/html`)).text).toContain('<base target="_blank">');
    }
  });

  it('shows previews alone if mails are sent: those that were written before may be of users', async () => {
    const sending = await startTestServer({ DATA_DIR: dataDir });
    const [list, file, preview] = await Promise.all(['', `/files/${name}`, '/previews/en/welcome'].map((target) => fetch(`${sending.url}/dev/mail${target}`)));
    expect([list?.status, file?.status, preview?.status]).toEqual([200, 404, 200]);
    expect(await list?.text()).not.toContain(name);
    await sending.close();
  });

  it('answers a proxy that does not name itself, by its HTTP/1.0, as a path that does not exist', async () => {
    const { hostname, port } = new URL(viewer.url);
    const socket = connect(Number(port), hostname);
    socket.write(`GET /dev/mail HTTP/1.0\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.[01] 404 /);
  });

  it('shows a mail as text with links, and as HTML that runs nothing', async () => {
    const shown = await ask(`/dev/mail/files/${name}`);
    expect(shown.text).toContain(`<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="HTML" src="/dev/mail/files/${name}/html">`);
    expect(shown.text).toContain('<a href="https://app.example/x?token=1&amp;a=2" target="_blank" rel="noreferrer">');
    expect(shown.text).not.toContain('<script>');
    const { headers, text } = await ask(`/dev/mail/files/${name}/html`);
    expect(text).toContain('<a href="https://app.example">Open</a>');
    expect(headers['content-security-policy']).toMatch(/^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'/);
  });

  it.each([
    ['another host name', '/dev/mail', { host: 'evil.example' }],
    ['a host name that begins like this machine', '/dev/mail', { host: 'localhost.evil.example' }],
    ['a page of another origin', '/dev/mail', { origin: 'https://evil.example' }],
    ['a script of another site', '/dev/mail', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'empty' }],
    ['a proxy', '/dev/mail', { 'x-forwarded-for': '203.0.113.1' }],
    ['a tunnel', '/dev/mail', { forwarded: 'for=203.0.113.1' }],
    ['a preview for another host name', '/dev/mail/previews/en/welcome', { host: 'evil.example' }],
    ['a mail for another host name', `/dev/mail/files/${name}/html`, { host: 'evil.example' }],
    ['a file outside of the folder', '/dev/mail/files/..%2Fsecret.eml', {}],
    ['an unknown mail', '/dev/mail/files/none.eml', {}],
    ['an unknown kind', '/dev/mail/previews/en/toString', {}],
    ['an unknown language', '/dev/mail/previews/xx/welcome', {}],
  ])('answers %s as a path that does not exist', async (_, target, headers) => {
    const refused = await ask(target, headers);
    expect(refused).toMatchObject({ status: 404 });
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'not_found' });
  });
});
