import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { SecretBox } from '../../src/common/crypto/secret-box.js';
import type { Answer } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { testSecret } from '../support/secret.js';
import { startTestServer, type TestServer } from '../support/http.js';
import type { Person } from '../support/world.js';
import { tagOf, versionOf } from '../support/versions.js';

let server: TestServer;
let database: pg.Pool;
beforeAll(async () => {
  server = await startTestServer();
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
});
afterAll(async () => {
  await database.end();
  await server.close();
});

const refusal = ({ status, body }: Answer): unknown => ({ status, code: body?.code });
const setPlan = (person: Person, plan: string): Promise<unknown> => database.query('update organizations set plan = $2 where id = $1', [person.organizationId, plan]);
const stored = async (table: string, { organizationId }: Person): Promise<string> =>
  JSON.stringify((await database.query(`select to_jsonb(t) as row from ${table} t where organization_id = $1`, [organizationId])).rows);

describe('custom settings', () => {
  const custom = '/tenant/custom-settings';

  // The examples of RFC 7396, appendix A, whose target and result are objects.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [{ a: { b: 1, c: { d: 2 } } }, { a: { c: { e: 3 } } }, { a: { b: 1, c: { d: 2, e: 3 } } }],
    [{ a: 1 }, { a: { b: { c: null } } }, { a: { b: {} } }],
    [{ a: 1 }, {}, { a: 1 }],
    [{}, { a: [null, { b: null }], b: false, c: 0, d: '', e: 1.5e-7 }, { a: [null, { b: null }], b: false, c: 0, d: '', e: 1.5e-7 }],
  ])('custom settings %j patched with %j are %j', async (target, patch, result) => {
    const { api } = await server.world.owner();
    await api.patch(custom, target);
    expect(await api.patch(custom, patch, { headers: { 'content-type': 'application/merge-patch+json' } })).toMatchObject({ status: 200, body: result });
    const { body, headers } = await api.get(custom);
    expect(body).toEqual(result);
    expect(versionOf({ headers })).toBe(2);
  });

  it('custom settings accept exactly 64 KiB of JSON in UTF-8', async () => {
    const { api } = await server.world.owner();
    const room = 64 * 1024 - '{"a":""}'.length;
    expect((await api.patch(custom, { a: 'x'.repeat(room) })).status).toBe(200);
    const tooLarge = { status: 413, code: 'custom_settings_too_large' };
    expect(await api.patch(custom, { a: 'x'.repeat(room + 1) })).toMatchObject({ status: 413, body: { code: 'custom_settings_too_large', bytes: 65_537, maxBytes: 65_536 } });
    expect(refusal(await api.patch(custom, { a: 'é'.repeat(room / 2 + 1) }))).toEqual(tooLarge);
    expect(refusal(await api.patch(custom, { b: 1 }))).toEqual(tooLarge);
    expect((await api.get(custom)).body).toEqual({ a: 'x'.repeat(room) });
    expect((await api.patch(custom, { a: null, b: 'é'.repeat(room / 2) })).status).toBe(200);
  });

  it.each([
    '[]',
    '"x"',
    'null',
    '1',
    '{"__proto__":{"x":1}}',
    '{"a":{"__proto__":{"x":1}}}',
    '{"a":[{"__proto__":{"x":1}}]}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"\\u005f_proto__":{"x":1}}',
    '{"a":1,"a":2}',
    '{"a":"\\u0000"}',
    '{"a\\u0000":1}',
    '{"a":["\\ud800"]}',
    `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`,
    '{"a":NaN}',
  ])('custom settings refuse %s', async (raw) => {
    const { api } = await server.world.owner();
    expect((await api.patch(custom, undefined, { raw })).status).toBe(400);
    expect((await api.get(custom)).body).toEqual({});
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('custom settings keep any other text, and keys that look like internal ones', async () => {
    const { api } = await server.world.owner();
    const document = { '': 'empty', 'ключ 😀': '\u0001\n\\u0000', organizationId: 'mine', version: 99, toString: 'x', "'; drop table users; --": [[[]]] };
    await api.patch(custom, document);
    expect((await api.get(custom)).body).toEqual(document);
  });

  it('a change of custom settings with an outdated ETag is refused', async () => {
    const { api } = await server.world.owner();
    const { headers } = await api.patch(custom, { a: 1 });
    await api.patch(custom, { a: 2 });
    expect(refusal(await api.patch(custom, { a: 3 }, { headers: { 'if-match': headers.get('etag') ?? '' } }))).toEqual({ status: 412, code: 'version_conflict' });
    expect((await api.get(custom)).body).toEqual({ a: 2 });
  });
});

