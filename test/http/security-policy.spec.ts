import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { smallCatalog, startServerWithCatalog } from '../support/catalogs.js';
import type { Answer, Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { itInBothRuns, rounds, some } from '../support/rounds.js';
import { goodPassword, type Person } from '../support/world.js';
import { tagOf, versionOf } from '../support/versions.js';

let server: TestServer;
let database: pg.Pool;
beforeAll(async () => {
  server = await startTestServer({ TRUSTED_PROXIES: '1' });
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
});
afterAll(async () => {
  await database.end();
  await server.close();
});

const security = '/tenant/security';
const preview = '/tenant/security/preview';
const nothing = { ipAllowList: [], allowedEmailDomains: [], webOrigins: [], mfaRequired: false, mfaRoles: [], signInMethods: [], ssoRequired: false, auditLogsEnabled: true };
const [inside, outside] = ['203.0.113.9', '198.51.100.1'];
const notAllowed = { status: 403, code: 'address_not_allowed' };
const refusesYou = { status: 409, code: 'policy_refuses_you' };
const ownerRequired = { status: 403, code: 'owner_required' };

const refusal = ({ status, body }: Answer): unknown => ({ status, code: body?.code });
const from = (api: Client, address: string): Client => api.with({ 'x-forwarded-for': address });
const setPlan = (person: Person, plan: string): Promise<unknown> => database.query('update organizations set plan = $2 where id = $1', [person.organizationId, plan]);

/** The owner of an organization whose plan has allow-lists, and to which the operator gave single sign-on: no included plan has it. */
async function enterprise(signedUp?: Person): Promise<Person> {
  const owner = signedUp ?? (await server.world.owner());
  await setPlan(owner, 'enterprise');
  const given = `insert into entitlement_overrides (organization_id, id, kind, key, available, updated_at) values ($1, gen_random_uuid(), 'feature', 'sso', true, now())`;
  await database.query(given, [owner.organizationId]);
  return owner;
}

async function allow(person: Person, ipAllowList: readonly string[], address: string): Promise<void> {
  const { status, text } = await from(person.api, address).patch(security, { ipAllowList });
  if (status !== 200) throw new Error(`the allow-list answered ${status}: ${text}`);
}

describe('an allow-list of addresses', () => {
  it.each(
    some<readonly [string, readonly string[], readonly string[], readonly string[]]>(
      [
        ['a range', ['203.0.113.0/24'], ['203.0.113.0', '203.0.113.255', '::ffff:203.0.113.77'], ['203.0.112.255', '203.0.114.0']],
        ['a range of IPv6', ['2001:db8:1::/48'], ['2001:db8:1::', '2001:db8:1:ffff:ffff:ffff:ffff:ffff'], ['2001:db8:2::', '2001:db7::1']],
        ['a mapped address', ['::ffff:203.0.113.9'], ['203.0.113.9', '::ffff:203.0.113.9'], ['203.0.113.10']],
        ['an address', ['203.0.113.9'], ['203.0.113.9', '::ffff:203.0.113.9', '::FFFF:203.0.113.9'], ['203.0.113.8', '127.0.0.1', '::1', '2001:db8::1']],
        ['a range of odd size', ['10.20.30.40/29'], ['10.20.30.40', '10.20.30.47'], ['10.20.30.39', '10.20.30.48']],
        ['an address of IPv6', ['2001:db8::1'], ['2001:db8::1', '2001:DB8:0:0::0:1'], ['2001:db8::2', '203.0.113.9']],
        ['several', ['192.0.2.1', '198.51.100.0/25', '2001:db8::/32'], ['192.0.2.1', '198.51.100.127', '2001:db8::'], ['192.0.2.2', '198.51.100.128']],
        ['all of IPv4', ['0.0.0.0/0'], ['8.8.8.8', '127.0.0.1'], ['2001:db8::1']],
      ],
      3,
    ),
  )('the allow-list %s admits only the listed addresses', async (_, list, insiders, outsiders) => {
    // Instead of what is not an address, the connection counts: 127.0.0.1.
    const nowhere = insiders.includes('127.0.0.1') ? ['fe80::1%eth0'] : ['unknown', '_hidden', '203.0.113.9x', 'fe80::1%eth0'];
    const owner = await enterprise();
    const member = await server.world.member(owner);
    await allow(owner, list, insiders[0] ?? '');
    const statuses = async (addresses: readonly string[]): Promise<unknown> =>
      Promise.all(addresses.map(async (address) => [address, (await from(member.api, address).get(`${owner.home}/teams`)).status]));
    expect(await statuses(insiders)).toEqual(insiders.map((address) => [address, 200]));
    expect(await statuses([...outsiders, ...nowhere])).toEqual([...outsiders, ...nowhere].map((address) => [address, 403]));
  });

  it('an IP allow list applies to the next request of sessions and keys of this organization only', async () => {
    const [owner, stranger] = [await enterprise(), await enterprise()];
    const member = await server.world.member(owner);
    const made = await owner.api.post(`${owner.home}/api-keys`, { name: 'x', permissions: ['teams:read'] });
    const key = server.api.with({ 'x-api-key': made.body.key });
    const everybody = [owner.api, member.api, key];
    for (const api of everybody) expect((await from(api, outside).get(`${owner.home}/teams`)).status).toBe(200);
    await allow(owner, [inside], inside);
    for (const api of everybody) {
      expect(refusal(await from(api, outside).get(`${owner.home}/teams`))).toEqual(notAllowed);
      expect(refusal(await from(api, outside).post('/access/check', {}))).toEqual(notAllowed);
      expect((await from(api, inside).get(`${owner.home}/teams`)).status).toBe(200);
    }
    expect(refusal(await from(owner.api, outside).patch(security, { ipAllowList: [] }))).toEqual(notAllowed);
    expect((await from(stranger.api, outside).get(`${stranger.home}/teams`)).status).toBe(200);
    await allow(owner, [], inside);
    for (const api of everybody) expect((await from(api, outside).get(`${owner.home}/teams`)).status).toBe(200);
  });

  it('behind a trusted proxy the address comes from the proxy, not from forged entries', async () => {
    const owner = await enterprise();
    await allow(owner, [inside], inside);
    const get = async (forwarded: string): Promise<number> => (await from(owner.api, forwarded).get(`${owner.home}/teams`)).status;
    expect(await get(`${inside}, ${outside}`)).toBe(403);
    expect(await get(`${outside}, ${inside}`)).toBe(200);
    expect(await get(`${inside},${inside},${outside}`)).toBe(403);
    const others = { 'x-real-ip': inside, forwarded: `for=${inside}`, 'x-client-ip': inside, 'cf-connecting-ip': inside, 'true-client-ip': inside };
    expect(refusal(await from(owner.api, outside).with(others).get(`${owner.home}/teams`))).toEqual(notAllowed);
    expect(refusal(await owner.api.with(others).get(`${owner.home}/teams`))).toEqual(notAllowed);
  });

  it('an allow-list can be switched on behind a proxy that adds the port to the address', async () => {
    const owner = await server.world.owner();
    await setPlan(owner, 'enterprise');
    expect((await from(owner.api, `${inside}:61598`).patch(security, { ipAllowList: [inside] })).status).toBe(200);
    for (const address of [`${inside}:1`, `[::ffff:${inside}]:443`]) expect((await from(owner.api, address).get(`${owner.home}/teams`)).status).toBe(200);
    for (const address of [`${outside}:203`, `${inside}x`, `unknown, ${inside}x:1`]) expect(refusal(await from(owner.api, address).get(`${owner.home}/teams`))).toEqual(notAllowed);
  });

  it('without a trusted proxy no header is used', async () => {
    const bare = await startTestServer({ TRUSTED_PROXIES: '0' });
    try {
      const owner = await bare.world.owner();
      await setPlan(owner, 'enterprise');
      expect(refusal(await from(owner.api, inside).patch(security, { ipAllowList: [inside] }))).toEqual(refusesYou);
      expect((await from(owner.api, inside).patch(security, { ipAllowList: ['127.0.0.1'] })).status).toBe(200);
      expect((await from(owner.api, inside).get(`${owner.home}/teams`)).status).toBe(200);
      await database.query(`update settings_documents set document = $2 where organization_id = $1 and section = 'security'`, [owner.organizationId, { ipAllowList: [inside] }]);
      expect(refusal(await from(owner.api, inside).get(`${owner.home}/teams`))).toEqual(notAllowed);
    } finally {
      await bare.close();
    }
  });

  let refused: Person | undefined;
  it.each([
    ['localhost'],
    ['example.com'],
    [''],
    [' 203.0.113.9'],
    ['203.0.113.9 '],
    ['203.0.113'],
    ['203.0.113.256'],
    ['0203.0.113.9'],
    ['0x7f.1'],
    ['2130706433'],
    ['203.0.113.9-203.0.113.20'],
    ['203.0.113.*'],
    ['203.0.113.0/33'],
    ['203.0.113.9/032'],
    ['203.0.113.0/-1'],
    ['203.0.113.0/'],
    ['203.0.113.0/8/8'],
    ['203.0.113.0/255.255.255.0'],
    ['/24'],
    ['2001:db8::/129'],
    ['2001:db8::g'],
    ['fe80::1%eth0'],
    ['fe80::1%eth0/64'],
    ['::ffff:203.0.113.0/120'],
    ['203.0.113.9:80'],
    [5],
    [null],
    [['203.0.113.9']],
  ])('%j is refused', async (range) => {
    refused ??= await enterprise();
    const owner = refused;
    for (const answer of [await from(owner.api, inside).patch(security, { ipAllowList: [inside, range] }), await from(owner.api, inside).post(preview, { ipAllowList: [range] })])
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: expect.arrayContaining([expect.objectContaining({ pointer: '/ipAllowList' })]) } });
    expect((await owner.api.get(security)).body).toEqual(nothing);
  });

  it('an IP allow list must be a list without duplicates', async () => {
    const owner = await enterprise();
    for (const ipAllowList of [inside, null, [inside, inside], { 0: inside }, Array.from({ length: 501 }, (_, index) => `10.0.${index >> 8}.${index & 255}`)])
      expect((await from(owner.api, inside).patch(security, { ipAllowList })).status).toBe(400);
  });

  it('without the feature an allow-list cannot be set; an existing one applies and can be removed', async () => {
    const owner = await server.world.owner();
    for (const answer of [await from(owner.api, inside).patch(security, { ipAllowList: [inside] }), await from(owner.api, inside).post(preview, { ipAllowList: [inside] })])
      expect(refusal(answer)).toEqual({ status: 402, code: 'feature_not_in_plan' });
    await setPlan(owner, 'enterprise');
    await owner.api.patch('/tenant/features', { feature: 'advanced_security', enabled: false });
    expect(refusal(await from(owner.api, inside).patch(security, { ipAllowList: [inside] }))).toEqual({ status: 403, code: 'feature_disabled' });
    await owner.api.patch('/tenant/features', { feature: 'advanced_security', enabled: true });
    await allow(owner, [inside], inside);
    await setPlan(owner, 'free');
    expect(refusal(await from(owner.api, outside).get(`${owner.home}/teams`))).toEqual(notAllowed);
    expect((await from(owner.api, inside).patch(security, { auditLogsEnabled: false })).status).toBe(200);
    await allow(owner, [], inside);
    expect((await from(owner.api, outside).get(`${owner.home}/teams`)).status).toBe(200);
  });

  it('every plan includes the allow-list when the catalog does not sell it', async () => {
    const small = await startServerWithCatalog(smallCatalog(), { TRUSTED_PROXIES: '1' });
    try {
      await allow(await small.world.owner(), [inside], inside);
      const owner = await small.world.owner();
      await allow(owner, ['2001:db8::/32'], '2001:db8::1');
      expect(refusal(await from(owner.api, inside).get(`${owner.home}/teams`))).toEqual(notAllowed);
    } finally {
      await small.close();
    }
  });
});

