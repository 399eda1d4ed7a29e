import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../support/http.js';
import type { Client } from '../support/client.js';
import { goodPassword, type Person } from '../support/world.js';

interface Schema {
  readonly $ref?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema?: Schema }[];
}

/** A field of a request, with its place in the body or its name in the query. */
interface Field {
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly place?: readonly string[];
}

let server: TestServer;
let owner: Person;
let operator: Client;
let fields: { readonly times: readonly Field[]; readonly profile: readonly Field[] };

beforeAll(async () => {
  server = await startTestServer();
  owner = await server.world.owner();
  const email = server.world.email('operator');
  await server.control.createOperator(email);
  operator = server.api.as((await server.api.post('/auth/login', { email, password: goodPassword })).body.accessToken);
  expect((await operator.patch(`/tenants/${owner.organizationId}`, { plan: 'enterprise' })).status).toBe(200);
  fields = await fieldsOf(server.url);
});
afterAll(() => server.close());

/** Finds the fields in the OpenAPI document, so that a new route is tested by existing. */
async function fieldsOf(url: string): Promise<typeof fields> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, Schema> } };
  const [times, profile]: [Field[], Field[]] = [[], []];
  const walk = (route: Pick<Field, 'method' | 'path'>, schema: Schema | undefined, place: readonly string[]): void => {
    const {
      format,
      properties = {},
      items,
      allOf = [],
      oneOf = [],
    } = schema?.$ref === undefined ? (schema ?? {}) : (document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
    if (format === 'date-time') times.push({ ...route, place });
    if (/^(timezone|locale)$/.test(place.at(-1) ?? '')) profile.push({ ...route, place });
    for (const [name, property] of Object.entries(properties)) walk(route, property, [...place, name]);
    if (items !== undefined) walk(route, items, [...place, '0']);
    for (const each of [...allOf, ...oneOf]) walk(route, each, place);
  };
  for (const [path, operations] of Object.entries(document.paths))
    for (const [method, { requestBody, parameters = [] }] of Object.entries(operations)) {
      walk({ method, path }, requestBody?.content['application/json']?.schema, []);
      for (const { name, schema } of parameters.filter((parameter) => parameter.in === 'query'))
        if (schema?.format === 'date-time' || /^(from|to)$/.test(name)) times.push({ method, path, query: name });
    }
  return { times, profile };
}

/** Sends a request with one field, as somebody who may, and returns the status and the refused fields. */
async function sent({ method, path, query, place = [] }: Field, value: unknown): Promise<{ status: number; pointers: readonly string[] }> {
  const filled = path
    .replace('{organizationId}', owner.organizationId)
    .replace('/api/v1', '')
    .replace(/\{\w+\}/g, '01920000-0000-7000-8000-000000000000');
  const body = place.toReversed().reduce<unknown>((inner, name) => (name === '0' ? [inner] : { [name]: inner }), value);
  const target = query === undefined ? filled : `${filled}?${query}=${encodeURIComponent(String(value))}`;
  const send = (client: Client) => client.request(method.toUpperCase(), target, query === undefined ? body : undefined);
  const first = await send(path.startsWith('/api/v1/tenants') ? operator : owner.api);
  const { status, body: answer } = first.status === 403 ? await send(operator) : first;
  return { status, pointers: ((answer?.errors ?? []) as { pointer: string }[]).map(({ pointer }) => pointer) };
}

const pointerOf = ({ query, place = [] }: Field): string => `/${query ?? place.join('/')}`;
const isRefused = ({ status, pointers }: { status: number; pointers: readonly string[] }, field: Field): boolean =>
  status === 400 && pointers.some((pointer) => pointer.endsWith(pointerOf(field)));

