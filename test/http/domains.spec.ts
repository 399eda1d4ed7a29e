import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { DomainDto } from '../../src/modules/domains/domains.dto.js';
import type { Answer, Client, Json } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { TestDns } from '../support/dns.js';
import { eventually } from '../support/eventually.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { itInBothRuns, itInLongRun, rounds } from '../support/rounds.js';
import { goodPassword, type Person } from '../support/world.js';

let dns: TestDns;
let server: TestServer;
/** Another replica on the same database. */
let replica: TestServer;
let database: pg.Pool;
beforeAll(async () => {
  dns = await TestDns.open();
  const env = { DNS_SERVERS: dns.address, TRUSTED_PROXIES: '1', APP_DOMAIN: 'tenants.tenantry.test' };
  [server, replica] = [await startTestServer(env), await startTestServer(env)];
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
});
afterAll(async () => {
  await database.end();
  await server.close();
  await replica.close();
  await dns.close();
});

type Domain = Json<DomainDto>;

const domains = '/tenant/domains';
const current = '/organizations/current';
const info = '/tenant/info';

const refusal = ({ status, body }: Answer): unknown => ({ status, code: body?.code });
const setPlan = (person: Person, plan: string): Promise<unknown> => database.query('update organizations set plan = $2 where id = $1', [person.organizationId, plan]);
const unusedHost = (): string => `${server.world.unique('learn')}.example.org`;

/** An owner whose plan has custom domains. */
async function subscriber(): Promise<Person> {
  const person = await server.world.owner();
  await setPlan(person, 'pro');
  return person;
}

async function claim(person: Person, domain = unusedHost(), kind = 'host'): Promise<Domain> {
  const made = await person.api.post(domains, { kind, domain });
  if (made.status !== 201) throw new Error(`claiming ${domain} answered ${made.status}: ${made.text}`);
  return made.body;
}

const verify = (person: Person, { id }: Domain): Promise<Answer> => person.api.post(`${domains}/${id}/verify`);

/** Claims a host and proves it. */
async function ownHost(person: Person, host = unusedHost()): Promise<Domain> {
  const domain = await claim(person, host);
  dns.set(domain.dnsRecord.name, domain.dnsRecord.value);
  const { status, text } = await verify(person, domain);
  if (status !== 200) throw new Error(`proving ${host} answered ${status}: ${text}`);
  return domain;
}

/** As a proxy hands a request for this host on. */
const at = (api: Client, host: string): Client => api.with({ 'x-forwarded-host': host });

/** A token of the person that names no organization, so that the host decides. */
async function untied(person: Person): Promise<Client> {
  const { body } = await server.api.post('/auth/login', { email: person.email, password: goodPassword });
  return server.api.as((await server.api.as(body.accessToken).post('/auth/switch-organization', { organizationId: null })).body.accessToken);
}

async function apiKeyOf(person: Person): Promise<Client> {
  const made = await person.api.post(`${person.home}/api-keys`, { name: 'Key', permissions: ['organization:read'] });
  return server.api.with({ 'x-api-key': made.body.key });
}

