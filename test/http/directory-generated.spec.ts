import { afterAll, beforeAll, expect } from '@jest/globals';
import pg from 'pg';
import { testDatabase } from '../support/database.js';
import { errorSchema, makeCompany, patchOp, person, type Company, type ScimAnswer } from '../support/directories/directories.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { itInBothRuns, rounds, seed } from '../support/rounds.js';

/** An attribute, as `/Schemas` describes it. */
interface Attribute {
  readonly name: string;
  readonly type: string;
  readonly multiValued: boolean;
  readonly subAttributes?: readonly Attribute[];
}
interface Schema {
  readonly id: string;
  readonly name: string;
  readonly attributes: readonly Attribute[];
}

let server: TestServer;
let database: pg.Pool;
let firm: Company;
let schemas: readonly Schema[];
beforeAll(async () => {
  server = await startTestServer();
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
  firm = await makeCompany(server, database);
  schemas = (await firm.scim.get('/Schemas')).body.Resources;
});
afterAll(async () => {
  await database.end();
  await server.close();
});

/** Generates requests, valid and invalid, from the schemas that the server describes. */
class Requests {
  #state: number;
  readonly ids: Record<'Users' | 'Groups', string[]> = { Users: [], Groups: [] };

  constructor(from: number) {
    this.#state = from >>> 0;
  }

  /** A number from 0 to `end` - 1 (mulberry32). */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  text(): string {
    const odd = ['', ' ', 'x', `u${this.below(6)}@${firm.domain}`, 'İı', '😀', '"', '\\', "'; --", 'a\u0001', '\ud800', '\0', 'true', '[', 'y'.repeat(600), this.id('Users')];
    return this.of(odd);
  }

  id(kind: 'Users' | 'Groups'): string {
    return this.of([...this.ids[kind], ...this.ids[kind], 'x', '01a00000-0000-7000-8000-000000000000']);
  }

  value({ type, multiValued, subAttributes = [] }: Attribute, depth = 0): unknown {
    if (this.below(25) === 0) return this.of<unknown>([null, 7, [], {}, [[]], true, 'x', [{}], [null]]);
    if (multiValued && depth === 0) return Array.from({ length: this.below(3) }, () => this.value({ name: '', type, multiValued: false, subAttributes }, 1));
    if (type === 'boolean') return this.of<unknown>([true, false, 'True', 'false']);
    if (type !== 'complex') return this.text();
    return Object.fromEntries(subAttributes.filter(() => this.below(2) === 0).map((sub) => [sub.name, this.value(sub, 1)]));
  }

  schemasOf(kind: 'Users' | 'Groups'): readonly Schema[] {
    return schemas.filter(({ id }) => id.endsWith(kind === 'Groups' ? ':Group' : ':User'));
  }

  path(kind: 'Users' | 'Groups'): { path: string; attribute: Attribute } {
    const schema = this.of(this.schemasOf(kind));
    const attribute = this.of(schema.attributes);
    const prefix = schema.id.includes(':extension:') || this.below(4) === 0 ? `${schema.id}:` : '';
    const sub = attribute.subAttributes === undefined || this.below(2) === 0 ? undefined : this.of(attribute.subAttributes);
    const elements =
      attribute.multiValued && this.below(3) === 0 ? `[${this.of(['value', 'type', 'display', 'primary'])} ${this.of(['eq', 'co', 'sw'])} ${JSON.stringify(this.text())}]` : '';
    return { path: `${prefix}${attribute.name}${elements}${sub === undefined ? '' : `.${sub.name}`}`, attribute: sub ?? attribute };
  }

  filter(kind: 'Users' | 'Groups', depth = 0): string {
    const choice = this.below(depth > 3 ? 1 : 4);
    if (choice === 1) return `${this.filter(kind, depth + 1)} ${this.of(['and', 'or', 'AND'])} ${this.filter(kind, depth + 1)}`;
    if (choice === 2) return `${this.of(['not ', ''])}(${this.filter(kind, depth + 1)})`;
    const { path } = this.path(kind);
    return this.below(5) === 0
      ? `${path} pr`
      : `${path} ${this.of(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'xx'])} ${this.of([JSON.stringify(this.text()), 'true', 'null', '5', 'x'])}`;
  }

  resource(kind: 'Users' | 'Groups'): object {
    const chosen = this.schemasOf(kind).flatMap(({ id, attributes }) => attributes.filter(() => this.below(4) === 0).map((each) => [id, each] as const));
    const body: Record<string, any> =
      kind === 'Users'
        ? person(firm.domain, `u${this.below(6)}`)
        : { displayName: `g${this.below(6)}`, members: this.ids.Users.slice(0, this.below(4)).map((value) => ({ value })) };
    for (const [id, attribute] of chosen) {
      if (id.includes(':extension:')) body[id] = { ...body[id], [attribute.name]: this.value(attribute) };
      else body[attribute.name] = this.value(attribute);
    }
    return body;
  }

