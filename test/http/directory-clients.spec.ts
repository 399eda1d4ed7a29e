import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { testDatabase } from '../support/database.js';
import { makeCompany, origin, type Company } from '../support/directories/directories.js';
import { startTestServer, type TestServer } from '../support/http.js';

/** A request that an identity provider sends, and the answer that it expects. `{name}` stands for a value that an earlier answer had. */
interface Step {
  readonly name: string;
  readonly request: string;
  readonly body?: unknown;
  readonly expected: { readonly status: number; readonly body?: object };
  /** A path of members that the answer must not have; dots separate them after a URN, too. */
  readonly lacks?: string;
  /** The members of the answer that later steps name. */
  readonly save?: Readonly<Record<string, string>>;
}

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

/** Returns the member at the end of a path such as `urn:…:2.0:User.manager`. */
function memberAt(resource: any, path: string): unknown {
  const [, holder = '', name = path] = /^(urn:.*:User)\.(\w+)$/.exec(path) ?? [];
  return (holder === '' ? resource : resource[holder])?.[name];
}

describe.each(['entra-id', 'okta', 'jumpcloud', 'entra-validator'])('the requests of %s', (file) => {
  const { steps } = JSON.parse(readFileSync(`test/support/directories/${file}.json`, 'utf8')) as { readonly steps: readonly Step[] };
  const values: Record<string, string> = {};
  let firm: Company;
  beforeAll(async () => {
    firm = await makeCompany(server, database);
    Object.assign(values, { domain: firm.domain, origin: origin(server) });
  });
  const filled = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value).replace(/\{(\w+)\}/g, (text, name: string) => values[name] ?? text)) as Value;

  it.each(steps.map((step) => [step.name, step] as const))('%s', async (_name, step) => {
    const [method = '', path = ''] = filled(step.request).split(/ (.*)/);
    const answer = await firm.scim.send(method, encodeURI(path), step.body === undefined ? undefined : filled(step.body));
    expect({ status: answer.status, body: answer.body }).toMatchObject(filled(step.expected));
    expect(answer.headers.get('content-type')).toBe(answer.status === 204 ? null : 'application/scim+json; charset=utf-8');
    expect(step.lacks === undefined ? undefined : memberAt(answer.body, step.lacks)).toBeUndefined();
    for (const [name, member] of Object.entries(step.save ?? {})) values[name] = answer.body[member];
  });
});
