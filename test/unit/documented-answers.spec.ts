import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { DocumentedAnswers } from '../control/documented-answers.js';

const answers = new DocumentedAnswers();
const id = '0192b8a0-4d3c-7a10-9b5e-2f6f0d1c7e55';
const path = `/api/v1/organizations/${id}/teams/${id}`;
const headersOf = (headers: Readonly<Record<string, string>>): Headers => new Headers({ 'content-type': 'application/json; charset=utf-8', 'x-request-id': 'x', ...headers });
const now = '2026-11-28T00:00:00.000Z';
const team = { id, name: 'x', description: null, roles: [], memberCount: 0, createdAt: now, updatedAt: now };
interface Circumstances {
  readonly status?: number;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const etagOf = (body: unknown): string => `"0.${createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 16)}"`;
const faultOf = (body: unknown, { status = 200, method = 'GET', headers = {} }: Circumstances = {}): string | undefined =>
  answers.faultOf({ method, path, status, body, text: JSON.stringify(body), headers: headersOf(status === 200 ? { etag: etagOf(body), ...headers } : headers) });
const problem = (status: number, code: string, more: object = {}): string | undefined =>
  faultOf(
    { type: 'x', title: 'x', status, detail: 'x', instance: 'x', code, requestId: 'x', ...more },
    { status, headers: { 'content-type': 'application/problem+json', ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}) } },
  );

describe('the comparison of answers with openapi.json', () => {
  it('accepts what is documented', () => {
    expect([faultOf(team), problem(404, 'not_found'), problem(401, 'token_expired'), problem(403, 'access_denied', { needed: 'permission x' })]).toEqual(Array(4).fill(undefined));
  });

  it.each([
    ['a missing field', faultOf({ ...team, name: undefined }), /required property 'name'/],
    ['a field that the document does not name', faultOf({ ...team, color: 'red' }), /additional.*color/],
    ['a value of another type', faultOf({ ...team, name: 1 }), /\/name must be string/],
    ['a value of another format', faultOf({ ...team, createdAt: 'yesterday' }), /\/createdAt must match format/],
    ['a status', faultOf(team, { status: 299 }), /content type/],
    ['a media type', faultOf(team, { headers: { 'content-type': 'text/plain' } }), /text\/plain is not documented/],
    [
      'a missing header',
      answers.faultOf({ method: 'GET', path, status: 200, body: team, text: '', headers: new Headers({ 'content-type': 'application/json', etag: '"x"' }) }),
      /X-Request-Id is missing/,
    ],
    ['an ETag that does not depend on the body', faultOf(team, { headers: { etag: etagOf({ ...team, name: 'y' }) } }), /has no hash of the body/],
    ['a body that should be empty', faultOf({}, { status: 204, method: 'DELETE' }), /has a body/],
    ['a code of another operation', problem(404, 'invitation_not_found'), /invitation_not_found is not documented/],
    ['a code with another status', problem(404, 'access_denied'), /access_denied is not documented/],
    ['a problem without its member', problem(403, 'access_denied'), /required property 'needed'/],
    ['a problem with a member that it does not have', problem(404, 'not_found', { limit: 1 }), /limit/],
  ])('finds %s', (_, fault, expected) => {
    expect(fault).toMatch(expected);
  });
});