describe('integrations', () => {
  const integrations = '/tenant/integrations';
  const state = { set: true, updatedAt: expect.any(String) };

  it('secrets of integrations are stored encrypted and never returned', async () => {
    const owner = await server.world.owner();
    const [token, hook] = [`token-${randomBytes(9).toString('hex')}`, `hook-${randomBytes(9).toString('hex')}`];
    const made = await owner.api.patch(integrations, { slack: { config: { channel: '#general' }, secrets: { token, hook } } });
    expect(made).toMatchObject({ status: 200, body: { slack: { enabled: true, config: { channel: '#general' }, secrets: { token: state, hook: state } } } });
    const texts = [
      made,
      await owner.api.get(integrations),
      await owner.api.patch(integrations, { slack: { enabled: false } }),
      await owner.api.patch(integrations, { slack: { secrets: { token: 5 } } }),
    ];
    const rows = [await stored('integration_secrets', owner), await stored('settings_documents', owner)];
    for (const secret of [token, hook])
      for (const form of [secret, Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('hex')])
        for (const text of [...texts.map((answer) => answer.text), ...rows]) expect(text).not.toContain(form);
    const { rows: sealed } = await database.query<{ name: string; sealed: Buffer }>('select name, sealed from integration_secrets where organization_id = $1 order by name', [
      owner.organizationId,
    ]);
    const open = (box: SecretBox): string[] => sealed.map((row) => box.open(row.sealed));
    expect(open(new SecretBox(testSecret, 'integration'))).toEqual([hook, token]);
    expect(() => open(new SecretBox(`${testSecret}!`, 'integration'))).toThrow(/authenticate/);
    expect(() => open(new SecretBox(testSecret, 'mail'))).toThrow(/authenticate/);
  });

  it('integrations are merged, and null removes a secret or an integration', async () => {
    const owner = await server.world.owner();
    await owner.api.patch(integrations, { slack: { config: { channel: '#a', team: 'x' }, secrets: { one: '1', two: '2' } }, jira: { enabled: false, secrets: { three: '3' } } });
    expect((await owner.api.patch(integrations, { slack: { config: { channel: '#b', team: null }, secrets: { one: null } } })).body).toEqual({
      slack: { enabled: true, config: { channel: '#b' }, secrets: { two: state } },
      jira: { enabled: false, config: {}, secrets: { three: state } },
    });
    expect((await owner.api.patch(integrations, { slack: null })).body).toEqual({ jira: { enabled: false, config: {}, secrets: { three: state } } });
    expect((await owner.api.patch(integrations, { slack: {}, nothing: null })).body.slack).toEqual({ enabled: true, config: {}, secrets: {} });
    const { rows } = await database.query('select integration, name from integration_secrets where organization_id = $1', [owner.organizationId]);
    expect(rows).toEqual([{ integration: 'jira', name: 'three' }]);
  });

  it('a new secret of an integration replaces the previous one', async () => {
    const owner = await server.world.owner();
    for (const token of ['first', 'second']) await owner.api.patch(integrations, { slack: { secrets: { token } } });
    const { rows } = await database.query<{ sealed: Buffer }>('select sealed from integration_secrets where organization_id = $1', [owner.organizationId]);
    expect(rows.map(({ sealed }) => new SecretBox(testSecret, 'integration').open(sealed))).toEqual(['second']);
  });

  it('integrations keep their secrets when a change is refused', async () => {
    const owner = await server.world.owner();
    await owner.api.patch(integrations, { slack: { secrets: { token: 'first' } } });
    expect(refusal(await owner.api.patch(integrations, { slack: { secrets: { token: 'second' } } }, { headers: { 'if-match': tagOf(9, owner) } }))).toEqual({
      status: 412,
      code: 'version_conflict',
    });
    expect((await owner.api.patch(integrations, { slack: { config: { a: 'x'.repeat(70_000) }, secrets: { token: 'third' } } })).status).toBe(413);
    expect((await owner.api.patch(integrations, { slack: { secrets: { token: 'fourth' } }, Bad: {} })).status).toBe(400);
    const { rows } = await database.query<{ sealed: Buffer }>('select sealed from integration_secrets where organization_id = $1', [owner.organizationId]);
    expect(rows.map(({ sealed }) => new SecretBox(testSecret, 'integration').open(sealed))).toEqual(['first']);
  });

  it.each([
    [{ slack: true }, '/slack'],
    [{ slack: [] }, '/slack'],
    [{ Slack: {} }, '/Slack'],
    [{ 'a/b': {} }, '/a~1b'],
    [{ slack: { token: 'x' } }, '/slack/token'],
    [{ slack: { enabled: 'yes' } }, '/slack/enabled'],
    [{ slack: { enabled: null } }, '/slack/enabled'],
    [{ slack: { config: null } }, '/slack/config'],
    [{ slack: { config: 'x' } }, '/slack/config'],
    [{ slack: { secrets: 'x' } }, '/slack/secrets'],
    [{ slack: { secrets: null } }, '/slack/secrets'],
    [{ slack: { secrets: { token: 5 } } }, '/slack/secrets/token'],
    [{ slack: { secrets: { token: '' } } }, '/slack/secrets/token'],
    [{ slack: { secrets: { token: { set: true } } } }, '/slack/secrets/token'],
    [{ slack: { secrets: { token: 'x'.repeat(8193) } } }, '/slack/secrets/token'],
    [{ slack: { secrets: { 'Bad Name': 'x' } } }, '/slack/secrets/Bad Name'],
  ])('integrations refuse the body %.60j', async (body, pointer) => {
    const { api } = await server.world.owner();
    expect(await api.patch(integrations, body)).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ pointer }] } });
    expect((await api.get(integrations)).body).toEqual({});
  });

  it('an organization can have at most fifty integrations', async () => {
    const { api } = await server.world.owner();
    const many = (count: number): Record<string, object> => Object.fromEntries(Array.from({ length: count }, (_, index) => [`i${index}`, {}]));
    expect(refusal(await api.patch(integrations, many(51)))).toEqual({ status: 422, code: 'too_many_integrations' });
    expect((await api.patch(integrations, many(50))).status).toBe(200);
    expect(refusal(await api.patch(integrations, { another: {} }))).toEqual({ status: 422, code: 'too_many_integrations' });
  });
});