describe('a time of a request', () => {
  it.each([
    '2027-W05-4',
    '2027-045',
    '20270205T064102Z',
    '2027-02-05T06:41:02,5Z',
    '2027-02-05T06Z',
    '2027-02-05T06:41:02+00',
    '2027-02-05T06:41:02+0100',
    '2027-02-05T06:41:02',
    '2027-02-05 06:41:02Z',
    '2027-02-05T24:00:00Z',
    '2027-02-05T06:41:60Z',
    '2027-02-30T06:41:02Z',
    '0000-06-05T06:41:02Z',
    '9999-12-31T23:59:59-00:01',
    '+010000-01-01T00:00:00Z',
    'infinity',
    'now',
    '1801809662',
  ])('the time %s is refused by every route that takes a time', async (text) => {
    expect(fields.times.length).toBeGreaterThan(20);
    const answers = await Promise.all(fields.times.map(async (field) => ({ field, answer: await sent(field, text) })));
    expect(answers.filter(({ field, answer }) => !isRefused(answer, field))).toEqual([]);
  });

  it.each(['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '2016-12-31T23:59:60Z', '2027-02-05t06:41:02.123456789z', '2027-02-05T06:41:02-00:00', '9999-12-31', '0001-01-01'])(
    'the time %s causes an error of the server in no route',
    async (text) => {
      const answers = await Promise.all(fields.times.map(async (field) => ({ field, answer: await sent(field, text) })));
      expect(answers.filter(({ answer }) => answer.status >= 500)).toEqual([]);
      const isDay = text.length === 10;
      expect(isDay || answers.every(({ field, answer }) => !isRefused(answer, field))).toBe(true);
    },
  );

  it.each([
    ['2096-02-29T23:59:59.9999+14:00', '2096-02-29T09:59:59.999Z'],
    ['2096-02-29t00:15:00-03:30', '2096-02-29T03:45:00.000Z'],
    ['2096-12-31T23:59:60Z', '2096-12-31T23:59:59.999Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('the time %s is stored and shown as %s', async (text, moment) => {
    const { status, body } = await owner.api.post(`/organizations/${owner.organizationId}/api-keys`, { name: 'CI', permissions: ['members:read'], expiresAt: text });
    expect({ status, expiresAt: body.expiresAt }).toEqual({ status: 201, expiresAt: moment });
  });
});

it.each(['from=9999-12-31&to=9999-12-31', 'from=9999-12-31T00:00:00Z&to=9999-12-31T23:59:59.999Z', 'from=9999-12-01&to=9999-12-31&groupBy=day'])(
  'usage of a range that ends after the last day of a year with four digits is refused: %s',
  async (range) => {
    const exported = `what=days&format=csv&${range.replace('&groupBy=day', '')}`;
    const answers = [
      owner.api.get(`${owner.home}/usage?${range}`),
      owner.api.get(`${owner.home}/usage/export?${exported}`),
      operator.get(`/tenants/${owner.organizationId}/usage?${range}`),
    ];
    for (const { status, body } of await Promise.all(answers)) expect({ status, code: body.code as string }).toEqual({ status: 422, code: 'invalid_range' });
    expect((await owner.api.get(`${owner.home}/usage?from=9999-12-30&to=9999-12-30`)).status).toBe(200);
  },
);

describe('a time zone and a locale', () => {
  it.each([
    ...['IST', 'PST', '+05:30', 'Mars/Olympus', 'UTC+1', 'Factory', 'posix/UTC', '', 7, '__proto__'].map((value) => ['timezone', value]),
    ...['POSIX', 'klingonisch!!', 'en_US', 'xx', 'en-XX', 'und', 'C.UTF-8', '', 7, `en-x-${'a-'.repeat(20)}a`].map((value) => ['locale', value]),
  ])('the %s %j is refused by every route that takes one', async (name, value) => {
    const taken = fields.profile.filter(({ place }) => place?.at(-1) === name);
    expect(taken.length).toBeGreaterThanOrEqual(3);
    for (const field of taken) expect({ field, refused: isRefused(await sent(field, value), field) }).toEqual({ field, refused: true });
  });

  it('a time zone and a locale are stored in their canonical form', async () => {
    const [given, canonical] = [
      { timezone: 'america/argentina/buenos_aires', locale: 'ES-419' },
      { timezone: 'America/Argentina/Buenos_Aires', locale: 'es-419' },
    ];
    const { status, body } = await operator.post('/tenants', { name: 'Lincoln', email: server.world.email('office'), provision: false, ...given });
    expect({ status, body }).toMatchObject({ status: 201, body: canonical });
    expect((await operator.patch(`/tenants/${body.id}`, { timezone: 'europe/berlin', locale: 'EN-us' })).body).toMatchObject({ timezone: 'Europe/Berlin', locale: 'en-US' });
    expect((await owner.api.patch(`/organizations/${owner.organizationId}`, given)).body).toMatchObject(canonical);
  });
});
