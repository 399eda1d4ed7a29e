import { expect } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { TestServer } from '../http.js';
import type { Person } from '../world.js';

export const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
export const searchRequest = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';
export const coreUser = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error';
export const coreGroup = 'urn:ietf:params:scim:schemas:core:2.0:Group';

/** An answer of the SCIM routes. */
export interface ScimAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // The resources of the protocol are compared member by member.
  readonly body: any;
}

/** A client with the token of a directory. */
export class Scim {
  constructor(
    readonly directoryId: string,
    readonly token: string,
    readonly url: string,
  ) {}

  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ScimAnswer> {
    const answer = await fetch(`${this.url}/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: text === '' ? undefined : JSON.parse(text) };
  }

  get = (path: string, headers?: Record<string, string>): Promise<ScimAnswer> => this.send('GET', path, undefined, headers);
  post = (path: string, body: unknown): Promise<ScimAnswer> => this.send('POST', path, body);
  put = (path: string, body: unknown): Promise<ScimAnswer> => this.send('PUT', path, body);
  patch = (path: string, ...operations: object[]): Promise<ScimAnswer> => this.send('PATCH', path, { schemas: [patchOp], Operations: operations });
  delete = (path: string): Promise<ScimAnswer> => this.send('DELETE', path);
}

/** An organization with a proved domain and a directory. */
export interface Company {
  readonly owner: Person;
  readonly domain: string;
  readonly scim: Scim;
  readonly path: string;
}

export const origin = (api: TestServer): string => new URL(api.url).origin;

/** Creates a directory with a token. */
export async function makeDirectory(server: TestServer, owner: Person): Promise<Scim> {
  const made = await owner.api.post(`${owner.home}/directories`, { name: server.world.unique('directory') });
  expect(made.status).toBe(201);
  const token = await owner.api.post(`${owner.home}/directories/${made.body.id}/tokens`, {});
  expect(token.status).toBe(201);
  return new Scim(made.body.id, token.body.token, origin(server));
}

/** An organization with a proved domain and a directory. */
export async function makeCompany(server: TestServer, database: pg.Pool): Promise<Company> {
  const owner = await server.world.owner();
  await database.query(`update organizations set plan = 'pro' where id = $1`, [owner.organizationId]);
  const domain = `${server.world
    .unique('d')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')}.example`;
  await database.query(`insert into domains (organization_id, id, kind, name, grade, verified_at, dns_token) values ($1, $2::uuid, 'email', $3, 'ownership', now(), $2::text)`, [
    owner.organizationId,
    randomUUID(),
    domain,
  ]);
  const scim = await makeDirectory(server, owner);
  return { owner, domain, scim, path: `${owner.home}/directories/${scim.directoryId}` };
}

/** Returns the resource of a user at the domain. */
export const person = (domain: string, name: string, more: object = {}): object => ({
  schemas: [coreUser],
  userName: `${name}@${domain}`,
  externalId: `ext-${name}`,
  name: { givenName: 'Ann', familyName: name },
  emails: [{ primary: true, type: 'work', value: `${name}@${domain}` }],
  active: true,
  ...more,
});