describe('compliance', () => {
  const compliance = '/tenant/compliance';
  const nothing = { coppa: false, ferpa: false, gdpr: false, dataRetentionDays: null };

  it('compliance is off by default, and data is kept permanently without a retention period', async () => {
    const { api } = await server.world.owner();
    expect((await api.get(compliance)).body).toEqual(nothing);
    expect((await api.patch(compliance, { coppa: true, dataRetentionDays: 30 })).body).toEqual({ ...nothing, coppa: true, dataRetentionDays: 30 });
    expect((await api.patch(compliance, { gdpr: true, dataRetentionDays: null })).body).toEqual({ ...nothing, coppa: true, gdpr: true });
  });

  it.each([
    { dataRetentionDays: 0 },
    { dataRetentionDays: -1 },
    { dataRetentionDays: 1.5 },
    { dataRetentionDays: '30' },
    { dataRetentionDays: 36_501 },
    { gdpr: 'yes' },
    { gdpr: null },
    { hipaa: true },
  ])('compliance refuses the body %j', async (patch) => {
    const { api } = await server.world.owner();
    expect(refusal(await api.patch(compliance, patch))).toEqual({ status: 400, code: 'validation_failed' });
    expect((await api.get(compliance)).body).toEqual(nothing);
  });

  const invite = async (person: Person, { closed, expires }: { closed?: string; expires: string }): Promise<string> => {
    const email = server.world.email('kept');
    await server.world.invitationToken(person, email);
    await database.query(`update invitations set expires_at = $2, closed_at = $3, status = $4 where email = $1`, [
      email,
      expires,
      closed ?? null,
      closed === undefined ? 'pending' : 'revoked',
    ]);
    return email;
  };
  const mailName = (status: string, created: string): string => `${status}-${created.slice(0, 10)}@kept.test`;
  const mail = async ({ organizationId }: Person, status: string, created: string): Promise<void> =>
    void (await database.query(
      `insert into mail_messages (organization_id, id, template, recipient, status, created_at) values ($1, gen_random_uuid(), 'invitation', $2, $3, $4)`,
      [organizationId, mailName(status, created), status, created],
    ));
  const ask = async ({ organizationId }: Person, userId: string, decided: string | null): Promise<void> =>
    void (await database.query(
      `insert into join_requests (organization_id, id, user_id, email, name, status, created_at, decided_at) values ($1, gen_random_uuid(), $2, 'x@example.com', 'X', $3, '2020-01-01', $4)`,
      [organizationId, userId, decided === null ? 'pending' : 'declined', decided],
    ));

  it('the nightly job applies each organization’s retention period once across replicas', async () => {
    const [kept30, keepsAll] = await server.world.twoTenants();
    const night = new Date('2032-02-01T03:50:00Z');
    const [old, fresh] = ['2031-12-01T00:00:00Z', '2032-01-20T00:00:00Z'];
    const names: string[][] = [];
    for (const person of [kept30, keepsAll]) {
      names.push([
        await invite(person, { closed: old, expires: fresh }),
        await invite(person, { expires: old }),
        await invite(person, { closed: fresh, expires: old }),
        await invite(person, { expires: '2032-06-01T00:00:00Z' }),
      ]);
      for (const status of ['sent', 'failed', 'queued']) for (const time of [old, fresh]) await mail(person, status, time);
      for (const decided of [old, fresh, null]) await ask(person, keepsAll.userId, decided);
    }
    await kept30.api.patch(compliance, { dataRetentionDays: 30 });
    await Promise.all([1, 2, 3].map(() => server.control.attemptJob('apply-retention', night)));
    const left = async ({ organizationId }: Person): Promise<unknown> => ({
      invitations: (await database.query<{ email: string }>('select email from invitations where organization_id = $1', [organizationId])).rows
        .map(({ email }) => email)
        .toSorted(),
      mails: (await database.query<{ recipient: string }>(`select recipient from mail_messages where organization_id = $1 and recipient like '%@kept.test'`, [organizationId])).rows
        .map(({ recipient }) => recipient)
        .toSorted(),
      requests: (
        await database.query<{ decided: Date | null }>('select decided_at as decided from join_requests where organization_id = $1 order by 1', [organizationId])
      ).rows.map(({ decided }) => decided),
    });
    const allMails = ['failed', 'queued', 'sent'].flatMap((status) => [old, fresh].map((time) => mailName(status, time)));
    expect(await left(kept30)).toEqual({
      invitations: names[0]?.slice(2).toSorted(),
      mails: allMails.filter((name) => name.includes(fresh.slice(0, 10)) || name.startsWith('queued')).toSorted(),
      requests: [new Date(fresh), null],
    });
    expect(await left(keepsAll)).toEqual({ invitations: names[1]?.toSorted(), mails: allMails.toSorted(), requests: [new Date(old), new Date(fresh), null] });
    const { rows } = await database.query(`select result from job_runs where job = 'apply-retention' and period = '2032-02-01'`);
    // Other tests of this database may have organizations with a retention too.
    const result = { invitations: expect.any(Number), joinRequests: expect.any(Number), mails: expect.any(Number) };
    expect(rows).toEqual([{ result }]);
    expect(rows[0].result.invitations).toBeGreaterThanOrEqual(2);
    expect(rows[0].result.mails).toBeGreaterThanOrEqual(2);
  });
});