describe('an added domain', () => {
  it('a new domain returns its TXT record and is listed', async () => {
    const owner = await subscriber();
    const host = unusedHost();
    const made = await owner.api.post(domains, { kind: 'host', domain: host });
    expect(made).toMatchObject({
      status: 201,
      body: { kind: 'host', domain: host, grade: null, verifiedAt: null, dnsRecord: { type: 'TXT', name: `_tenantry.${host}` }, joinPolicy: 'none', joinRole: null },
    });
    expect(made.body.dnsRecord.value).toMatch(/^tenantry-verification=[\w-]{43}$/);
    const mail = await claim(owner, host, 'email');
    expect((await owner.api.get(domains)).body.data).toEqual([made.body, mail]);
    expect(mail.dnsRecord.value).not.toBe(made.body.dnsRecord.value);
  });

  it('the owners get a mail when a member verifies it, changes how people join, or deletes it', async () => {
    const owner = await server.world.owner({ verified: true });
    const admin = await server.world.member(owner, 'admin');
    const count = async (): Promise<number> => {
      const written = `select count(*)::int from mail_messages where organization_id = $1 and template = 'security-changed' and recipient = $2`;
      return (await database.query<{ count: number }>(written, [owner.organizationId, owner.email])).rows[0]?.count ?? 0;
    };
    const mailOf = async (subject: string): Promise<string> => (await server.mailbox.waitFor(owner.email, subject)).mail.text ?? '';
    const domain = await claim(admin, unusedHost(), 'email');
    dns.set(domain.dnsRecord.name, domain.dnsRecord.value);
    expect(await count()).toBe(0);
    for (let each = 0; each < 2; each += 1) expect((await verify(admin, domain)).status).toBe(200);
    expect(await mailOf(`The domain ${domain.domain} was verified for`)).toContain(` <${admin.email}> on `);
    const path = `${domains}/${domain.id}`;
    for (let each = 0; each < 2; each += 1) expect((await admin.api.patch(path, { joinPolicy: 'join', joinRole: 'admin' })).status).toBe(200);
    expect(await mailOf(`The domain ${domain.domain} of`)).toContain('were changed: joinPolicy, joinRole.');
    expect(await count()).toBe(2);
    expect((await admin.api.delete(path)).status).toBe(204);
    expect((await server.mailbox.waitFor(owner.email, 'was deleted')).mail.text).toContain('add and verify the domain again');
    expect((await admin.api.delete(`${domains}/${(await claim(admin, unusedHost(), 'email')).id}`)).status).toBe(204);
    expect(await count()).toBe(3);
  });

  it('a domain can be added once for each kind', async () => {
    const owner = await subscriber();
    const { domain } = await claim(owner);
    expect(refusal(await owner.api.post(domains, { kind: 'host', domain: domain.toUpperCase() }))).toEqual({ status: 409, code: 'domain_exists' });
    expect(refusal(await owner.api.post(domains, { kind: 'host', domain }))).toEqual({ status: 409, code: 'domain_exists' });
    expect((await owner.api.get(domains)).body.data).toHaveLength(1);
  });

  it('an unverified domain selects no organization and can be added by others', async () => {
    const [a, b] = [await subscriber(), await subscriber()];
    const { domain } = await claim(a);
    expect(refusal(await at(server.api, domain).get(info))).toEqual({ status: 404, code: 'organization_not_found' });
    expect(refusal(await at(await untied(a), domain).get(current))).toEqual({ status: 400, code: 'tenant_required' });
    expect((await at(b.api, domain).get(current)).body.id).toBe(b.organizationId);
    expect((await claim(b, domain)).domain).toBe(domain);
  });

  let collector: Person | undefined;
  it.each([
    ['LEARN.Example.ORG', 'learn.example.org'],
    ['learn.example.org.', 'learn.example.org'],
    ['  learn.example.org ', 'learn.example.org'],
    ['schule.münchen.example', 'schule.xn--mnchen-3ya.example'],
    ['BÜCHER.example', 'xn--bcher-kva.example'],
    ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
    ['example.co.uk', 'example.co.uk'],
    ['a.b.c.d.example.com', 'a.b.c.d.example.com'],
  ])('the domain %j is stored as %s', async (given, stored) => {
    collector ??= await subscriber();
    const made = await claim(collector, given);
    expect(made).toMatchObject({ domain: stored, dnsRecord: { name: `_tenantry.${stored}` } });
    await collector.api.delete(`${domains}/${made.id}`);
  });

  let refused: Person | undefined;
  it.each([
    ['an IPv4 address', '192.0.2.7'],
    ['an IPv4 address as a number', '3221225991'],
    ['an IPv6 address', '2001:db8::1'],
    ['an IPv6 address in brackets', '[2001:db8::1]'],
    ['a public suffix', 'com'],
    ['a public suffix of two labels', 'co.uk'],
    ['a public suffix in capitals with a dot', 'CO.UK.'],
    ['a single label', 'localhost'],
    ['a wildcard', '*.example.org'],
    ['a URL', 'https://learn.example.org'],
    ['a path', 'learn.example.org/x'],
    ['a query', 'learn.example.org?x'],
    ['an encoded letter', '%6cearn.example.org'],
    ['a port', 'learn.example.org:8080'],
    ['a user', 'me@example.org'],
    ['an empty label', 'learn..example.org'],
    ['a leading dot', '.example.org'],
    ['a leading hyphen', '-learn.example.org'],
    ['a space', 'learn example.org'],
    ['an underscore', 'learn_more.example.org'],
    ['a long label', `${'a'.repeat(64)}.example.org`],
    ['a long name', `${'abcdefgh.'.repeat(30)}example.org`],
    ['nothing', ''],
    ['the host of the application', 'app.tenantry.test'],
    ['what is below the host of the application', 'x.app.tenantry.test'],
    ['the domain of the tenants', 'tenants.tenantry.test'],
    ['the subdomain of a tenant', 'acme.Tenants.tenantry.TEST.'],
  ])('a domain that is %s (%s) is refused', async (_, domain) => {
    refused ??= await subscriber();
    for (const kind of ['host', 'email']) expect(await refused.api.post(domains, { kind, domain })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/domain' }] } });
    expect((await refused.api.get(domains)).body.data).toEqual([]);
  });

  it('a domain that only ends with the letters of the installation’s domain is accepted', async () => {
    const owner = await subscriber();
    expect((await claim(owner, 'myapp.tenantry.test')).domain).toBe('myapp.tenantry.test');
  });

  it('only the kind host requires the feature custom_domains', async () => {
    const owner = await server.world.owner();
    const host = unusedHost();
    expect(refusal(await owner.api.post(domains, { kind: 'host', domain: host }))).toEqual({ status: 402, code: 'feature_not_in_plan' });
    expect((await claim(owner, host, 'email')).domain).toBe(host);
    await setPlan(owner, 'pro');
    expect((await claim(owner, host)).domain).toBe(host);
    await owner.api.patch('/tenant/features', { feature: 'custom_domains', enabled: false });
    expect(refusal(await owner.api.post(domains, { kind: 'host', domain: unusedHost() }))).toEqual({ status: 403, code: 'feature_disabled' });
  });

  it('a host that was added on another plan can be verified only while the plan includes custom domains', async () => {
    const owner = await subscriber();
    const [host, mail] = [await claim(owner), await claim(owner, unusedHost(), 'email')];
    for (const { dnsRecord } of [host, mail]) dns.set(dnsRecord.name, dnsRecord.value);
    await setPlan(owner, 'free');
    expect(refusal(await verify(owner, host))).toEqual({ status: 402, code: 'feature_not_in_plan' });
    expect(refusal(await owner.api.post(`${domains}/${host.id}/verify`, { mailTo: `admin@${host.domain}` }))).toEqual({ status: 402, code: 'feature_not_in_plan' });
    expect(refusal(await at(server.api, host.domain).get(info))).toEqual({ status: 404, code: 'organization_not_found' });
    expect((await verify(owner, mail)).body.status).toBe('verified');
    await setPlan(owner, 'pro');
    await owner.api.patch('/tenant/features', { feature: 'custom_domains', enabled: false });
    expect(refusal(await verify(owner, host))).toEqual({ status: 403, code: 'feature_disabled' });
    await owner.api.patch('/tenant/features', { feature: 'custom_domains', enabled: true });
    expect((await verify(owner, host)).body.status).toBe('verified');
  });

  it('a verified host selects its organization only while the plan includes custom domains and the feature is enabled', async () => {
    const owner = await subscriber();
    const { domain } = await ownHost(owner);
    const selects = async (api: Client): Promise<number> => (await at(api, domain).get(info)).status;
    const client = await untied(owner);
    const everywhere = async (status: number): Promise<void> => {
      for (const api of [server.api, replica.api]) {
        const seen = await eventually(
          () => selects(api),
          (found) => found === status,
        );
        expect(seen).toBe(status);
      }
      expect((await at(client, domain).get('/tenant/settings')).status === 200).toBe(status === 200);
    };
    await everywhere(200);
    await setPlan(owner, 'free');
    await everywhere(404);
    await setPlan(owner, 'pro');
    await everywhere(200);
    await owner.api.patch('/tenant/features', { feature: 'custom_domains', enabled: false });
    await everywhere(404);
    await owner.api.patch('/tenant/features', { feature: 'custom_domains', enabled: true });
    await everywhere(200);
    // Also when the plan changes while nobody has asked for the host yet.
    const fresh = await subscriber();
    const unasked = await ownHost(fresh);
    await setPlan(fresh, 'free');
    expect((await at(replica.api, unasked.domain).get(info)).status).toBe(404);
  });

  it('every plan includes custom domains when the catalog does not sell them', async () => {
    const knowton = await startTestServer({ CATALOG: 'knowton' });
    try {
      const owner = await knowton.world.owner();
      expect((await owner.api.post(domains, { kind: 'host', domain: unusedHost() })).status).toBe(201);
    } finally {
      await knowton.close();
    }
  });

  it('admins can add domains, members cannot', async () => {
    const owner = await subscriber();
    const [admin, member] = [await server.world.member(owner, 'admin'), await server.world.member(owner)];
    const { id } = await claim(owner);
    const attempts = [
      member.api.get(domains),
      member.api.post(domains, { kind: 'host', domain: unusedHost() }),
      member.api.post(`${domains}/${id}/verify`),
      member.api.patch(`${domains}/${id}`, { joinPolicy: 'none' }),
      member.api.delete(`${domains}/${id}`),
    ];
    for (const answer of await Promise.all(attempts)) expect(refusal(answer)).toEqual({ status: 403, code: 'access_denied' });
    expect((await claim(admin, unusedHost(), 'email')).id).toEqual(expect.any(String));
  });
});

describe('verification by DNS', () => {
  it('the TXT record verifies the domain', async () => {
    const owner = await subscriber();
    const domain = await claim(owner);
    expect(await verify(owner, domain)).toMatchObject({
      status: 422,
      body: { code: 'domain_not_proved', detail: expect.stringContaining('There is no TXT record at that name yet') },
    });
    dns.set(domain.dnsRecord.name, domain.dnsRecord.value);
    const proved = await verify(owner, domain);
    expect(proved).toMatchObject({ status: 200, body: { id: domain.id, grade: 'ownership' } });
    expect(Date.now() - Date.parse(proved.body.verifiedAt)).toBeLessThan(60_000);
    expect((await owner.api.get(domains)).body.data).toEqual([proved.body]);
  });

  it('a domain verification queries the DNS each time, and only the name of the domain', async () => {
    const owner = await subscriber();
    const domain = await claim(owner);
    const { name, value } = domain.dnsRecord;
    dns.set(domain.domain, value);
    dns.set(`_tenantry._tenantry.${domain.domain}`, value);
    expect(refusal(await verify(owner, domain))).toEqual({ status: 422, code: 'domain_not_proved' });
    expect(dns.asked.get(name)).toBe(1);
    expect(dns.asked.get(domain.domain)).toBeUndefined();
  });

  it.each([
    ['another text', () => ['v=spf1 -all']],
    ['the token alone', (value: string) => [value.replace('tenantry-verification=', '')]],
    ['the value with more behind it', (value: string) => [`${value}x`]],
    ['the value in capitals', (value: string) => [value.toUpperCase()]],
    ['half of the value in each of two records', (value: string) => [value.slice(0, 20), value.slice(20)]],
    ['no record of this kind', () => []],
  ])('a record is not accepted with %s', async (_, texts) => {
    const owner = await subscriber();
    const domain = await claim(owner);
    dns.set(domain.dnsRecord.name, ...texts(domain.dnsRecord.value));
    expect(await verify(owner, domain)).toMatchObject({ status: 422, body: { code: 'domain_not_proved', detail: expect.stringContaining(domain.dnsRecord.value) } });
    expect((await owner.api.get(domains)).body.data).toMatchObject([{ grade: null, verifiedAt: null }]);
  });

  it('the record of another organization is not accepted', async () => {
    const [a, b] = [await subscriber(), await subscriber()];
    const theirs = await claim(b);
    const mine = await claim(a, theirs.domain);
    dns.set(mine.dnsRecord.name, theirs.dnsRecord.value);
    expect(refusal(await verify(a, mine))).toEqual({ status: 422, code: 'domain_not_proved' });
    expect((await verify(b, theirs)).status).toBe(200);
  });

  it('the value is found among several records and in a split record', async () => {
    const owner = await subscriber();
    const [one, two] = [await claim(owner), await claim(owner)];
    const { value } = two.dnsRecord;
    dns.set(one.dnsRecord.name, 'v=spf1 -all', 'x'.repeat(200), one.dnsRecord.value, 'other-verification=1');
    dns.set(two.dnsRecord.name, ['v=', 'spf1'], [value.slice(0, 7), value.slice(7, 30), value.slice(30)]);
    expect((await verify(owner, one)).status).toBe(200);
    expect((await verify(owner, two)).status).toBe(200);
  });

  it('verification fails while the name server is down, and works afterwards', async () => {
    const owner = await subscriber();
    const domain = await claim(owner);
    dns.fail(domain.dnsRecord.name);
    const failed = await verify(owner, domain);
    expect(refusal(failed)).toEqual({ status: 503, code: 'dns_unavailable' });
    expect(Number(failed.headers.get('retry-after'))).toBeGreaterThan(0);
    dns.set(domain.dnsRecord.name, domain.dnsRecord.value);
    expect((await verify(owner, domain)).status).toBe(200);
  });

  it('a late answer counts, also when the name server answered fast before', async () => {
    const owner = await subscriber();
    for (let lookups = 0; lookups < 5; lookups += 1) await ownHost(owner);
    const domain = await claim(owner);
    dns.set(domain.dnsRecord.name, domain.dnsRecord.value);
    dns.delay(domain.dnsRecord.name, 1500);
    expect((await verify(owner, domain)).status).toBe(200);
    expect(dns.asked.get(domain.dnsRecord.name)).toBe(1);
  });

  itInLongRun('a slow name server is awaited for at most 15 seconds', async () => {
    const owner = await subscriber();
    const domain = await claim(owner);
    dns.silence(domain.dnsRecord.name);
    const begun = Date.now();
    const silent = await verify(owner, domain);
    expect(refusal(silent)).toEqual({ status: 503, code: 'dns_unavailable' });
    expect(Number(silent.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Date.now() - begun).toBeLessThan(15_000);
  });

  it('a verified domain stays verified when the record is removed', async () => {
    const owner = await subscriber();
    const domain = await ownHost(owner);
    dns.remove(domain.dnsRecord.name);
    expect(refusal(await verify(owner, domain))).toEqual({ status: 422, code: 'domain_not_proved' });
    expect((await owner.api.get(domains)).body.data).toMatchObject([{ grade: 'ownership' }]);
  });

  it('a host cannot be verified by a mailed code', async () => {
    const owner = await subscriber();
    const { id, domain } = await claim(owner);
    for (const body of [{ mailTo: `admin@${domain}` }, { code: 'ABCDEFGH' }])
      expect(refusal(await owner.api.post(`${domains}/${id}/verify`, body))).toEqual({ status: 422, code: 'only_for_email_domains' });
    expect(server.mailbox.to(`admin@${domain}`)).toEqual([]);
  });
});

/** The domain as its organization sees it. */
const seen = async (person: Person, { id }: Domain): Promise<any> => ((await person.api.get(domains)).body.data as { id: string }[]).find((each) => each.id === id);
const days = (count: number): Date => new Date(Date.now() + count * 24 * 3600_000);
/** The daily check looks at all domains. Those of earlier tests and files take time, and their mails come before those that a test waits for. */
const forgetDomains = (): Promise<unknown> => database.query('delete from domains');
/** Runs the daily check as on a day. */
const check = (count: number): Promise<unknown> => server.control.after(count * 24 * 3600_000, () => server.control.runJob('check-domains', days(count)));

describe('the time of the last check', () => {
  beforeEach(forgetDomains);

  it('a domain shows its owner and the operator when its record was last looked up, also when the lookup failed', async () => {
    const owner = await subscriber();
    const domain = await claim(owner);
    const last = async (): Promise<number> => Date.parse((await seen(owner, domain)).lastCheckedAt);
    expect((await seen(owner, domain)).lastCheckedAt).toBeNull();
    await verify(owner, domain);
    const events = async (): Promise<number> => (await owner.api.get(`${owner.home}/audit-logs?limit=100`)).body.data.length;
    const [refused, before] = [await last(), await events()];
    expect(Date.now() - refused).toBeLessThan(60_000);
    dns.set(domain.dnsRecord.name, domain.dnsRecord.value);
    await verify(owner, domain);
    await check(1);
    const checked = await last();
    expect(checked - refused).toBeGreaterThan(23 * 3600_000);
    dns.fail(domain.dnsRecord.name);
    await check(2);
    expect((await last()) - checked).toBeGreaterThan(23 * 3600_000);
    // The lookups leave no event, the verification leaves one.
    expect((await events()) - before).toBe(1);
    const email = server.world.email('operator');
    await server.control.createOperator(email);
    const operator = server.api.as((await server.api.post('/auth/login', { email, password: goodPassword })).body.accessToken);
    expect((await operator.get(`/tenants/${owner.organizationId}`)).body.domains).toEqual([
      { kind: 'host', domain: domain.domain, status: 'verified', lastCheckedAt: (await seen(owner, domain)).lastCheckedAt },
    ]);
  });
});

describe('a host that two organizations have added', () => {
  beforeEach(forgetDomains);

  itInLongRun('while both TXT records are in the DNS, the older proof is kept and the newer one is pending', async () => {
    const [a, b] = [await subscriber(), await subscriber()];
    const first = await claim(a);
    const second = await claim(b, first.domain);
    dns.set(first.dnsRecord.name, first.dnsRecord.value, second.dnsRecord.value);
    expect((await verify(b, second)).body).toMatchObject({ status: 'verified', statusDetail: null, grade: 'ownership' });
    const pending = await verify(a, first);
    expect(pending).toMatchObject({ status: 200, body: { status: 'pending', grade: null, verifiedAt: null, statusDetail: expect.stringContaining(first.dnsRecord.name) } });
    expect(pending.text).not.toContain(b.slug);
    await check(1);
    expect([(await seen(a, first)).status, (await seen(b, second)).status]).toEqual(['pending', 'verified']);

    dns.set(first.dnsRecord.name, first.dnsRecord.value);
    await check(2);
    expect([(await seen(a, first)).status, (await seen(b, second)).status]).toEqual(['verified', 'unverified']);
    expect((await seen(b, second)).statusDetail).toContain('Another organization');
    await server.mailbox.waitFor(a.email, 'is now verified');
    await server.mailbox.waitFor(b.email, 'is no longer verified');
    const named = await eventually(
      () => at(server.api, first.domain).get(info),
      ({ body }) => body.slug === a.slug,
    );
    expect(named.body.slug).toBe(a.slug);
  });

  it('the daily check does not verify a pending host whose organization no longer has custom domains', async () => {
    const [a, b] = [await subscriber(), await subscriber()];
    const first = await ownHost(a);
    const second = await claim(b, first.domain);
    dns.set(first.dnsRecord.name, first.dnsRecord.value, second.dnsRecord.value);
    expect((await verify(b, second)).body.status).toBe('pending');
    await a.api.delete(`${domains}/${first.id}`);
    await setPlan(b, 'free');
    await check(1);
    expect((await seen(b, second)).status).toBe('pending');
    await setPlan(b, 'pro');
    await check(1);
    expect((await seen(b, second)).status).toBe('verified');
  });

  it('a new owner gets the host at once when the TXT record of the old one is gone, and the old one learns no names', async () => {
    const [old, fresh] = [await subscriber(), await subscriber()];
    const theirs = await ownHost(old);
    const mine = await claim(fresh, theirs.domain);
    dns.set(mine.dnsRecord.name, mine.dnsRecord.value);
    expect(await verify(fresh, mine)).toMatchObject({ status: 200, body: { status: 'verified' } });
    expect(await seen(old, theirs)).toMatchObject({ status: 'unverified', grade: null, statusDetail: expect.stringContaining('Another organization') });
    const { mail } = await server.mailbox.waitFor(old.email, 'is no longer verified');
    const log = (await old.api.get(`${old.home}/audit-logs?limit=5`)).text;
    expect(log).toContain('domain-contest');
    for (const text of [mail.text ?? '', log]) for (const hidden of [fresh.email, fresh.slug, fresh.userId, fresh.organizationId]) expect(text).not.toContain(hidden);
    for (const { api } of [server, replica]) {
      const named = await eventually(
        () => at(api, theirs.domain).get(info),
        ({ body }) => body.slug === fresh.slug,
      );
      expect(named.body.slug).toBe(fresh.slug);
    }
    expect(refusal(await verify(old, theirs))).toEqual({ status: 422, code: 'domain_not_proved' });
    dns.set(mine.dnsRecord.name, mine.dnsRecord.value, theirs.dnsRecord.value);
    expect((await verify(old, theirs)).body.status).toBe('pending');
  });

  itInLongRun('a failing name server decides nothing about a contested host', async () => {
    const [old, fresh] = [await subscriber(), await subscriber()];
    const theirs = await ownHost(old);
    const mine = await claim(fresh, theirs.domain);
    dns.fail(mine.dnsRecord.name);
    expect(refusal(await verify(fresh, mine))).toEqual({ status: 503, code: 'dns_unavailable' });
    await check(30);
    expect((await seen(old, theirs)).status).toBe('verified');
  });

  /** Verifies the claims in parallel, at two replicas. A replica that is busy answers 503; those claims are verified again. */
  async function verifyAll(people: readonly Person[], claims: readonly Domain[]): Promise<string[]> {
    const attempts = Array.from({ length: rounds(6, 20) }, (_, index) => async (): Promise<Answer> => {
      const [person, { id }] = [people[index % people.length] as Person, claims[index % people.length] as Domain];
      return (Math.floor(index / people.length) % 2 === 0 ? server : replica).api.as(person.accessToken).post(`${domains}/${id}/verify`);
    });
    const answers = await Promise.all(attempts.map((attempt) => attempt()));
    for (const [index, { status }] of answers.entries()) if (status === 503) answers[index] = (await attempts[index]?.()) as Answer;
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const { rows } = await database.query(`select 1 from domains where kind = 'host' and name = $1 and verified_at is not null`, [claims[0]?.domain]);
    expect(rows).toHaveLength(1);
    const statuses: string[] = [];
    for (const [index, person] of people.entries()) statuses.push((await seen(person, claims[index] as Domain)).status);
    return statuses.toSorted();
  }

  async function subscribers(count: number): Promise<Person[]> {
    const people: Person[] = [];
    for (let index = 0; index < count; index += 1) people.push(await subscriber());
    return people;
  }

  itInBothRuns('of parallel verifications at two replicas exactly one succeeds, and the others are pending', async () => {
    const people = await subscribers(rounds(3, 5));
    const host = unusedHost();
    const claims: Domain[] = [];
    for (const person of people) claims.push(await claim(person, host));
    dns.set(`_tenantry.${host}`, ...claims.map(({ dnsRecord }) => dnsRecord.value));
    expect(await verifyAll(people, claims)).toEqual([...people.slice(1).map(() => 'pending'), 'verified']);
  });

  itInLongRun('of five organizations that claim a lost host in parallel, exactly one gets it', async () => {
    const [old, ...people] = await subscribers(6);
    const theirs = await ownHost(old as Person);
    const claims: Domain[] = [];
    for (const person of people) claims.push(await claim(person, theirs.domain));
    dns.set(`_tenantry.${theirs.domain}`, ...claims.map(({ dnsRecord }) => dnsRecord.value));
    expect(await verifyAll(people, claims)).toEqual(['pending', 'pending', 'pending', 'pending', 'verified']);
    expect((await seen(old as Person, theirs)).status).toBe('unverified');
  });

  it.each([
    ['capitals and a final dot', 'Taken', (name: string) => `${name.toUpperCase()}.`],
    ['Unicode instead of punycode', 'tak\u00e9n', (name: string) => name],
  ])('the same host in another spelling is the same host (%s)', async (_, label, spelled) => {
    const [old, fresh] = [await subscriber(), await subscriber()];
    const host = `${label}.${server.world.unique('x')}.example.org`;
    const theirs = await ownHost(old, host);
    const mine = await claim(fresh, spelled(host));
    expect(mine.domain).toBe(theirs.domain);
    dns.set(mine.dnsRecord.name, theirs.dnsRecord.value, mine.dnsRecord.value);
    expect((await verify(fresh, mine)).body.status).toBe('pending');
  });

  it('a proof for a parent domain or a subdomain ends no other proof', async () => {
    const [a, b] = [await subscriber(), await subscriber()];
    const parent = await ownHost(a);
    const child = await claim(b, `sub.${parent.domain}`);
    dns.set(child.dnsRecord.name, parent.dnsRecord.value);
    expect(refusal(await verify(b, child))).toEqual({ status: 422, code: 'domain_not_proved' });
    dns.set(child.dnsRecord.name, child.dnsRecord.value);
    expect((await verify(b, child)).body.status).toBe('verified');
    expect((await seen(a, parent)).status).toBe('verified');
    dns.remove(parent.dnsRecord.name);
    expect((await verify(b, child)).body.status).toBe('verified');
    expect((await seen(a, parent)).status).toBe('verified');
  });

  it('two organizations can verify the same email domain', async () => {
    const [a, b] = await server.world.twoTenants();
    const name = unusedHost();
    const claims = [await claim(a, name, 'email'), await claim(b, name, 'email')] as const;
    dns.set(`_tenantry.${name}`, ...claims.map(({ dnsRecord }) => dnsRecord.value));
    expect((await verify(a, claims[0])).status).toBe(200);
    expect((await verify(b, claims[1])).status).toBe(200);
  });
});

describe('the daily check of a verified domain', () => {
  beforeEach(forgetDomains);

  it('without its TXT record a host is failing, ends after seven days, and its owners get mails', async () => {
    const owner = await subscriber();
    const second = await server.world.member(owner, 'owner');
    const member = await server.world.member(owner);
    const domain = await ownHost(owner);
    await check(1);
    expect((await seen(owner, domain)).status).toBe('verified');
    dns.remove(domain.dnsRecord.name);
    await check(2);
    expect(await seen(owner, domain)).toMatchObject({ status: 'failing', grade: 'ownership', statusDetail: expect.stringContaining(domain.dnsRecord.value) });
    for (const { email } of [owner, second]) expect((await server.mailbox.waitFor(email, 'is missing')).mail.text).toContain(domain.dnsRecord.value);
    expect((await at(server.api, domain.domain).get(info)).status).toBe(200);
    for (const count of [3, 4, 5, 6, 7, 8]) await check(count);
    await server.mailbox.waitFor(owner.email, 'is missing', 2);
    expect((await seen(owner, domain)).status).toBe('failing');
    await check(9);
    expect(await seen(owner, domain)).toMatchObject({ status: 'unverified', grade: null, verifiedAt: null, statusDetail: expect.stringContaining('seven days') });
    for (const { email } of [owner, second]) await server.mailbox.waitFor(email, 'is no longer verified');
    expect(server.mailbox.to(owner.email).filter(({ mail }) => mail.subject?.includes('is missing'))).toHaveLength(2);
    expect(server.mailbox.to(member.email).filter(({ mail }) => !mail.subject?.includes('Confirm'))).toEqual([]);
    const gone = await eventually(
      () => at(server.api, domain.domain).get(info),
      ({ status }) => status === 404,
    );
    expect(gone.status).toBe(404);
    dns.set(domain.dnsRecord.name, domain.dnsRecord.value);
    expect((await verify(owner, domain)).body).toMatchObject({ status: 'verified', statusDetail: null });
  });

  itInLongRun('a TXT record that returns within the grace period ends it, and its next loss begins a new one', async () => {
    const owner = await subscriber();
    const domain = await ownHost(owner);
    dns.remove(domain.dnsRecord.name);
    for (const count of [1, 6]) await check(count);
    dns.set(domain.dnsRecord.name, domain.dnsRecord.value);
    await check(7);
    expect((await seen(owner, domain)).status).toBe('verified');
    dns.remove(domain.dnsRecord.name);
    for (const count of [8, 14]) await check(count);
    expect((await seen(owner, domain)).status).toBe('failing');
    dns.set(domain.dnsRecord.name, domain.dnsRecord.value);
    expect((await verify(owner, domain)).body.status).toBe('verified');
  });

  itInLongRun('a domain stays verified when the lookup of its record fails', async () => {
    const owner = await subscriber();
    const domain = await ownHost(owner);
    const notice = await server.mailbox.waitFor(owner.email, `The domain ${domain.domain} was verified`);
    dns.fail(domain.dnsRecord.name);
    for (const count of [1, 9, 20]) await check(count);
    expect((await seen(owner, domain)).status).toBe('verified');
    expect(server.mailbox.to(owner.email).filter(({ mail }) => mail.subject?.includes(domain.domain))).toEqual([notice]);
  });

  it('nobody joins immediately through an email domain whose record is missing, and nobody at all after the grace period', async () => {
    const owner = await server.world.owner();
    const domain = await claim(owner, unusedHost(), 'email');
    dns.set(domain.dnsRecord.name, domain.dnsRecord.value);
    await verify(owner, domain);
    expect((await owner.api.patch(`${domains}/${domain.id}`, { joinPolicy: 'join' })).status).toBe(200);
    const [early, late, last] = await Promise.all(['e', 'l', 'z'].map((name) => server.world.owner({ email: `${server.world.unique(name)}@${domain.domain}`, verified: true })));
    const join = ({ api }: Person): Promise<Answer> => api.post(`${owner.home}/join-requests`);
    expect(await join(early as Person)).toMatchObject({ status: 201, body: { status: 'joined' } });
    dns.remove(domain.dnsRecord.name);
    await check(1);
    expect((await (late as Person).api.get('/organizations/joinable')).body.data).toMatchObject([{ id: owner.organizationId, joinPolicy: 'request' }]);
    expect(await join(late as Person)).toMatchObject({ status: 201, body: { status: 'pending' } });
    const add = ({ email }: Person): Promise<Answer> => owner.api.post(`${owner.home}/members`, { email, role: 'member' });
    expect(await add(last as Person)).toMatchObject({ status: 202, body: { status: 'invited' } });
    await check(8);
    expect((await (last as Person).api.get('/organizations/joinable')).body.data).toEqual([]);
    expect(refusal(await join(last as Person))).toEqual({ status: 404, code: 'organization_not_found' });
    expect(await seen(owner, domain)).toMatchObject({ joinPolicy: 'none', status: 'unverified' });
  });

  it('a new proof of an email domain ends the older proofs without a TXT record', async () => {
    const [old, fresh] = await server.world.twoTenants();
    const theirs = await claim(old, unusedHost(), 'email');
    dns.set(theirs.dnsRecord.name, theirs.dnsRecord.value);
    await verify(old, theirs);
    const claimed = await claim(fresh, theirs.domain, 'email');
    dns.set(theirs.dnsRecord.name, claimed.dnsRecord.value);
    expect((await verify(fresh, claimed)).body.status).toBe('verified');
    expect((await seen(old, theirs)).status).toBe('unverified');
  });

  itInLongRun('a code proves affiliation for one year, with a notice', async () => {
    const owner = await server.world.owner();
    const domain = await claim(owner, unusedHost(), 'email');
    await owner.api.post(`${domains}/${domain.id}/verify`, { mailTo: `admin@${domain.domain}` });
    const { mail } = await server.mailbox.waitFor(`admin@${domain.domain}`);
    const code = /\n([A-Z2-9]{8})\n/.exec(mail.text ?? '')?.[1];
    expect((await owner.api.post(`${domains}/${domain.id}/verify`, { code })).body).toMatchObject({ status: 'verified', grade: 'affiliation' });
    for (const count of [300, 358.5]) await check(count);
    await server.mailbox.waitFor(owner.email, `Verify ${domain.domain} again`);
    expect((await seen(owner, domain)).status).toBe('verified');
    await check(366);
    expect(await seen(owner, domain)).toMatchObject({ status: 'unverified', statusDetail: expect.stringContaining('code') });
  });
});

describe('a domain that the operator releases', () => {
  it('a released domain is no longer verified, the old record proves nothing, and the owners get a mail', async () => {
    const [old, fresh] = [await subscriber(), await subscriber()];
    const theirs = await ownHost(old);
    const mine = await claim(fresh, theirs.domain);
    dns.set(mine.dnsRecord.name, theirs.dnsRecord.value, mine.dnsRecord.value);
    expect((await verify(fresh, mine)).body.status).toBe('pending');
    const operator = await server.control.createOperator(server.world.email('operator'));
    const api = server.api.as((await server.api.post('/auth/login', { email: operator.email, password: goodPassword })).body.accessToken);
    const release = (id: string, domain: string): Promise<Answer> => api.post(`/tenants/${id}/domains/${encodeURIComponent(domain)}/release`, { reason: 'Ticket 13' });
    expect(refusal(await release(fresh.organizationId, unusedHost()))).toEqual({ status: 404, code: 'not_found' });
    expect(refusal(await release(old.organizationId, 'not a domain'))).toEqual({ status: 400, code: 'invalid_domain' });
    expect((await api.post(`/tenants/${old.organizationId}/domains/${theirs.domain}/release`, {})).status).toBe(400);
    expect((await old.api.post(`/tenants/${fresh.organizationId}/domains/${theirs.domain}/release`, { reason: 'mine' })).status).toBe(403);
    expect((await release(old.organizationId, `${theirs.domain.toUpperCase()}.`)).status).toBe(204);
    expect(await seen(old, theirs)).toMatchObject({ status: 'unverified', statusDetail: expect.stringContaining('Ticket 13') });
    expect((await server.mailbox.waitFor(old.email, 'is no longer verified')).mail.text).toContain('Ticket 13');
    expect(refusal(await verify(old, theirs))).toEqual({ status: 422, code: 'domain_not_proved' });
    expect((await verify(fresh, mine)).body.status).toBe('verified');
  });
});

describe('the pages of an organization', () => {
  const allowed = ({ headers }: Answer): string | null => headers.get('access-control-allow-origin');
  const preflight = (origin: string, api = server.api): Promise<Answer> =>
    api.request('OPTIONS', current, undefined, { headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' } });
  const known = (origin: string, api = server.api): Promise<boolean> =>
    eventually(
      async () => allowed(await preflight(origin, api)) === origin,
      (found) => found,
    );

  it('call the API from listed origins, for this organization and for none, on every replica, until the origin is removed', async () => {
    const [owner, other] = await server.world.twoTenants();
    const origin = 'https://portal.acme-pages.example';
    expect(allowed(await preflight(origin))).toBeNull();
    expect(allowed(await owner.api.get(current, { headers: { origin } }))).toBeNull();
    expect((await owner.api.patch('/tenant/security', { webOrigins: [origin] })).body.webOrigins).toEqual([origin]);
    for (const api of [server.api, replica.api]) expect(await known(origin, api)).toBe(true);
    const answer = await owner.api.get(current, { headers: { origin } });
    expect([answer.status, allowed(answer), answer.headers.get('vary')]).toEqual([200, origin, expect.stringMatching(/origin/i)]);
    const login = await server.api.post('/auth/login', { email: owner.email, password: 'wrong' }, { headers: { origin } });
    expect([login.status, allowed(login)]).toEqual([401, origin]);
    // The page may read why it is refused.
    const refused = await other.api.get(current, { headers: { origin } });
    expect([refusal(refused), allowed(refused)]).toEqual([{ status: 403, code: 'origin_not_allowed' }, origin]);
    expect(refusal(await other.api.post(`${other.home}/teams`, { name: 'No' }, { headers: { origin } }))).toEqual({ status: 403, code: 'origin_not_allowed' });
    expect((await other.api.get(current, { headers: { origin: 'https://unknown.example' } })).status).toBe(200);
    // Behind a proxy, the page and the API of the other organization have one origin, which this one lists.
    expect((await other.api.post(`${other.home}/teams`, { name: 'Yes' }, { headers: { origin, 'sec-fetch-site': 'same-origin' } })).status).toBe(201);
    for (const site of ['same-site', 'cross-site']) expect((await other.api.get(current, { headers: { origin, 'sec-fetch-site': site } })).status).toBe(403);
    await owner.api.patch('/tenant/security', { webOrigins: [] });
    for (const api of [server.api, replica.api])
      expect(
        await eventually(
          async () => allowed(await preflight(origin, api)),
          (found) => found === null,
        ),
      ).toBeNull();
  });

  it('call the API from a verified custom domain, and from subdomains of APP_DOMAIN', async () => {
    const [owner, other] = [await subscriber(), await server.world.owner()];
    const { domain } = await ownHost(owner);
    const origin = `https://${domain}`;
    expect(await known(origin)).toBe(true);
    expect((await owner.api.get(current, { headers: { origin } })).status).toBe(200);
    expect(refusal(await other.api.get(current, { headers: { origin } }))).toEqual({ status: 403, code: 'origin_not_allowed' });
    for (const elsewhere of [`http://${domain}`, `https://${domain}:8443`, `https://x.${domain}`]) expect(allowed(await preflight(elsewhere))).toBeNull();
    const front = 'https://any-slug.tenants.tenantry.test';
    expect(allowed(await other.api.get(current, { headers: { origin: front } }))).toBe(front);
    for (const elsewhere of [
      'http://any-slug.tenants.tenantry.test',
      'https://a.b.tenants.tenantry.test',
      'https://xtenants.tenantry.test',
      'https://a.tenants.tenantry.test.evil.example',
    ])
      expect(allowed(await preflight(elsewhere))).toBeNull();
  });

  it.each([
    '*',
    'null',
    'https://*.example.com',
    'portal.example.com',
    'https://portal.example.com/',
    'https://Portal.example.com',
    'https://portal.example.com:443',
    'http://portal.example.com',
    'ftp://x.example',
    'https://a@b.example',
    `https://${'a'.repeat(300)}.example`,
  ])('are not those of %s', async (origin) => {
    const owner = await server.world.owner();
    expect(refusal(await owner.api.patch('/tenant/security', { webOrigins: [origin] }))).toEqual({ status: 400, code: 'validation_failed' });
  });
});

describe('a verified host', () => {
  let a: Person;
  let b: Person;
  let host: string;
  beforeAll(async () => {
    [a, b] = [await subscriber(), await subscriber()];
    host = (await ownHost(a)).domain;
    await eventually(
      () => at(server.api, host).get(info),
      ({ status }) => status === 200,
    );
  });

  it.each([
    ['as it is', (name: string) => name],
    ['in capitals', (name: string) => name.toUpperCase()],
    ['with a port', (name: string) => `${name}:8443`],
    ['in capitals, with a final dot and a port', (name: string) => `${name.toUpperCase()}.:443`],
  ])('a verified custom domain selects the organization for a session (%s)', async (_, written) => {
    expect(await at(await untied(a), written(host)).get(current)).toMatchObject({ status: 200, body: { id: a.organizationId } });
    expect(await at(a.api, written(host)).get(current)).toMatchObject({ status: 200, body: { id: a.organizationId } });
  });

  it('a verified custom domain selects the organization for an API key', async () => {
    expect(await at(await apiKeyOf(a), host).get(current)).toMatchObject({ status: 200, body: { id: a.organizationId } });
  });

  it('a verified host together with a token, key, path or header of another organization is refused', async () => {
    const mismatch = { status: 400, code: 'tenant_mismatch' };
    const anywhere = at(await untied(a), host);
    expect(refusal(await at(b.api, host).get(current))).toEqual(mismatch);
    expect(refusal(await at(await apiKeyOf(b), host).get(current))).toEqual(mismatch);
    expect(refusal(await anywhere.get(b.home))).toEqual(mismatch);
    expect(refusal(await anywhere.with({ 'x-tenant-id': b.organizationId }).get(current))).toEqual(mismatch);
    expect(refusal(await anywhere.with({ 'x-tenant-slug': b.slug }).get(current))).toEqual(mismatch);
    expect((await anywhere.with({ 'x-tenant-slug': a.slug }).get(a.home)).status).toBe(200);
  });

  it('non-members get the answer for an organization that does not exist', async () => {
    expect(refusal(await at(await untied(b), host).get(current))).toEqual({ status: 404, code: 'organization_not_found' });
  });

  it('the host of a deleted organization is refused to others until one of them proves it, and a restoration does not return it', async () => {
    const [former, next] = [await subscriber(), await subscriber()];
    const [anyFormer, anyNext] = [await untied(former), await untied(next)];
    const { domain, dnsRecord } = await ownHost(former);
    expect((await former.api.delete(former.home)).status).toBe(204);
    const unknown = { status: 404, code: 'organization_not_found' };
    for (const answer of [await at(anyNext, domain).get(current), await at(server.api, domain).get(info)]) expect(refusal(answer)).toEqual(unknown);
    expect(refusal(await at(next.api, domain).get(current))).toEqual({ status: 400, code: 'tenant_mismatch' });
    const claimed = await claim(next, domain);
    dns.set(dnsRecord.name, dnsRecord.value, claimed.dnsRecord.value);
    expect((await verify(next, claimed)).body.status).toBe('pending');
    dns.set(dnsRecord.name, claimed.dnsRecord.value);
    expect((await verify(next, claimed)).body.status).toBe('verified');
    expect((await former.api.post(`${former.home}/restore`)).status).toBe(200);
    const served = await eventually(
      () => at(anyNext, domain).get(current),
      ({ status }) => status === 200,
    );
    expect(served.body.id).toBe(next.organizationId);
    expect(refusal(await at(anyFormer, domain).get(current))).toEqual(unknown);
  });

  it('subdomains and parent domains of a verified host do not select the organization', async () => {
    for (const name of [`x.${host}`, host.slice(host.indexOf('.') + 1), `${host}.evil.example`]) {
      expect(refusal(await at(await untied(a), name).get(current))).toEqual({ status: 400, code: 'tenant_required' });
    }
  });

  it('X-Forwarded-Host is accepted only from a trusted proxy', async () => {
    const direct = await startTestServer({ DNS_SERVERS: dns.address });
    try {
      const { token } = await untied(a);
      expect(refusal(await at(direct.api.as(token), host).get(current))).toEqual({ status: 400, code: 'tenant_required' });
      expect((await at(direct.api.as(b.accessToken), host).get(current)).body.id).toBe(b.organizationId);
    } finally {
      await direct.close();
    }
  });

  it('a deleted host no longer selects an organization, on every replica', async () => {
    const owner = await subscriber();
    const { id, domain } = await ownHost(owner);
    const replicas = [server, replica].map(({ api }) => at(api, domain));
    for (const api of replicas) {
      const named = await eventually(
        () => api.get(info),
        ({ status }) => status === 200,
      );
      expect(named.body.slug).toBe(owner.slug);
    }
    expect((await owner.api.delete(`${domains}/${id}`)).status).toBe(204);
    for (const api of replicas) {
      const gone = await eventually(
        () => api.get(info),
        ({ status }) => status === 404,
      );
      expect(gone.status).toBe(404);
    }
    expect(refusal(await at(await untied(owner), domain).get(current))).toEqual({ status: 400, code: 'tenant_required' });
  });

  it('a newly verified host soon selects the organization on every replica', async () => {
    const owner = await subscriber();
    const domain = await claim(owner);
    const replicas = [server, replica].map(({ api }) => at(api, domain.domain));
    for (const api of replicas) expect((await api.get(info)).status).toBe(404);
    dns.set(domain.dnsRecord.name, domain.dnsRecord.value);
    await verify(owner, domain);
    for (const api of replicas) {
      const named = await eventually(
        () => api.get(info),
        ({ status }) => status === 200,
      );
      expect(named.body.slug).toBe(owner.slug);
    }
  });
});

describe('the public branding', () => {
  const look = { displayName: 'Acme Learning', primaryColor: '#1a2b3c', logoUrl: 'https://cdn.example.org/logo.png', customCss: 'h1 { color: red }' };
  let a: Person;
  let b: Person;
  let host: string;
  beforeAll(async () => {
    [a, b] = [await subscriber(), await subscriber()];
    host = (await ownHost(a)).domain;
    expect((await a.api.patch('/tenant/branding', look)).status).toBe(200);
    expect((await a.api.patch('/tenant/integrations', { mailer: { secrets: { key: 'a secret of the integration' } } })).status).toBe(200);
  });

  const soon = (api: Client, slug: string): Promise<Answer> =>
    eventually(
      () => api.get(info),
      ({ body }) => body.slug === slug,
    );

  it('an organization is found by custom domain, subdomain or slug without signing in', async () => {
    const { displayName, ...branding } = look;
    const ways = [at(server.api, host), at(server.api, `${a.slug}.tenants.tenantry.test`), server.api.with({ 'x-tenant-slug': a.slug })];
    for (const api of ways) {
      const { status, body, headers } = await soon(api, a.slug);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        slug: a.slug,
        name: displayName,
        locale: expect.any(String),
        branding: { displayName, primaryColor: branding.primaryColor, logoUrl: branding.logoUrl },
      });
      expect(body.branding.customCss).toContain('color:red');
      expect(headers.get('cache-control')).toBe('no-cache');
      expect(headers.get('vary')).toMatch(/host.*x-tenant-slug/i);
    }
  });

  it('the public information contains no ids, plan, members or secrets', async () => {
    const { body, text } = await soon(at(server.api, host), a.slug);
    expect(Object.keys(body).sort()).toEqual(['branding', 'locale', 'name', 'slug']);
    for (const hidden of [a.organizationId, a.userId, a.email, 'pro', 'secret']) expect(text).not.toContain(hidden);
  });

  it('the public information has a name when no branding is set', async () => {
    const { body } = await server.api.with({ 'x-tenant-slug': b.slug }).get(info);
    expect(body).toMatchObject({ slug: b.slug, branding: { displayName: null, logoUrl: null, customCss: null } });
    expect(body.name).toBe((await b.api.get(b.home)).body.name);
  });

  it('unknown and deleted organizations, and requests without one, are refused', async () => {
    const gone = await subscriber();
    const { domain } = await ownHost(gone);
    expect((await soon(at(server.api, domain), gone.slug)).status).toBe(200);
    await gone.api.delete(gone.home, { headers: { 'if-match': (await gone.api.get(gone.home)).headers.get('etag') ?? '' } });
    const deleted = await eventually(
      () => at(server.api, domain).get(info),
      ({ status }) => status === 404,
    );
    const strip = ({ body }: Answer): unknown => ({ ...body, requestId: '' });
    const unknown = await server.api.with({ 'x-tenant-slug': 'no-such-slug-at-all' }).get(info);
    expect(refusal(unknown)).toEqual({ status: 404, code: 'organization_not_found' });
    for (const answer of [
      deleted,
      await server.api.get(info),
      await at(server.api, 'unknown.example.org').get(info),
      await at(server.api, 'x1y2z3.tenants.tenantry.test').get(info),
    ])
      expect(strip(answer)).toEqual(strip(unknown));
  });

  it('two sources that name different organizations are refused', async () => {
    const mismatch = { status: 400, code: 'tenant_mismatch' };
    expect(refusal(await at(server.api, `${a.slug}.tenants.tenantry.test`).with({ 'x-tenant-slug': b.slug }).get(info))).toEqual(mismatch);
    expect(refusal(await at(server.api, host).with({ 'x-tenant-slug': b.slug }).get(info))).toEqual(mismatch);
    expect((await at(server.api, host).with({ 'x-tenant-slug': a.slug }).get(info)).body.slug).toBe(a.slug);
    expect(refusal(await server.api.with({ 'x-tenant-slug': 'no slug!' }).get(info))).toEqual({ status: 400, code: 'invalid_tenant' });
  });

  it('a changed branding or name is soon visible on every replica', async () => {
    const owner = await subscriber();
    const { domain } = await ownHost(owner);
    const replicas = [server, replica].map(({ api }) => at(api, domain));
    const changes: readonly (readonly [change: () => Promise<Answer>, name: string])[] = [
      [() => owner.api.patch(owner.home, { name: 'Plain name' }), 'Plain name'],
      [() => owner.api.patch(owner.home, { displayName: 'Shown name' }), 'Shown name'],
      [() => owner.api.patch('/tenant/branding', { displayName: 'Brand' }), 'Brand'],
      [() => owner.api.patch('/tenant/branding', { displayName: null }), 'Shown name'],
    ];
    for (const [change, name] of changes) {
      expect((await change()).status).toBe(200);
      for (const api of replicas) {
        const seen = await eventually(
          () => api.get(info),
          ({ body }) => body.name === name,
        );
        expect(seen.body.name).toBe(name);
      }
    }
  });
});

describe('the domains of another organization', () => {
  it('domains of another organization cannot be read, verified, updated or deleted', async () => {
    const [a, b] = [await subscriber(), await subscriber()];
    const theirs = await ownHost(b);
    const mail = await claim(b, unusedHost(), 'email');
    dns.set(mail.dnsRecord.name, mail.dnsRecord.value);
    const before = (await b.api.get(domains)).body;
    expect((await a.api.get(domains)).body.data).toEqual([]);
    for (const { id, domain } of [theirs, mail]) {
      const attempts = [
        await a.api.post(`${domains}/${id}/verify`),
        await a.api.post(`${domains}/${id}/verify`, { mailTo: `me@${domain}` }),
        await a.api.post(`${domains}/${id}/verify`, { code: 'ABCDEFGH' }),
        await a.api.patch(`${domains}/${id}`, { joinPolicy: 'none' }),
        await a.api.delete(`${domains}/${id}`),
      ];
      for (const attempt of attempts) expect(refusal(attempt)).toEqual({ status: 404, code: 'not_found' });
    }
    expect((await b.api.get(domains)).body).toEqual(before);
  });

  it('each organization can have fifty domains of its own', async () => {
    const [a, b] = await server.world.twoTenants();
    await database.query(
      `insert into domains (organization_id, id, kind, name, dns_token) select $1, gen_random_uuid(), 'email', 'full-' || n || '.example.org', 'x' from generate_series(1, 50) n`,
      [a.organizationId],
    );
    expect(refusal(await a.api.post(domains, { kind: 'email', domain: unusedHost() }))).toEqual({ status: 409, code: 'too_many_domains' });
    expect((await b.api.post(domains, { kind: 'email', domain: unusedHost() })).status).toBe(201);
  });
});
