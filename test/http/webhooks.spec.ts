import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Answer } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/http.js';
import type { Person } from '../support/world.js';

const url = 'https://example.com/webhooks';
let server: TestServer;
let look: pg.Pool;
let a: Person;
let b: Person;
beforeAll(async () => {
  // Its catalog does not sell webhooks: every organization has them.
  server = await startTestServer({ CATALOG: 'quizmarker' });
  look = new pg.Pool({ connectionString: testDatabase().platform, max: 2 });
  [a, b] = await server.world.twoTenants();
});
afterAll(async () => {
  await look.end();
  await server.close();
});

async function ok({ status, body, text }: Answer): Promise<Answer['body']> {
  if (status >= 300) throw new Error(text);
  return body;
}
const create = async ({ api, home }: Person, wanted: object = {}): Promise<Answer['body']> => ok(await api.post(`${home}/webhooks`, { url, ...wanted }));
const refusal = ({ status, body }: Answer): unknown => ({ status, code: body?.code });

describe('the webhooks of an organization', () => {
  it('a webhook is created, read, changed, listed and deleted, and only its creation shows the secret', async () => {
    const answer = await a.api.post(`${a.home}/webhooks`, { url: 'https://EXAMPLE.com:443/a/../webhooks?x=1', description: 'CRM', eventTypes: ['member.*', 'team.created'] });
    expect(answer.status).toBe(201);
    const { id, secret } = answer.body;
    expect(answer.headers.get('location')).toBe(`/api/v1${a.home}/webhooks/${id}`);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const shown = await ok(await a.api.get(`${a.home}/webhooks/${id}`));
    expect(shown).toEqual({
      id,
      url: 'https://example.com/webhooks?x=1',
      description: 'CRM',
      eventTypes: ['member.*', 'team.created'],
      enabled: true,
      disabledReason: null,
      ordered: false,
      signature: 'symmetric',
      publicKey: null,
      previousSecretExpiresAt: null,
      failingSince: null,
      grantedById: a.userId,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect(await ok(await a.api.patch(`${a.home}/webhooks/${id}`, { eventTypes: ['*'], enabled: false, description: null, ordered: true }))).toMatchObject({
      eventTypes: ['*'],
      enabled: false,
      disabledReason: null,
      description: null,
      ordered: true,
    });
    expect((await ok(await a.api.get(`${a.home}/webhooks?enabled=false`))).data).toEqual([expect.objectContaining({ id })]);
    const listed = await a.api.get(`${a.home}/webhooks`);
    expect(listed.text).not.toContain('whsec_');
    expect((await a.api.delete(`${a.home}/webhooks/${id}`)).status).toBe(204);
    expect((await a.api.get(`${a.home}/webhooks/${id}`)).status).toBe(404);
  });

  it('an Ed25519 webhook shows its public key, and no secret', async () => {
    const { id, secret, publicKey } = await create(a, { signature: 'ed25519' });
    expect({ secret, publicKey }).toEqual({ secret: null, publicKey: expect.stringMatching(/^whpk_[A-Za-z0-9+/]{43}=$/) });
    const rotated = await ok(await a.api.post(`${a.home}/webhooks/${id}/rotate-secret`));
    expect(rotated.publicKey).not.toBe(publicKey);
    expect(rotated.secret).toBeNull();
  });

  it('a rotation shows a new secret, and until when the present one signs as well', async () => {
    const { id, secret } = await create(a);
    const rotated = await ok(await a.api.post(`${a.home}/webhooks/${id}/rotate-secret`));
    expect(rotated.secret).toMatch(/^whsec_/);
    expect(rotated.secret).not.toBe(secret);
    const left = new Date(rotated.previousSecretExpiresAt).getTime() - Date.now();
    expect(left).toBeGreaterThan(23.9 * 3_600_000);
    expect(left).toBeLessThanOrEqual(24 * 3_600_000 + 1000);
    expect(await ok(await a.api.post(`${a.home}/webhooks/${id}/rotate-secret`, { overlapSeconds: 0 }))).toMatchObject({ previousSecretExpiresAt: null });
  });

  it('secrets are encrypted at rest, and masked in the audit log', async () => {
    const { id, secret } = await create(b);
    const { rows } = await look.query<{ secret: Buffer }>('select secret from webhooks where id = $1', [id]);
    expect(rows[0]?.secret.includes(Buffer.from(secret.replace('whsec_', ''), 'base64'))).toBe(false);
    expect(rows[0]?.secret.toString('latin1')).not.toContain(secret);
    await server.control.flush();
    const { data } = await ok(await b.api.get(`${b.home}/audit-logs?limit=100`));
    expect(JSON.stringify(data)).toContain(url);
    expect(JSON.stringify(data)).not.toContain(secret);
  });

  it('an organization has at most 20 webhooks, also of parallel requests', async () => {
    const owner = await server.world.owner();
    const answers = await Promise.all(Array.from({ length: 24 }, () => owner.api.post(`${owner.home}/webhooks`, { url })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    expect(answers.filter(({ status }) => status !== 201).map(refusal)).toEqual(Array.from({ length: 4 }, () => ({ status: 409, code: 'too_many_webhooks' })));
  });
});

describe('addresses', () => {
  const refused = [
    'http://example.com/webhooks',
    'ftp://example.com/webhooks',
    'https://user:password@example.com/',
    'https://user@example.com/',
    'https://example.com/#part',
    'https://example.com:22/',
    'https://127.0.0.1/',
    'https://localhost/',
    'https://db.localhost/',
    'http://localhost:3000/',
    'https://localhost./',
    'https://intranet/',
    'https://server.internal/',
    'https://printer.local/',
    'https://10.0.0.1/',
    'https://192.168.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://0/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[64:ff9b::7f00:1]/',
    'javascript:alert(1)',
    'example.com/webhooks',
    'https://',
  ];
  it.each(refused)('%s is refused', async (address) => {
    expect(refusal(await a.api.post(`${a.home}/webhooks`, { url: address }))).toEqual({ status: 422, code: 'invalid_webhook_url' });
    const { id } = await create(b);
    expect(refusal(await b.api.patch(`${b.home}/webhooks/${id}`, { url: address }))).toEqual({ status: 422, code: 'invalid_webhook_url' });
    await b.api.delete(`${b.home}/webhooks/${id}`);
  });

  it.each(['https://example.com', 'https://example.com:8443/hooks', 'https://93.184.216.34/', 'https://[2606:2800:220:1::1]/', 'https://bücher.example.com/'])(
    '%s is accepted',
    async (address) => {
      const { id, url: stored } = await create(b, { url: address });
      expect(stored).toBe(new URL(address).href);
      await b.api.delete(`${b.home}/webhooks/${id}`);
    },
  );
});

describe('types of events', () => {
  it.each(['member.exploded', 'nothing.*', 'projet.created'])('%s is refused', async (type) => {
    expect(refusal(await a.api.post(`${a.home}/webhooks`, { url, eventTypes: [type] }))).toEqual({ status: 422, code: 'unknown_event_type' });
  });

  it.each(['*.created', 'member', 'Member.added', ''])('%s is malformed', async (type) => {
    expect((await a.api.post(`${a.home}/webhooks`, { url, eventTypes: [type] })).status).toBe(400);
  });

  it('openapi.json describes each type, with the schema of its data', async () => {
    const { body } = await server.api.get('//openapi.json');
    const { data: first } = await ok(await a.api.get('/events?limit=100'));
    const described = Object.keys(body.webhooks);
    expect(described).toEqual(expect.arrayContaining(['member.added', 'team.deleted', 'usage.threshold_reached', 'webhook.test']));
    for (const { type } of first as { type: string }[]) expect(described).toContain(type);
    expect(body.components.schemas.MemberEvent.properties).toMatchObject({ userId: expect.anything(), role: expect.anything() });
  });
});

describe('rights and isolation', () => {
  it('a member without the permission neither reads nor changes webhooks', async () => {
    const { id } = await create(a);
    const member = await server.world.member(a);
    const path = `${a.home}/webhooks/${id}`;
    const { api } = member;
    const answers = [
      await api.get(`${a.home}/webhooks`),
      await api.get(path),
      await api.post(`${a.home}/webhooks`, { url }),
      await api.patch(path, { enabled: false }),
      await api.delete(path),
      await api.post(`${path}/rotate-secret`),
      await api.post(`${path}/test`),
      await api.post(`${path}/replay`, { after: 0 }),
      await api.get(`${path}/deliveries`),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
  });

  describe('of a member who may not read everything', () => {
    const teamsOnly = { permissions: ['webhooks:read', 'webhooks:write', 'teams:read', 'members:read'] };
    async function keyWith(owner: Person, permissions: readonly string[]): Promise<TestServer['api']> {
      const { key } = await ok(await owner.api.post(`${owner.home}/api-keys`, { name: 'Reader', permissions }));
      return server.api.with({ 'x-api-key': key });
    }
    const notPermitted = { status: 403, code: 'event_type_not_permitted' };
    const sentTypes = async (id: string): Promise<string[]> =>
      (await look.query<{ sent_types: string[] }>('select sent_types from webhooks where id = $1', [id])).rows[0]?.sent_types ?? [];

    it('names only types that the author may read, and sends no others', async () => {
      const owner = await server.world.owner();
      const api = await keyWith(owner, teamsOnly.permissions);
      const path = `${owner.home}/webhooks`;
      for (const eventTypes of [['api_key.created'], ['api_key.*'], ['team.created', 'subscription.*'], ['settings.updated']])
        expect(refusal(await api.post(path, { url, eventTypes }))).toEqual(notPermitted);
      const { id, grantedById } = await ok(await api.post(path, { url }));
      expect(grantedById).toBe(owner.userId);
      expect(new Set((await sentTypes(id)).map((type) => type.split('.')[0]))).toEqual(new Set(['member', 'team']));
      const { id: all } = await create(owner);
      expect(await sentTypes(all)).toEqual(expect.arrayContaining(['api_key.created', 'subscription.renewed', 'team.created']));
      expect(refusal(await api.patch(`${path}/${id}`, { eventTypes: ['invitation.*'] }))).toEqual(notPermitted);
    });

    it('gets no other URL, types or secret from a caller who may not read what it sends', async () => {
      const owner = await server.world.owner();
      const api = await keyWith(owner, teamsOnly.permissions);
      const { id } = await create(owner, { eventTypes: ['team.*', 'api_key.*'] });
      const path = `${owner.home}/webhooks/${id}`;
      for (const change of [{ url: 'https://other.example.com/' }, { eventTypes: ['team.*'] }, { enabled: true }, { ordered: true }])
        expect(refusal(await api.patch(path, change))).toEqual(notPermitted);
      expect(refusal(await api.post(`${path}/rotate-secret`))).toEqual(notPermitted);
      expect(await ok(await api.patch(path, { enabled: false, description: 'Stopped' }))).toMatchObject({ enabled: false, grantedById: owner.userId });
      expect(await sentTypes(id)).toHaveLength(7);
    });

    it('shows and replays only deliveries of events that the caller may read', async () => {
      const owner = await server.world.owner();
      const { id } = await create(owner);
      const api = await keyWith(owner, teamsOnly.permissions);
      await ok(await owner.api.post(`${owner.home}/teams`, { name: 'Design' }));
      await ok(await owner.api.get('/events?limit=100'));
      const path = `${owner.home}/webhooks/${id}/deliveries`;
      const all = (await ok(await owner.api.get(path))).data as { id: string; eventType: string }[];
      const hidden = all.find(({ eventType }) => eventType === 'api_key.created');
      expect(hidden).toBeDefined();
      expect(((await ok(await api.get(`${path}?count=true`))).data as typeof all).map(({ eventType }) => eventType)).toEqual(['team.created']);
      expect((await api.get(`${path}/${hidden?.id}`)).status).toBe(404);
      expect((await api.post(`${path}/${hidden?.id}/replay`)).status).toBe(404);
      expect((await owner.api.get(`${path}/${hidden?.id}`)).status).toBe(200);
    });
  });

  it('a webhook and its deliveries do not exist for another organization', async () => {
    const { id } = await create(a);
    const { id: delivery } = await ok(await a.api.post(`${a.home}/webhooks/${id}/test`));
    const own = await create(b);
    for (const path of [
      `${b.home}/webhooks/${id}`,
      `${b.home}/webhooks/${id}/deliveries`,
      `${b.home}/webhooks/${own.id}/deliveries/${delivery}`,
      `${b.home}/webhooks/${id}/deliveries/${delivery}`,
    ])
      expect((await b.api.get(path)).status).toBe(404);
    for (const path of [`webhooks/${id}/test`, `webhooks/${id}/rotate-secret`, `webhooks/${own.id}/deliveries/${delivery}/replay`, `webhooks/${id}/deliveries/${delivery}/replay`])
      expect((await b.api.post(`${b.home}/${path}`)).status).toBe(404);
    expect((await b.api.post(`${b.home}/webhooks/${id}/replay`, { after: 0 })).status).toBe(404);
    expect((await b.api.patch(`${b.home}/webhooks/${id}`, { enabled: false })).status).toBe(404);
    expect((await b.api.delete(`${b.home}/webhooks/${id}`)).status).toBe(404);
    expect((await b.api.get(`${a.home}/webhooks`)).status).toBeGreaterThanOrEqual(403);
    expect(await ok(await a.api.get(`${a.home}/webhooks/${id}`))).toMatchObject({ enabled: true });
  });

  it('a new webhook, another address and a new secret need a recent login', async () => {
    const owner = await server.world.owner();
    const { id } = await create(owner);
    await look.query(`update sessions set authenticated_at = now() - interval '31 minutes' where user_id = $1`, [owner.userId]);
    const path = `${owner.home}/webhooks/${id}`;
    for (const answer of [await owner.api.post(`${owner.home}/webhooks`, { url }), await owner.api.patch(path, { url }), await owner.api.post(`${path}/rotate-secret`)])
      expect(refusal(answer)).toEqual({ status: 401, code: 'recent_login_required' });
    expect((await owner.api.post(`${path}/test`)).status).toBe(200);
  });

  it('an API key with the permission manages webhooks', async () => {
    const { key } = await ok(await b.api.post(`${b.home}/api-keys`, { name: 'Terraform', permissions: ['webhooks:read', 'webhooks:write'] }));
    const api = server.api.with({ 'x-api-key': key });
    const { id } = await ok(await api.post(`${b.home}/webhooks`, { url }));
    expect((await ok(await api.get(`${b.home}/webhooks/${id}`))).url).toBe(url);
    expect((await api.delete(`${b.home}/webhooks/${id}`)).status).toBe(204);
  });

  it('a plan without the feature sells no webhooks', async () => {
    const sold = await startTestServer();
    try {
      const owner = await sold.world.owner();
      expect(refusal(await owner.api.post(`${owner.home}/webhooks`, { url }))).toEqual({ status: 402, code: 'feature_not_in_plan' });
    } finally {
      await sold.close();
    }
  });
});

describe('deliveries', () => {
  it('are listed by status, and wait while nobody sends', async () => {
    const owner = await server.world.owner();
    const { id } = await create(owner);
    const { id: delivery, eventId } = await ok(await owner.api.post(`${owner.home}/webhooks/${id}/test`));
    const path = `${owner.home}/webhooks/${id}/deliveries`;
    expect((await ok(await owner.api.get(`${path}?status=pending`))).data).toEqual([
      expect.objectContaining({ id: delivery, eventId, status: 'pending', attempts: 0, lastResult: null }),
    ]);
    expect((await ok(await owner.api.get(`${path}?status=failed`))).data).toEqual([]);
    const { body, log } = await ok(await owner.api.get(`${path}/${delivery}`));
    expect(JSON.parse(body)).toMatchObject({ id: eventId, type: 'webhook.test', sequence: 0, organizationId: owner.organizationId, data: { webhookId: id } });
    expect(log).toEqual([]);
  });

  it('an event has deliveries from the moment at which it has its number', async () => {
    const owner = await server.world.owner();
    const { id } = await create(owner, { eventTypes: ['team.created'] });
    await ok(await owner.api.post(`${owner.home}/teams`, { name: 'Design' }));
    const { data } = await ok(await owner.api.get('/events?limit=100'));
    const event = (data as { id: string; type: string; sequence: number }[]).find(({ type }) => type === 'team.created');
    expect((await ok(await owner.api.get(`${owner.home}/webhooks/${id}/deliveries`))).data).toEqual([expect.objectContaining({ eventId: event?.id, sequence: event?.sequence })]);
  });

  it('a range is replayed with the events that were not delivered', async () => {
    const owner = await server.world.owner();
    const { id } = await create(owner, { eventTypes: ['team.*'], enabled: false });
    for (const name of ['One', 'Two', 'Three']) await ok(await owner.api.post(`${owner.home}/teams`, { name }));
    const { data } = await ok(await owner.api.get('/events?limit=100'));
    const path = `${owner.home}/webhooks/${id}`;
    expect((await ok(await owner.api.get(`${path}/deliveries`))).data).toEqual([]);
    expect(refusal(await owner.api.post(`${path}/replay`, { after: 0 }))).toEqual({ status: 409, code: 'webhook_disabled' });
    await ok(await owner.api.patch(path, { enabled: true }));
    const [first] = (data as { type: string; sequence: number }[]).filter(({ type }) => type === 'team.created');
    expect(await ok(await owner.api.post(`${path}/replay`, { after: 0, until: first?.sequence }))).toEqual({ deliveries: 1, nextAfter: null });
    expect(await ok(await owner.api.post(`${path}/replay`, { after: 0 }))).toEqual({ deliveries: 2, nextAfter: null });
    expect(await ok(await owner.api.post(`${path}/replay`, { after: 0, includeDelivered: true }))).toEqual({ deliveries: 0, nextAfter: null });
    expect((await ok(await owner.api.get(`${path}/deliveries?count=true`))).total).toBe(3);
  });

  it('end with their webhook, and are deleted afterwards', async () => {
    const owner = await server.world.owner();
    const { id } = await create(owner);
    const { id: delivery } = await ok(await owner.api.post(`${owner.home}/webhooks/${id}/test`));
    const path = `${owner.home}/webhooks/${id}`;
    expect((await owner.api.delete(path)).status).toBe(204);
    for (const gone of [path, `${path}/deliveries`, `${path}/deliveries/${delivery}`]) expect((await owner.api.get(gone)).status).toBe(404);
    expect((await owner.api.post(`${path}/deliveries/${delivery}/replay`)).status).toBe(404);
    const kept = await create(owner);
    await ok(await owner.api.post(`${owner.home}/webhooks/${kept.id}/test`));
    await server.control.runJob('purge-deliveries', new Date());
    // Another spec file can have made a webhook of the platform, which receives the events of all organizations.
    const { rows } = await look.query('select webhook_id from webhook_deliveries where organization_id = $1 and not of_platform', [owner.organizationId]);
    expect(rows).toEqual([{ webhook_id: kept.id }]);
  });

  it('the erasure of an event erases its deliveries', async () => {
    const owner = await server.world.owner();
    const { id } = await create(owner, { eventTypes: ['team.created'] });
    await ok(await owner.api.post(`${owner.home}/teams`, { name: 'Design' }));
    await ok(await owner.api.get('/events?limit=100'));
    await look.query('delete from domain_events where organization_id = $1', [owner.organizationId]);
    expect((await ok(await owner.api.get(`${owner.home}/webhooks/${id}/deliveries`))).data).toEqual([]);
  });
});