describe('a preview of a change', () => {
  it('a preview returns whether the change would be refused, and changes nothing', async () => {
    const owner = await enterprise();
    const member = await server.world.member(owner, 'member', `mel-${server.world.unique()}@acme.test`);
    const { body: key } = await owner.api.post(`${owner.home}/api-keys`, { name: 'Key', permissions: ['teams:read'] });
    expect(key.id).toBeDefined();
    const nobody = { memberCount: 0, members: [], withoutSignInCount: 0 };
    const asked = async (body: object): Promise<unknown> => {
      const answer = await from(owner.api, inside).post(preview, body);
      const { refusal: why, ...rest } = answer.body;
      return { ...rest, refusal: why?.code ?? null };
    };
    expect(await asked({})).toEqual({ refused: false, refusal: null, keyCount: 0, ...nobody });
    expect(await asked({ auditLogsEnabled: false })).toEqual({ refused: false, refusal: null, keyCount: 0, ...nobody });
    expect(await asked({ ipAllowList: [inside] })).toEqual({ refused: false, refusal: null, keyCount: 1, ...nobody });
    expect(await asked({ ipAllowList: [outside] })).toEqual({ refused: true, refusal: 'policy_refuses_you', keyCount: 1, ...nobody });
    expect(await asked({ mfaRequired: true })).toEqual({ refused: true, refusal: 'policy_refuses_you', keyCount: 0, ...nobody });
    expect(await asked({ ssoRequired: true })).toEqual({ refused: true, refusal: 'policy_refuses_you', keyCount: 0, ...nobody, withoutSignInCount: 1 });
    expect(await asked({ allowedEmailDomains: ['acme.test'] })).toEqual({
      refused: false,
      refusal: null,
      keyCount: 0,
      memberCount: 1,
      members: [{ userId: owner.userId, email: owner.email, role: 'owner' }],
      withoutSignInCount: 0,
    });
    expect(await asked({ allowedEmailDomains: ['other.test'] })).toMatchObject({ memberCount: 2, members: [{ userId: owner.userId }, { userId: member.userId }] });
    const { body, headers } = await owner.api.get(security);
    expect(body).toEqual(nothing);
    expect(versionOf({ headers })).toBe(0);
  });

  itInBothRuns('neither previews nor refusals depend on where other people are signed in, or on what they have set up in their accounts', async () => {
    const owner = await enterprise();
    const admin = await server.world.member(owner, 'admin');
    const member = await server.world.member(owner);
    const key = (await member.api.post(`${owner.home}/api-keys`, { name: 'Mine', belongsTo: 'me', permissions: ['teams:read'] })).body;
    const all = [
      { ipAllowList: [inside] },
      { mfaRequired: true },
      { ipAllowList: [inside, outside] },
      { ipAllowList: [inside, '198.51.100.0/24'] },
      { ipAllowList: ['0.0.0.0/0'] },
      { ssoRequired: true },
      { allowedEmailDomains: ['example.com'] },
      ...['password', 'mail', 'passkey', 'provider', 'sso'].map((method) => ({ signInMethods: [method] })),
    ];
    const tries = some(all, 2);
    const answers = async (): Promise<string> => {
      const given: string[] = [];
      for (const api of [owner.api, admin.api])
        for (const body of tries) {
          const { status, text } = await from(api, inside).post(preview, body);
          given.push(`${status} ${text}`);
        }
      for (const body of tries.filter((body) => 'ipAllowList' in body).slice(0, 3)) {
        const { status, body: refused } = await from(admin.api, inside).patch(security, body);
        given.push(`${status} ${refused.code}`);
      }
      return given.join('\n');
    };
    await database.query('update sessions set ip_address = $2 where user_id = any($1)', [[member.userId, owner.userId], inside]);
    const before = await answers();
    await database.query('update sessions set ip_address = $2 where user_id = any($1)', [[member.userId, owner.userId], outside]);
    await database.query(`insert into second_factors (user_id, secret, confirmed_at) values ($1, 'x', now()), ($2, 'x', now())`, [member.userId, owner.userId]);
    await database.query(`insert into passkeys (id, user_id, name, credential_id, public_key, rp_id, backed_up) values (gen_random_uuid(), $1, 'x', $2, 'x', 'x', false)`, [
      member.userId,
      Buffer.from(member.userId),
    ]);
    await database.query(`insert into external_identities (id, user_id, provider, issuer, subject) values (gen_random_uuid(), $1, 'x', 'x', $2)`, [member.userId, member.email]);
    await database.query('delete from credentials where user_id = $1', [member.userId]);
    await from(server.api.with({ 'x-api-key': key.key }), outside).get(`${owner.home}/teams`);
    await server.control.flush();
    expect(await answers()).toBe(before);
    await database.query('update sessions set revoked_at = now() where user_id = $1', [member.userId]);
    expect(await answers()).toBe(before);
  });

  it('a preview requires security:write and refuses API keys', async () => {
    const owner = await enterprise();
    const [admin, member] = [await server.world.member(owner, 'admin'), await server.world.member(owner)];
    const { body } = await owner.api.post(`${owner.home}/api-keys`, { name: 'x', permissions: ['security:read'] });
    const key = server.api.with({ 'x-api-key': body.key });
    expect((await admin.api.post(preview, { auditLogsEnabled: true })).status).toBe(200);
    expect((await key.get(security)).status).toBe(200);
    for (const api of [member.api, key]) {
      expect(refusal(await api.post(preview, {}))).toEqual({ status: 403, code: 'access_denied' });
      expect(refusal(await api.patch(security, { auditLogsEnabled: false }))).toEqual({ status: 403, code: 'access_denied' });
    }
  });
});