describe('branding', () => {
  const branding = '/tenant/branding';
  const nothing = {
    displayName: null,
    logoUrl: null,
    faviconUrl: null,
    primaryColor: null,
    secondaryColor: null,
    accentColor: null,
    backgroundColor: null,
    customCss: null,
    supportEmail: null,
    supportUrl: null,
  };

  async function brandedOwner(): Promise<Person> {
    const owner = await server.world.owner();
    await setPlan(owner, 'pro');
    return owner;
  }

  it('branding can always be read, and changed only while its feature is available and enabled', async () => {
    const owner = await server.world.owner();
    expect((await owner.api.get(branding)).body).toEqual(nothing);
    expect(refusal(await owner.api.patch(branding, { displayName: 'X' }))).toEqual({ status: 402, code: 'feature_not_in_plan' });
    await setPlan(owner, 'pro');
    const look = { displayName: 'ACME', logoUrl: 'https://cdn.example.com/l.svg', primaryColor: '#1a2B3c', supportEmail: 'Help@Acme.test' };
    expect((await owner.api.patch(branding, look)).body).toEqual({ ...nothing, ...look, supportEmail: 'help@acme.test', removedCss: [] });
    expect((await owner.api.patch(branding, { logoUrl: null })).body).toMatchObject({ displayName: 'ACME', logoUrl: null });
    await owner.api.patch('/tenant/features', { feature: 'custom_branding', enabled: false });
    expect(refusal(await owner.api.patch(branding, { displayName: 'Y' }))).toEqual({ status: 403, code: 'feature_disabled' });
    expect((await owner.api.get(branding)).body.displayName).toBe('ACME');
  });

  it('the public information shows the branding only while its feature is available and enabled', async () => {
    const owner = await brandedOwner();
    await owner.api.patch(branding, { displayName: 'ACME' });
    const shows = (name: unknown): Promise<Answer> =>
      eventually(
        () => server.api.with({ 'x-tenant-slug': owner.slug }).get('/tenant/info'),
        ({ body }) => body.branding.displayName === name,
      );
    expect((await shows('ACME')).body.branding.displayName).toBe('ACME');
    await setPlan(owner, 'free');
    expect((await shows(null)).body.branding).toEqual(nothing);
    await setPlan(owner, 'pro');
    expect((await shows('ACME')).body.name).toBe('ACME');
    await owner.api.patch('/tenant/features', { feature: 'custom_branding', enabled: false });
    expect((await shows(null)).body).toMatchObject({ branding: nothing, name: expect.not.stringMatching('ACME') });
  });

  it.each([
    { logoUrl: 'javascript:alert(1)' },
    { logoUrl: 'JaVaScRiPt:alert(1)' },
    { logoUrl: 'data:text/html,x' },
    { logoUrl: '//cdn.example.com/l.svg' },
    { logoUrl: 'ftp://example.com/l.svg' },
    { faviconUrl: 'file:///etc/passwd' },
    { supportUrl: 'vbscript:x' },
    { supportUrl: 'https://exa mple.com' },
    { supportUrl: `https://example.com/${'x'.repeat(2048)}` },
    { supportEmail: 'nobody' },
    { primaryColor: 'red' },
    { primaryColor: '#12345' },
    { secondaryColor: '#1234567' },
    { accentColor: '#12345g' },
    { backgroundColor: '#123456;background:url(x)' },
    { displayName: '' },
    { displayName: 'x'.repeat(101) },
    { customCss: 5 },
    { customCss: 'a'.repeat(32_769) },
    { customCss: 'a\0b' },
    { html: '<b>' },
  ])('branding refuses the body %.60j', async (patch) => {
    const owner = await brandedOwner();
    expect((await owner.api.patch(branding, patch)).status).toBe(400);
    expect((await owner.api.get(branding)).body).toEqual(nothing);
  });

  it('branding stores only sanitized CSS, and reports the removed parts', async () => {
    const owner = await brandedOwner();
    const customCss = '@import "//evil.example"; .login { color: red; background: u\\72l("//evil.example") } a{b:"</style><script>"}';
    const { body } = await owner.api.patch(branding, { customCss });
    expect(body).toMatchObject({ customCss: '.login{color:red}a{}', removedCss: ['@import', 'background: an escape sequence', 'b: <'] });
    expect(await stored('settings_documents', owner)).not.toContain('evil');
    expect((await owner.api.get(branding)).body.customCss).toBe('.login{color:red}a{}');
    for (const harmless of ['', ' ', null, '@import "x";']) expect((await owner.api.patch(branding, { customCss: harmless })).body.customCss).toBeNull();
    expect((await owner.api.patch(branding, { customCss: `a{width:${'('.repeat(32_000)}` })).body).toMatchObject({
      customCss: null,
      removedCss: [expect.stringContaining('too deep')],
    });
  });

  it('an organization that saves much CSS in parallel does not keep another one from saving', async () => {
    const [busy, other] = [await brandedOwner(), await brandedOwner()];
    const customCss = 'a{color:red}'.repeat(2700);
    const isBusy = { status: 503, code: 'css_busy' };
    let refuse = (): void => undefined;
    const firstRefused = new Promise<void>((resolve) => (refuse = resolve));
    const saves = Array.from({ length: 30 }, async () => {
      const answer = await busy.api.patch(branding, { customCss });
      if (answer.status === 503) refuse();
      return answer;
    });
    await Promise.race([firstRefused, Promise.all(saves)]);
    expect(refusal(await other.api.patch(branding, { customCss: 'h1{color:red}' }))).toEqual({ status: 200, code: undefined });
    const answers = (await Promise.all(saves)).map(refusal);
    expect(answers).toContainEqual({ status: 200, code: undefined });
    expect(answers).toContainEqual(isBusy);
    for (const answer of answers) expect([{ status: 200, code: undefined }, isBusy]).toContainEqual(answer);
    expect((await busy.api.patch(branding, { customCss: 'b{color:red}' })).body).toMatchObject({ customCss: 'b{color:red}' });
  });

  it('the branding of an organization is public on its own sign-in page only', async () => {
    const [a, b] = [await brandedOwner(), await brandedOwner()];
    await a.api.patch(branding, { displayName: 'Look of A', primaryColor: '#00000a' });
    const info = (slug: string): Promise<Answer> => server.api.with({ 'x-tenant-slug': slug }).get('/tenant/info');
    expect((await info(a.slug)).body).toEqual({ slug: a.slug, name: 'Look of A', locale: 'en-US', branding: { ...nothing, displayName: 'Look of A', primaryColor: '#00000a' } });
    expect((await info(b.slug)).body).toMatchObject({ slug: b.slug, branding: nothing });
    await a.api.patch(branding, { displayName: 'New look of A' });
    // The news of a change travels through the database.
    const changed = await eventually(
      () => info(a.slug),
      ({ body }) => body.name === 'New look of A',
    );
    expect(changed.body.name).toBe('New look of A');
    expect(refusal(await info('no-such-slug'))).toEqual({ status: 404, code: 'organization_not_found' });
    expect((await server.api.get('/tenant/info')).status).toBe(404);
  });
});
