import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, Client } from '../support/client.js';
import { AttackedReplicas, crowd, outcome, outcomes } from '../support/attacked-replicas.js';
import type { Person } from '../support/world.js';
import { chained } from '../support/audit.js';

// Twenty callers, spread over two server processes, attack the security policy, personal keys and the proofs of domains.

let attacked: AttackedReplicas;
beforeAll(async () => void (attacked = await AttackedReplicas.start()), 60_000);
afterAll(() => attacked.end());

const security = '/tenant/security';
const [inside, outside] = ['203.0.113.9', '198.51.100.1'];

const count = async (sql: string, ...values: unknown[]): Promise<number> =>
  (await attacked.replicas.rows<{ count: number }>(`select count(*)::integer ${sql}`, ...values))[0]?.count ?? 0;
const from = (api: Client, address: string): Client => api.with({ 'x-forwarded-for': address });

describe('the security policy', () => {
  it('of twenty requests of a break-glass link on both replicas one is mailed, and of twenty uses of the link one works', async () => {
    const owner = await attacked.subscriber();
    expect((await from(owner.api, inside).patch(security, { ipAllowList: [inside] })).status).toBe(200);
    const asOwner = (number: number): Client => from(attacked.as(owner.api, number), outside);
    const requests = await attacked.crowd((_, number) => asOwner(number).post(`${security}/break-glass`));
    expect(outcomes(requests)).toEqual({ 204: 1, '429 break_glass_mailed_recently': crowd - 1 });
    const { token } = await attacked.mailbox.waitFor(owner.email, 'Regain access');
    const uses = await attacked.crowd((_, number) => asOwner(number).post(`${security}/break-glass/use`, { token }));
    expect(outcomes(uses)).toEqual({ 200: 1, '410 invalid_break_glass_link': crowd - 1 });
    expect((await asOwner(1).get(security)).body.ipAllowList).toEqual([inside, outside]);
    await chained(attacked.replicas.look);
    expect(await count(`from audit.events where organization_id = $1 and action = 'useBreakGlass' and outcome = 'done'`, owner.organizationId)).toBe(1);
  });

  it('of owners who lock each other out on both replicas, with previews meanwhile, exactly one address keeps access', async () => {
    const first = await attacked.subscriber();
    const owners = [first];
    for (let index = 1; index < 4; index += 1) owners.push(await attacked.world.member(first, 'owner'));
    const addresses = owners.map((_, index) => `203.0.113.${index + 1}`);
    const asOwner = (index: number, replica: number): Client => from(attacked.as((owners[index] as Person).api, replica), addresses[index] ?? '');
    const answers = await attacked.crowd((_, number) => {
      const index = number % 4;
      const policy = { ipAllowList: [addresses[index]] };
      const api = asOwner(index, Math.floor(number / 4));
      return number >= crowd ? api.post(`${security}/preview`, policy) : api.patch(security, policy);
    }, 2 * crowd);
    expect(answers.slice(0, crowd).filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect(answers.map(outcome).filter((each) => !['200', '403 address_not_allowed'].includes(each))).toEqual([]);
    for (const replica of [0, 1]) {
      const seen = await Promise.all(owners.map((_, index) => asOwner(index, replica).get(security)));
      expect(outcomes(seen)).toEqual({ 200: 1, '403 address_not_allowed': 3 });
    }
  });

  it('of twenty changes with one ETag on both replicas one succeeds', async () => {
    const owner = await attacked.subscriber();
    const etag = (await owner.api.get(security)).headers.get('etag') ?? '';
    const answers = await attacked.crowd((_, number) =>
      attacked
        .as(owner.api, number)
        .with({ 'if-match': etag })
        .patch(security, { allowedEmailDomains: [`school${number}.example`] }),
    );
    const { 200: changed, ...refused } = outcomes(answers);
    expect({ changed, refused: Object.keys(refused).map((each) => each.slice(0, 3)) }).toEqual({ changed: 1, refused: ['412'] });
    const winner = answers.findIndex(({ status }) => status === 200);
    for (const replica of [0, 1]) expect((await attacked.as(owner.api, replica).get(security)).body.allowedEmailDomains).toEqual([`school${winner}.example`]);
  });

  it('an allow-list of one replica refuses the next requests on the other, of sessions and keys', async () => {
    const owner = await attacked.subscriber();
    const member = await attacked.world.member(owner);
    const { key } = (await owner.api.post(`${owner.home}/api-keys`, { name: 'Key', permissions: ['teams:read'] })).body;
    const read = (): Promise<Answer[]> =>
      attacked.crowd((_, number) => from(attacked.at(number).as(number % 4 < 2 ? member.accessToken : key), outside).get(`${owner.home}/teams`));
    expect(outcomes(await read())).toEqual({ 200: crowd });
    const [, changed] = await Promise.all([read(), from(owner.api, inside).patch(security, { ipAllowList: [inside] })]);
    expect(changed.status).toBe(200);
    expect((await read()).filter(({ status }) => status < 400)).toEqual([]);
  });
});

describe('a personal key', () => {
  it('only its owner receives new secrets, and of twenty rotations on both replicas the last two secrets work', async () => {
    const owner = await attacked.subscriber();
    const member = await attacked.world.member(owner, 'admin');
    const made = await member.api.post(`${owner.home}/api-keys`, { name: 'Own', permissions: ['teams:read'], belongsTo: 'me' });
    const path = `${owner.home}/api-keys/${made.body.id}/rotate`;
    const answers = await attacked.crowd((_, number) => attacked.as(number % 4 < 2 ? member.api : owner.api, number).post(path, {}));
    const [own, foreign] = [answers.filter((_, number) => number % 4 < 2), answers.filter((_, number) => number % 4 >= 2)];
    expect(outcomes(own)).toEqual({ 200: crowd / 2 });
    expect(foreign.filter(({ status, text }) => status < 400 || text.includes('tk_'))).toEqual([]);
    const secrets = [made, ...own].map(({ body }) => body.key as string);
    for (const replica of [0, 1]) {
      const seen = await Promise.all(secrets.map((secret) => attacked.at(replica).as(secret).get(`${owner.home}/teams`)));
      expect(outcomes(seen)).toEqual({ 200: 2, '401 invalid_api_key': secrets.length - 2 });
    }
  });
});

describe('the proof of a domain', () => {
  it('of organizations that prove one host on both replicas exactly one gets it, and of those that lose it to a new record too', async () => {
    const people = await Promise.all(Array.from({ length: 5 }, () => attacked.subscriber()));
    const host = `${attacked.world.unique('learn')}.example.org`;
    const claims: { id: string; dnsRecord: { value: string } }[] = [];
    for (const { api } of people) claims.push((await api.post('/tenant/domains', { kind: 'host', domain: host })).body);
    const verifyAll = (): Promise<Answer[]> =>
      attacked.crowd((_, number) => attacked.as((people[number % 5] as Person).api, number).post(`/tenant/domains/${claims[number % 5]?.id}/verify`));
    const holders = (): Promise<{ id: string }[]> => attacked.replicas.rows<{ id: string }>(`select id from domains where name = $1 and verified_at is not null`, host);
    attacked.dns.set(`_tenantry.${host}`, ...claims.map(({ dnsRecord }) => dnsRecord.value));
    await verifyAll();
    const [first, ...none] = await holders();
    expect(none).toEqual([]);
    // The record of the first holder is gone: the host was sold.
    const others = claims.filter(({ id }) => id !== first?.id);
    attacked.dns.set(`_tenantry.${host}`, ...others.map(({ dnsRecord }) => dnsRecord.value));
    await verifyAll();
    const [second, ...nobody] = await holders();
    expect(nobody).toEqual([]);
    expect(others.map(({ id }) => id)).toContain(second?.id);
    for (const replica of [0, 1]) expect((await attacked.at(replica).with({ 'x-forwarded-host': host }).get('/tenant/info')).status).toBe(200);
  });
});
