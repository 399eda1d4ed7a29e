import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import pg from 'pg';
import { resourceBodies } from '../audit/resource-calls.js';
import type { Answer } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { Places, type Place } from '../support/places.js';
import { goodPassword, type Person } from '../support/world.js';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly example?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name?: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly headers?: object; readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>>;
}

type Item = Readonly<Record<string, Operation | undefined>>;

let server: TestServer;
let owner: Person;
let places: Places;
const database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
let paths: Readonly<Record<string, Item>>;
let schemas: Readonly<Record<string, Schema>>;

beforeAll(async () => {
  server = await startTestServer({ CATALOG: 'knowton' });
  owner = await server.world.owner({ verified: true });
  const email = server.world.email('operator');
  await server.control.createOperator(email);
  const operator = server.api.as((await server.api.post('/auth/login', { email, password: goodPassword })).body.accessToken as string);
  const { body } = await server.api.get('//openapi.json');
  paths = body.paths as Readonly<Record<string, Item>>;
  schemas = body.components.schemas as Readonly<Record<string, Schema>>;
  places = new Places(
    body as OpenAPIObject,
    server,
    { owner, operator, setupLink: server.api.as((await owner.api.post('/tenant/sso-setup-links', { name: 'Pat' })).body.token as string) },
    async (creation) => (await resourceBodies[creation.operationId]?.({ owner, database })) ?? bodyFor(creation as Operation),
  );
});
afterAll(async () => {
  await server.close();
  await database.end();
});

const resolve = (schema: Schema): Schema => (schema.$ref === undefined ? schema : resolve(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}));
const answerOf = (operation: Operation | undefined): Schema => resolve(operation?.responses['200']?.content?.['application/json']?.schema ?? {});
const takes = (operation: Operation | undefined, header: string): boolean => operation?.parameters?.some(({ name }) => name === header) === true;

/** Whether a GET answers one resource, and no list. */
const readsOne = (operation: Operation | undefined): boolean =>
  Object.keys(answerOf(operation).properties ?? {}).some((name) => !['data', 'nextCursor', 'total'].includes(name)) || answerOf(operation).properties === undefined;

/** The paths of resources that can be read and changed. */
const changeable = (): [path: string, item: Item][] =>
  Object.entries(paths).filter(([, { get, ...others }]) => get !== undefined && readsOne(get) && ['put', 'patch', 'delete'].some((method) => others[method] !== undefined));

let plans = 0;

/** Bodies whose values the document cannot know: they name something of this installation, or all that is sent must fit together. */
const bodies: Readonly<Record<string, () => object>> = {
  createApiKey: () => ({ name: server.world.unique('key'), permissions: ['teams:read'] }),
  createServiceKey: () => ({ name: server.world.unique('service'), scopes: ['tenant:read'] }),
  createTenant: () => ({ name: server.world.unique('tenant'), slug: server.world.unique('tenant'), email: server.world.email() }),
  createDomain: () => ({ kind: 'email', domain: `${server.world.unique('d')}.example` }),
  // Not mailed: sending the mail changes the invitation at a time that no request decides.
  createInvitations: () => ({ email: server.world.email(), role: 'member', delivery: 'link' }),
  createRole: () => ({ key: server.world.unique('role').replaceAll('-', '_'), name: 'A role', permissions: ['teams:read'] }),
  reserveUsage: () => ({ meter: 'bandwidth_gb', quantity: 1 }),
  changeSubscription: () => ({ plan: (plans += 1) % 2 === 0 ? 'pro' : 'enterprise' }),
  updateMember: () => ({ customRoles: [] }),
  updateSettings: () => ({ session_timeout_minutes: 10 + Math.floor(performance.now() % 1000) }),
  updateCustomSettings: () => ({ [server.world.unique('k')]: 1 }),
  updateIntegrations: () => ({ [server.world.unique('k')]: { enabled: true } }),
  updateSecurity: () => ({ webOrigins: [`https://${server.world.unique()}.example`] }),
  toggleFeature: () => ({ feature: 'nft', enabled: Math.floor(performance.now()) % 2 === 0 }),
  updateDomain: () => ({ joinPolicy: 'none' }),
};