describe('the author of a policy', () => {
  it('a list without the address of the request is refused', async () => {
    const owner = await enterprise();
    expect(await from(owner.api, outside).patch(security, { ipAllowList: [inside] })).toMatchObject({
      status: 409,
      body: { code: 'policy_refuses_you', reason: 'address_not_allowed', detail: expect.stringContaining(outside) },
    });
    expect((await from(owner.api, outside).get(security)).body).toEqual(nothing);
    expect((await from(owner.api, outside).patch(security, { ipAllowList: [inside, outside] })).status).toBe(200);
    expect(refusal(await from(owner.api, outside).patch(security, { ipAllowList: [inside] }))).toEqual(refusesYou);
    expect((await from(owner.api, outside).get(security)).body.ipAllowList).toEqual([inside, outside]);
  });

  it('another live session of an owner on the list does not help', async () => {
    const owner = await enterprise();
    const admin = await server.world.member(owner, 'admin');
    await database.query('update sessions set ip_address = $2 where user_id = $1', [owner.userId, inside]);
    expect(refusal(await from(owner.api, outside).patch(security, { ipAllowList: [inside] }))).toEqual(refusesYou);
    expect(refusal(await from(admin.api, inside).patch(security, { ipAllowList: [inside] }))).toEqual(ownerRequired);
    expect((await from(owner.api, outside).get(security)).body).toEqual(nothing);
  });

  it('an admin can add addresses to a list, and remove the list, but not create or narrow one', async () => {
    const owner = await enterprise();
    const admin = await server.world.member(owner, 'admin');
    const change = (ipAllowList: readonly string[]): Promise<Answer> => from(admin.api, inside).patch(security, { ipAllowList });
    expect(refusal(await change([inside]))).toEqual(ownerRequired);
    await allow(owner, [inside, '10.0.0.0/8', '2001:db8::/32'], inside);
    for (const narrower of [
      [inside],
      [inside, '10.0.0.0/8'],
      [inside, '10.0.0.0/9', '2001:db8::/32'],
      [inside, '10.0.0.0/8', '2001:db8::/33'],
      ['203.0.113.0/24', '::/0'],
      ['::ffff:203.0.113.9', '10.0.0.0/8'],
    ])
      expect(refusal(await change(narrower))).toEqual(ownerRequired);
    expect((await change(['203.0.113.0/24', '10.0.0.0/8', '2001:db8::/32', outside])).status).toBe(200);
    expect((await change(['::ffff:203.0.113.9', '203.0.113.0/24', '0.0.0.0/0', '::/0'])).status).toBe(200);
    expect((await change([])).status).toBe(200);
    expect(refusal(await change(['0.0.0.0/0']))).toEqual(ownerRequired);
  });

  it('the address of the proxy on the list does not admit the clients of the proxy', async () => {
    const owner = await enterprise();
    expect(refusal(await from(owner.api, outside).patch(security, { ipAllowList: ['127.0.0.1', '::1'] }))).toEqual(refusesYou);
    expect(refusal(await from(owner.api, `${inside}, ${outside}`).patch(security, { ipAllowList: [inside] }))).toEqual(refusesYou);
    expect((await from(owner.api, `${inside}, ${outside}`).patch(security, { ipAllowList: [outside] })).status).toBe(200);
  });

  it('an IPv4-mapped address is the IPv4 address, in the list and in the request', async () => {
    const owner = await enterprise();
    expect((await from(owner.api, `::ffff:${inside}`).patch(security, { ipAllowList: [inside] })).status).toBe(200);
    expect((await from(owner.api, inside).patch(security, { ipAllowList: [`::ffff:${inside}`] })).status).toBe(200);
    expect(refusal(await from(owner.api, inside).patch(security, { ipAllowList: ['::/0'] }))).toEqual(refusesYou);
  });

  itInBothRuns('of parallel owners at different addresses, at least one keeps access', async () => {
    const owners = [await enterprise()];
    const [first] = owners as [Person];
    for (let index = 1; index < 4; index += 1) owners.push(await server.world.member(first, 'owner'));
    const addresses = owners.map((_, index) => `203.0.113.${index + 1}`);
    const change = (index: number): Promise<Answer> => from((owners[index % 4] as Person).api, addresses[index % 4] ?? '').patch(security, { ipAllowList: [addresses[index % 4]] });
    await Promise.all(Array.from({ length: rounds(8, 20) }, (_, index) => change(index)));
    const statuses = await Promise.all(owners.map(async ({ api }, index) => (await from(api, addresses[index] ?? '').get(security)).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });

  it('one of two owners can be locked out', async () => {
    const owner = await enterprise();
    const second = await server.world.member(owner, 'owner');
    expect((await from(second.api, inside).patch(security, { ipAllowList: [inside] })).status).toBe(200);
    expect(refusal(await from(owner.api, outside).get(security))).toEqual(notAllowed);
  });

  it('requirements that the author does not meet are refused', async () => {
    const owner = await enterprise();
    for (const change of [{ mfaRequired: true }, { ssoRequired: true }, { mfaRequired: true, auditLogsEnabled: false }])
      expect(refusal(await owner.api.patch(security, change))).toEqual(refusesYou);
    expect(refusal(await owner.api.patch('/tenant/settings', { enable_two_factor: true, weekly_reports: true }))).toEqual(refusesYou);
    expect((await owner.api.get('/tenant/settings')).body).toMatchObject({ enable_two_factor: false, weekly_reports: false });
    expect((await owner.api.get(security)).body).toEqual(nothing);
    for (const value of [false, null]) expect((await owner.api.patch('/tenant/settings', { enable_two_factor: value })).status).toBe(200);
    expect((await owner.api.patch(security, { mfaRequired: false, ssoRequired: false })).status).toBe(200);
    expect((await owner.api.get(`${owner.home}/teams`)).status).toBe(200);
  });

  it('single sign-on requires the feature', async () => {
    const owner = await server.world.owner();
    expect(refusal(await owner.api.patch(security, { ssoRequired: true }))).toEqual({ status: 402, code: 'feature_not_in_plan' });
  });

  it.each([
    ['a second factor', { mfaRequired: true }, 'second_factor_required'],
    ['single sign-on', { ssoRequired: true }, 'sso_required'],
  ])('requiring %s locks out members but not keys', async (_, document, code) => {
    const owner = await server.world.owner();
    const { body } = await owner.api.post(`${owner.home}/api-keys`, { name: 'x', permissions: ['teams:read'] });
    await database.query(`insert into settings_documents (organization_id, id, section, document) values ($1, gen_random_uuid(), 'security', $2)`, [
      owner.organizationId,
      document,
    ]);
    expect(refusal(await owner.api.get(`${owner.home}/teams`))).toEqual({ status: 403, code });
    expect((await server.api.with({ 'x-api-key': body.key }).get(`${owner.home}/teams`)).status).toBe(200);
  });
});

const breakGlass = '/tenant/security/break-glass';
const openLink = (api: Client, token: string | undefined): Promise<Answer> => api.post(`${breakGlass}/use`, { token });
const deadLink = { status: 410, code: 'invalid_break_glass_link' };

/** An owner with a verified address, whose organization has allow-lists. */
async function reachable(): Promise<Person> {
  const owner = await server.world.owner({ verified: true });
  await setPlan(owner, 'enterprise');
  return owner;
}

/** An owner whose allow-list has only the address `inside`. */
async function lockedOut(): Promise<Person> {
  const owner = await reachable();
  await allow(owner, [inside], inside);
  return owner;
}

/** Requests a link and returns its token. */
async function linkOf({ api, email }: Person, count = 1): Promise<string | undefined> {
  const { status, text } = await from(api, outside).post(breakGlass);
  if (status !== 204) throw new Error(`the request of a link answered ${status}: ${text}`);
  return (await server.mailbox.waitFor(email, 'Regain access', count)).token;
}

describe('an owner whom the policy refuses', () => {
  it('a mailed link admits the address from which it is opened, and nobody else', async () => {
    const owner = await lockedOut();
    const second = await server.world.member({ ...owner, api: from(owner.api, inside) }, 'owner');
    const member = await server.world.member({ ...owner, api: from(owner.api, inside) });
    expect(refusal(await from(owner.api, outside).get(security))).toEqual(notAllowed);
    const token = await linkOf(owner);
    const { mail } = await server.mailbox.waitFor(owner.email, 'Regain access');
    expect(mail.text).toContain(`https://app.tenantry.test/break-glass?organization=${owner.organizationId}&token=`);
    expect(await openLink(from(owner.api, outside), token)).toMatchObject({ status: 200, body: { ipAllowList: [inside, outside] } });
    expect((await from(owner.api, outside).patch(security, { ipAllowList: [outside] })).status).toBe(200);
    expect(refusal(await from(member.api, '192.0.2.77').get(`${owner.home}/teams`))).toEqual(notAllowed);
    for (const { email } of [owner, second]) {
      const told = await server.mailbox.waitFor(email, 'was relaxed');
      expect(told.mail.text).toContain(owner.email);
      expect(told.mail.text).toContain(outside);
    }
    expect(server.mailbox.to(member.email).filter(({ mail }) => !mail.subject?.includes('Confirm'))).toEqual([]);
    expect(refusal(await openLink(from(owner.api, outside), token))).toEqual(deadLink);
  });

  it('a mailed link ends the requirement of single sign-on', async () => {
    const owner = await reachable();
    await database.query(`insert into settings_documents (organization_id, id, section, document) values ($1, gen_random_uuid(), 'security', $2)`, [
      owner.organizationId,
      { ssoRequired: true, mfaRequired: false, allowedEmailDomains: ['acme.test'] },
    ]);
    expect(refusal(await owner.api.get(security))).toEqual({ status: 403, code: 'sso_required' });
    expect((await openLink(owner.api, await linkOf(owner))).body).toEqual({ ...nothing, allowedEmailDomains: ['acme.test'] });
    expect((await owner.api.get(security)).status).toBe(200);
  });

  it('no link is mailed to an unverified address, in however many organizations somebody claims it', async () => {
    const decoy = await enterprise(await server.world.signUp());
    const { body: second } = await decoy.api.post('/organizations', { name: 'Second' });
    const { body: switched } = await decoy.api.post('/auth/switch-organization', { organizationId: second.id });
    for (const api of [decoy.api, server.api.as(switched.accessToken)]) expect(refusal(await api.post(breakGlass))).toEqual({ status: 403, code: 'email_not_verified' });
    const { rows } = await database.query(`select count(*)::int as mails from mail_messages where recipient = $1 and template = 'break-glass'`, [decoy.email]);
    expect(rows).toEqual([{ mails: 0 }]);
    await server.world.verify(decoy.email);
    expect((await decoy.api.post(breakGlass)).status).toBe(204);
  });

  it('a break-glass link is for owners only, in their own session, and not for a second factor that they can set up', async () => {
    const owner = await reachable();
    const admin = await server.world.member(owner, 'admin');
    await allow(owner, [inside], inside);
    for (const path of [breakGlass, `${breakGlass}/use`]) expect(refusal(await from(admin.api, outside).post(path, {}))).toEqual({ status: 403, code: 'access_denied' });
    expect((await server.api.post(breakGlass)).status).toBe(401);
    const { body } = await from(owner.api, inside).post(`${owner.home}/api-keys`, { name: 'x', permissions: ['organization:read'] });
    expect((await from(server.api.with({ 'x-api-key': body.key }), inside).post(breakGlass)).status).toBe(403);
    await database.query(`update settings_documents set document = $2 where organization_id = $1 and section = 'security'`, [owner.organizationId, { mfaRequired: true }]);
    expect(refusal(await owner.api.post(breakGlass))).toEqual({ status: 403, code: 'second_factor_required' });
  });

  it('an operator who impersonates an owner cannot request or use a link, or change the policy', async () => {
    const owner = await reachable();
    const token = await linkOf(owner);
    const operator = await server.control.createOperator(server.world.email('operator'));
    const api = server.api.as((await server.api.post('/auth/login', { email: operator.email, password: goodPassword })).body.accessToken);
    const { body } = await api.post(`/tenants/${owner.organizationId}/impersonate`, { userId: owner.userId, reason: 'Ticket 1' });
    const acting = server.api.as(body.accessToken);
    for (const answer of [await acting.post(breakGlass), await openLink(acting, token), await acting.patch(security, { auditLogsEnabled: false })]) expect(answer.status).toBe(403);
    expect((await acting.patch('/tenant/settings', { max_login_attempts: 100 })).status).toBe(403);
    expect((await acting.patch('/tenant/features', { feature: 'sso', enabled: false })).status).toBe(403);
    expect((await openLink(owner.api, token)).status).toBe(200);
  });

  it('the link of one owner does not work for another owner, another organization, a former owner or a removed one', async () => {
    const owner = await reachable();
    const [second, third] = [await server.world.member(owner, 'owner'), await server.world.invited(owner, 'owner')];
    const other = await reachable();
    await server.world.verify(third.email);
    const [token, thirds] = [await linkOf(owner), await linkOf(third)];
    expect(refusal(await openLink(second.api, token))).toEqual(deadLink);
    expect(refusal(await openLink(other.api, token))).toEqual(deadLink);
    const { body: own } = await owner.api.post('/organizations', { name: 'Other of the same owner' });
    const { body: switched } = await owner.api.post('/auth/switch-organization', { organizationId: own.id });
    expect(refusal(await openLink(server.api.as(switched.accessToken), token))).toEqual(deadLink);
    expect((await second.api.patch(`${owner.home}/members/${owner.userId}`, { role: 'admin' })).status).toBe(200);
    const back = server.api.as((await server.api.as(switched.accessToken).post('/auth/switch-organization', { organizationId: owner.organizationId })).body.accessToken);
    expect(refusal(await openLink(back, token))).toEqual({ status: 403, code: 'access_denied' });
    expect((await second.api.delete(`${owner.home}/members/${third.userId}`)).status).toBe(204);
    expect([403, 404]).toContain((await openLink(third.api, thirds)).status);
    expect((await database.query('select 1 from break_glass_links where user_id = $1', [third.userId])).rows).toEqual([]);
  });

  it('a break-glass link expires after 15 minutes, only the newest works, and one is sent in five minutes', async () => {
    const owner = await reachable();
    const first = await linkOf(owner);
    expect(await owner.api.post(breakGlass)).toMatchObject({ status: 429, body: { code: 'break_glass_mailed_recently', retryAfter: 300 } });
    const minutes = 60_000;
    const fresh = await server.control.after(6 * minutes, () => linkOf(owner, 2));
    expect(refusal(await openLink(owner.api, first))).toEqual(deadLink);
    expect(await server.control.after(21.5 * minutes, async () => refusal(await openLink(owner.api, fresh)))).toEqual(deadLink);
    expect((await openLink(owner.api, fresh)).status).toBe(200);
    for (const token of ['x', '', 'x'.repeat(43)]) expect([400, 410]).toContain((await openLink(owner.api, token)).status);
  });

  itInBothRuns('of parallel uses of a link at two replicas one succeeds, and of parallel requests one is mailed', async () => {
    const replica = await startTestServer({ TRUSTED_PROXIES: '1', APP_DOMAIN: 'replica.tenantry.test' });
    try {
      const owner = await lockedOut();
      const apis = Array.from({ length: rounds(6, 20) }, (_, index) => from((index % 2 === 0 ? server : replica).api.as(owner.accessToken), outside));
      const requests = await Promise.all(apis.map((api) => api.post(breakGlass)));
      expect(requests.map(({ status }) => status).toSorted()).toEqual([204, ...apis.slice(1).map(() => 429)]);
      const { token } = await server.mailbox.waitFor(owner.email, 'Regain access');
      const uses = await Promise.all(apis.map((api) => openLink(api, token)));
      expect(uses.map(({ status }) => status).toSorted()).toEqual([200, ...apis.slice(1).map(() => 410)]);
      expect((await from(replica.api.as(owner.accessToken), outside).get(security)).body.ipAllowList).toEqual([inside, outside]);
      expect(server.mailbox.to(owner.email).filter(({ mail }) => mail.subject?.includes('Regain access'))).toHaveLength(1);
    } finally {
      await replica.close();
    }
  });

  it('the address of the link is the one that the trusted proxy reports', async () => {
    const owner = await lockedOut();
    const token = await linkOf(owner);
    expect((await openLink(from(owner.api, `${inside}, 10.9.9.9, ${outside}`), token)).body.ipAllowList).toEqual([inside, outside]);
  });
});

describe('a security policy that the operator resets', () => {
  it('the allow-list, the second factor and single sign-on end, the rest stays, and the owners get a mail', async () => {
    const owner = await enterprise();
    const second = await server.world.member(owner, 'owner');
    await database.query(
      `insert into settings_documents (organization_id, id, section, document) values ($1, gen_random_uuid(), 'security', $2), ($1, gen_random_uuid(), 'settings', $3)`,
      [
        owner.organizationId,
        { ipAllowList: [inside], mfaRequired: true, ssoRequired: true, allowedEmailDomains: ['acme.test'], auditLogsEnabled: false },
        { enable_two_factor: true, session_timeout_minutes: 5, weekly_reports: true },
      ],
    );
    expect(refusal(await from(owner.api, outside).get(security))).toEqual(notAllowed);
    const operator = await server.control.createOperator(server.world.email('operator'));
    const api = server.api.as((await server.api.post('/auth/login', { email: operator.email, password: goodPassword })).body.accessToken);
    const reset = (id: string, body: object): Promise<Answer> => api.post(`/tenants/${id}/security/reset`, body);
    expect((await reset(owner.organizationId, {})).status).toBe(400);
    expect(refusal(await reset('0192b8a0-0000-7000-8000-000000000000', { reason: 'x' }))).toEqual({ status: 404, code: 'not_found' });
    expect((await from(second.api, inside).post(`/tenants/${owner.organizationId}/security/reset`, { reason: 'x' })).status).toBe(403);
    // A session that was idle for too long stays ended.
    await database.query(`update sessions set last_used_at = now() - interval '6 minutes' where user_id = $1`, [second.userId]);
    expect((await reset(owner.organizationId, { reason: 'Ticket 12: the office moved' })).status).toBe(204);
    expect((await from(owner.api, outside).get(security)).body).toEqual({ ...nothing, allowedEmailDomains: ['acme.test'], auditLogsEnabled: false });
    expect((await owner.api.get('/tenant/settings')).body).toMatchObject({ enable_two_factor: false, session_timeout_minutes: 5, weekly_reports: true });
    expect(refusal(await second.api.get(security))).toEqual({ status: 401, code: 'session_timed_out' });
    for (const { email } of [owner, second]) expect((await server.mailbox.waitFor(email, 'was reset')).mail.text).toContain('Ticket 12: the office moved');
  });

  it('a reset also works for an organization without a policy, and for a suspended one', async () => {
    const owner = await enterprise();
    const operator = await server.control.createOperator(server.world.email('operator'));
    const api = server.api.as((await server.api.post('/auth/login', { email: operator.email, password: goodPassword })).body.accessToken);
    await api.post(`/tenants/${owner.organizationId}/suspend`, {});
    for (const reason of ['one', 'two']) expect((await api.post(`/tenants/${owner.organizationId}/security/reset`, { reason })).status).toBe(204);
    await server.mailbox.waitFor(owner.email, 'was reset', 2);
  });
});

describe('allowed email domains', () => {
  const refused = { status: 422, code: 'email_domain_not_allowed' };

  it('allowed email domains apply to invitations, to adding members, and again on acceptance', async () => {
    const [owner, outsider, colleague] = [
      await server.world.owner(),
      await server.world.owner({ verified: true }),
      await server.world.owner({ email: `c-${server.world.unique()}@acme.test`, verified: true }),
    ];
    const early = server.world.email('early');
    const token = await server.world.invitationToken(owner, early);
    expect((await owner.api.patch(security, { allowedEmailDomains: ['acme.test', 'sub.example.org'] })).status).toBe(200);
    const invite = (email: string): Promise<Answer> => owner.api.post(`${owner.home}/invitations`, { email, role: 'member', delivery: 'link' });
    for (const email of ['x@example.com', 'x@sub.acme.test', 'x@notacme.test', 'x@acme.test.evil.com', 'x@example.org', '"x@acme.test"@evil.com']) {
      const answer = await invite(email);
      expect({ email, refused: [400, 422].includes(answer.status) }).toEqual({ email, refused: true });
    }
    expect(refusal(await invite('x@example.com'))).toEqual(refused);
    for (const email of ['x@acme.test', 'Y@ACME.TEST', 'z@sub.example.org']) expect((await invite(email)).status).toBe(201);
    const add = (email: string): Promise<Answer> => owner.api.post(`${owner.home}/members`, { email, role: 'member' });
    expect(refusal(await add(outsider.email))).toEqual(refused);
    expect((await add(colleague.email)).status).toBe(202);
    const { token: invited } = await server.mailbox.waitFor(colleague.email, 'invited you');
    expect((await colleague.api.post('/invitations/accept', { token: invited })).status).toBe(201);
    const accept = (): Promise<Answer> => server.api.post('/invitations/accept', { token, name: 'Early', password: 'correct horse battery staple' });
    expect(refusal(await accept())).toEqual(refused);
    expect((await owner.api.get(`${owner.home}/members`)).body.data.map(({ email }: { email: string }) => email).toSorted()).toEqual([colleague.email, owner.email].toSorted());
    expect((await database.query('select 1 from users where email = $1', [early])).rowCount).toBe(0);
    await owner.api.patch(security, { allowedEmailDomains: [] });
    expect((await accept()).status).toBe(201);
  });

  it('allowed email domains do not affect existing members or other organizations', async () => {
    const [a, b] = await server.world.twoTenants();
    const member = await server.world.member(a);
    await a.api.patch(security, { allowedEmailDomains: ['acme.test'] });
    for (const person of [a, member]) expect((await person.api.get(`${a.home}/teams`)).status).toBe(200);
    await expect(server.world.member(b)).resolves.toBeDefined();
  });

  let owner: Person | undefined;
  it.each([
    ['@acme.test'],
    ['*.acme.test'],
    ['acme'],
    ['.acme.test'],
    ['a b.test'],
    ['x@acme.test'],
    ['-acme.test'],
    ['http://acme.test'],
    ['acme.123'],
    [''],
    [5],
    [`${'a'.repeat(250)}.test`],
  ])('%j is refused', async (domain) => {
    owner ??= await server.world.owner();
    expect(refusal(await owner.api.patch(security, { allowedEmailDomains: [domain] }))).toEqual({ status: 400, code: 'validation_failed' });
    expect((await owner.api.get(security)).body).toEqual(nothing);
  });

  it.each(['ACME.test', 'acme.test.'])('the email domain %j is stored in its canonical form', async (domain) => {
    const another = await server.world.owner();
    expect(refusal(await another.api.patch(security, { allowedEmailDomains: [domain] }))).toEqual({ status: 200, code: undefined });
    expect((await another.api.get(security)).body.allowedEmailDomains).toEqual(['acme.test']);
  });
});

describe('the owners', () => {
  /** What became of the mails to an address. */
  const written = async (recipient: string): Promise<string[]> => {
    const { rows } = await database.query<{ status: string }>(`select status from mail_messages where recipient = $1 and template = 'security-changed' order by status`, [
      recipient,
    ]);
    return rows.map(({ status }) => status);
  };

  it('get a mail about a change of what decides about security', async () => {
    const owner = await enterprise(await server.world.owner({ verified: true }));
    const changes: [path: string, body: object][] = [
      [security, { signInMethods: ['password', 'sso'], mfaRequired: false }],
      // What they were.
      [security, { signInMethods: ['password', 'sso'] }],
      ['/tenant/settings', { session_timeout_minutes: 45 }],
      // Decides nothing.
      ['/tenant/settings', { session_timeout_minutes: 45, email_notifications: false }],
      ['/tenant/features', { feature: 'advanced_security', enabled: false }],
    ];
    for (const [path, body] of changes) expect((await owner.api.patch(path, body)).status).toBe(200);
    await server.mailbox.waitFor(owner.email, 'The security settings of', 3);
    const texts = server.mailbox.to(owner.email).map(({ mail: { text = '' } }) => / were changed: (.*)\.$/m.exec(text)?.[1]);
    expect(texts.filter((text) => text !== undefined)).toEqual(['signInMethods', 'session_timeout_minutes', 'advanced_security']);
  });

  it('get these mails without limit, but a few at an address that is not verified', async () => {
    const owner = await server.world.owner({ verified: true });
    const stranger = await server.world.member(owner, 'owner');
    for (let each = 0; each < 7; each += 1) expect((await owner.api.patch(security, { auditLogsEnabled: each % 2 === 1 })).status).toBe(200);
    const waits = (states: readonly string[]): boolean => states.some((state) => !['sent', 'dropped'].includes(state));
    const became = async ({ email }: Person): Promise<unknown> => {
      const states = await eventually(
        () => written(email),
        (found) => !waits(found),
      );
      return Object.fromEntries(['sent', 'dropped'].map((state) => [state, states.filter((each) => each === state).length]));
    };
    expect([await became(owner), await became(stranger)]).toEqual([
      { sent: 7, dropped: 0 },
      { sent: 5, dropped: 2 },
    ]);
  });
});

describe('the policy', () => {
  it('a change with an outdated ETag is refused', async () => {
    const owner = await server.world.owner();
    const change = (auditLogsEnabled: boolean): Promise<Answer> => owner.api.patch(security, { auditLogsEnabled }, { headers: { 'if-match': tagOf(0, owner) } });
    const answers = await Promise.all([false, true, false, true].map(change));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412]);
  });

  let owner: Person | undefined;
  it.each([{ mfaRequired: 'true' }, { mfaRequired: null }, { ssoRequired: 1 }, { auditLogsEnabled: 'no' }, { ipAllowlist: [] }, { sessionTimeout: 5 }])(
    'the invalid security policy %j is refused',
    async (body) => {
      owner ??= await enterprise();
      expect(refusal(await owner.api.patch(security, body))).toEqual({ status: 400, code: 'validation_failed' });
      expect((await owner.api.get(security)).body).toEqual(nothing);
    },
  );
});