  query(kind: 'Users' | 'Groups'): Record<string, string | number> {
    const parts: [string, string | number][] = [
      ['filter', this.filter(kind)],
      ['sortBy', this.path(kind).path],
      ['sortOrder', this.of(['ascending', 'descending', 'up'])],
      ['startIndex', this.of([1, 2, -1, 'x', 1e12])],
      ['count', this.of([0, 1, 50, -1, '1.5'])],
      ['attributes', `${this.path(kind).path},${this.path(kind).path}`],
      ['excludedAttributes', this.path(kind).path],
    ];
    return Object.fromEntries(parts.filter(() => this.below(3) === 0));
  }

  operation(kind: 'Users' | 'Groups'): object {
    const { path, attribute } = this.path(kind);
    const op = this.of(['add', 'replace', 'remove', 'Add', 'Replace', 'move']);
    const value = this.value(attribute);
    return this.below(4) === 0 ? { op, value: { [path]: value } } : { op, path, value };
  }

  next(): { method: string; path: string; body?: object; headers?: Record<string, string> } {
    const kind = this.of(['Users', 'Groups'] as const);
    const one = `/${kind}/${encodeURIComponent(this.id(kind))}`;
    const headers = this.below(8) === 0 ? { 'if-match': this.of(['*', 'W/"1.aaaaaaaaaaaaaaaa"', 'x']) } : {};
    switch (this.below(8)) {
      case 0:
      case 1:
        return { method: 'POST', path: `/${kind}`, body: this.resource(kind) };
      case 2:
        return {
          method: 'GET',
          path: `/${kind}?${new URLSearchParams(Object.entries(this.query(kind)).map(([name, value]): [string, string] => [name, String(value)])).toString()}`,
        };
      case 3:
        return { method: 'POST', path: `/${kind}/.search`, body: this.query(kind) };
      case 4:
        return { method: 'PUT', path: one, body: this.resource(kind), headers };
      case 5:
        return this.below(3) === 0 ? { method: 'DELETE', path: one, headers } : { method: 'GET', path: one };
      default:
        return { method: 'PATCH', path: one, body: { schemas: [patchOp], Operations: Array.from({ length: 1 + this.below(3) }, () => this.operation(kind)) }, headers };
    }
  }
}

/** Returns what is wrong with an answer, in the terms of RFC 7644; undefined if nothing. */
function fault(method: string, { status, body, headers, text }: ScimAnswer): string | undefined {
  if (status >= 500) return `status ${status}: ${text.slice(0, 300)}`;
  if (status === 204 || status === 304) return text === '' ? undefined : 'a body';
  if (headers.get('content-type') !== 'application/scim+json; charset=utf-8') return `content type ${headers.get('content-type')}`;
  if (status >= 400) return body.schemas?.[0] === errorSchema && body.status === String(status) && typeof body.detail === 'string' ? undefined : `error ${text.slice(0, 300)}`;
  if (status === 201 && headers.get('location') !== body.meta.location) return 'no location';
  if (!Array.isArray(body.schemas)) return 'no schemas';
  const listed = body.Resources as unknown[] | undefined;
  if (listed !== undefined) return body.itemsPerPage === listed.length && body.totalResults >= listed.length ? undefined : 'wrong numbers';
  return method !== 'GET' && body.meta.version !== headers.get('etag') ? 'another version' : undefined;
}

itInBothRuns(
  'generated requests are answered as the standard says, and none is an error of the server',
  async () => {
    const requests = new Requests(seed);
    const faults: unknown[] = [];
    const statuses = new Map<string, number>();
    for (let n = 0; n < rounds(100, 2000); n += 1) {
      const { method, path, body, headers } = requests.next();
      const answer = await firm.scim.send(method, path, body, headers);
      const wrong = fault(method, answer);
      if (wrong !== undefined) faults.push({ wrong, method, path, body });
      const key = `${method} ${answer.status}`;
      statuses.set(key, (statuses.get(key) ?? 0) + 1);
      const kind = path.startsWith('/Users') ? 'Users' : 'Groups';
      if (answer.status === 201) requests.ids[kind] = [...requests.ids[kind].slice(-4), answer.body.id];
    }
    expect({ seed, faults }).toEqual({ seed, faults: [] });
    // Every kind of request has succeeded, and been refused.
    const known = [...statuses.keys()];
    for (const each of ['POST 201', 'POST 200', 'POST 400', 'GET 200', 'GET 400', 'PUT 200', 'PATCH 400', 'PATCH 204', 'PATCH 200', 'DELETE 204']) expect(known).toContain(each);
    // The last owner is still one.
    expect((await firm.owner.api.get(`${firm.owner.home}/members`)).body.data.filter(({ role }: { role: string }) => role === 'owner')).toHaveLength(1);
  },
  300_000,
);