/** A body with the fields that are required, or with the first text that may be changed. */
function bodyFor({ operationId, requestBody }: Operation): object {
  const own = bodies[operationId]?.();
  if (own !== undefined) return own;
  const { properties = {}, required = [] } = resolve(requestBody?.content['application/json']?.schema ?? {});
  const usual = Object.keys(properties).filter((name) => ['name', 'title', 'displayName', 'dataRetentionDays', 'billingEmail'].includes(name));
  // Writing the same value again makes another version, too.
  const known = (name: string): unknown => resolve(properties[name] ?? {}).example ?? resolve(properties[name] ?? {}).enum?.[0];
  const first = Object.keys(properties)
    .filter((name) => !name.endsWith('Id') && known(name) !== undefined)
    .slice(0, 1);
  const changed = required.length > 0 ? required : usual.length > 0 ? usual : first;
  const sample = (name: string): unknown => {
    const { type = 'string' } = resolve(properties[name] ?? {});
    if (name === 'name' || name === 'title' || name === 'displayName') return server.world.unique('named');
    if (name === 'billingEmail') return server.world.email();
    return known(name) ?? (type === 'string' || type.includes('string') ? server.world.unique() : 365 + (Math.floor(performance.now()) % 3000));
  };
  return Object.fromEntries(changed.map((name) => [name, sample(name)]));
}

const etagOf = ({ headers }: Answer): string => headers.get('etag') ?? 'none';
type Change = readonly [method: 'PATCH' | 'PUT', operation: Operation];

const changeOf = (item: Item): Change | undefined => (item['patch'] !== undefined ? ['PATCH', item['patch']] : item['put'] !== undefined ? ['PUT', item['put']] : undefined);

it('the document gives each resource that can be read and changed an ETag, If-None-Match and If-Match', () => {
  expect(changeable().length).toBeGreaterThan(18);
  const without = changeable().flatMap(([path, { get, ...others }]) => [
    ...(takes(get, 'If-None-Match') && 'ETag' in (get?.responses['200']?.headers ?? {}) ? [] : [`GET ${path}`]),
    ...['put', 'patch', 'delete'].filter((method) => others[method] !== undefined && !takes(others[method], 'If-Match')).map((method) => `${method} ${path}`),
  ]);
  expect(without).toEqual([]);
});

/** What happens to a change with the present version, with the one before and with both. */
async function outcomeOfChanges({ target, api }: Place, [method, operation]: Change): Promise<object> {
  const change = (...tags: string[]): Promise<Answer> => api.request(method, target, bodyFor(operation), { headers: { 'if-match': tags.join(', ') } });
  const first = await api.get(target);
  const changed = await change(etagOf(first));
  const second = await api.get(target);
  const refused = await change(etagOf(first));
  const unchanged = (await api.get(target)).text === second.text;
  const either = await change(etagOf(first), etagOf(second));
  return {
    changed: changed.status,
    isNew: etagOf(second) !== etagOf(first),
    // The answer is that of the read, unless it also says something about the change.
    sameTag: changed.text !== second.text || etagOf(changed) === etagOf(second),
    refused: [refused.status, refused.body.code === 'version_conflict' || refused.body.code === 'precondition_failed', unchanged],
    either: either.status,
  };
}

/** What happens to a deletion with a version of another time, and with the present one. */
async function outcomeOfDeletion({ target, api }: Place): Promise<object> {
  const body = target === '/users/me' ? { currentPassword: goodPassword } : undefined;
  const remove = (tag: string): Promise<Answer> => api.request('DELETE', target, body, { headers: { 'if-match': tag } });
  const refused = await remove(etagOf(await api.get(target)).replace(/^"\w+/, '"1'));
  const deleted = await remove(etagOf(await api.get(target)));
  return { undeleted: [refused.status, refused.body?.code], deleted: deleted.status };
}

it('a changed resource has another ETag, and no change with the one before has an effect', async () => {
  for (const [path, item] of changeable()) {
    const place = await places.create(path);
    const change = changeOf(item);
    const read = await place.api.get(place.target);
    const again = await place.api.get(place.target, { headers: { 'if-none-match': etagOf(read) } });
    const outcome = {
      path,
      read: [read.status, again.status],
      ...(change === undefined ? {} : await outcomeOfChanges(place, change)),
      ...(item['delete'] === undefined ? {} : await outcomeOfDeletion(place)),
    };
    expect(outcome).toEqual({
      path,
      read: [200, 304],
      ...(change === undefined ? {} : { changed: 200, isNew: true, sameTag: true, refused: [412, true, true], either: 200 }),
      ...(item['delete'] === undefined ? {} : { undeleted: [412, 'version_conflict'], deleted: 204 }),
    });
  }
});

it('of callers who change or delete a version at the same time, one succeeds', async () => {
  for (const [path, item] of changeable()) {
    const { target, api } = await places.create(path);
    const change = changeOf(item);
    if (change === undefined) continue;
    const [method, operation] = change;
    const headers = { 'if-match': etagOf(await api.get(target)) };
    const answers = await Promise.all(Array.from({ length: 4 }, () => api.request(method, target, bodyFor(operation), { headers })));
    expect([path, answers.map(({ status }) => status).sort()]).toEqual([path, [200, 412, 412, 412]]);
  }
});
