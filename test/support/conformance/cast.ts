import { serviceScopeNames } from '../../../src/access/service-scopes.js';
import type { Answer } from '../client.js';
import type { TestServer } from '../http.js';
import { goodPassword } from '../world.js';
import { KnownValues } from './known-values.js';

/** Who sends requests, and with which credential. */
export interface Caller {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const callerNames = ['nobody', 'owner', 'admin', 'member', 'API key', 'service key', 'set-up link', 'operator', 'invalid token'] as const;

/** An organization with people and keys, and what is known of it. Requests may ruin it; then another cast takes its place. */
export interface Cast {
  readonly organizationId: string;
  readonly callers: readonly Caller[];
  readonly known: KnownValues;
}

async function done(answer: Promise<Answer>): Promise<Answer['body']> {
  const { status, body, text } = await answer;
  if (status >= 300) throw new Error(`preparing a caller answered ${status}: ${text}`);
  return body;
}

const bearer = (token: string): Caller['headers'] => ({ authorization: `Bearer ${token}` });

export async function newCast({ world, control, api }: TestServer): Promise<Cast> {
  const owner = await world.owner({ verified: true });
  const email = world.email('operator');
  await control.createOperator(email);
  const [admin, member, { accessToken }] = await Promise.all([
    world.member(owner, 'admin'),
    world.member(owner, 'member'),
    done(api.post('/auth/login', { email, password: goodPassword })),
  ]);
  const { data: plans } = await done(api.get('/billing/plans'));
  await done(owner.api.patch(`${owner.home}/subscription`, { plan: plans.at(-1).key }));
  const { data: permissions } = await done(owner.api.get('/permissions'));
  const grantable = (permissions as { key: string; grantableToKeys: boolean }[]).filter(({ grantableToKeys }) => grantableToKeys).map(({ key }) => key);
  const key = await done(owner.api.post(`${owner.home}/api-keys`, { name: 'Conformance', permissions: grantable }));
  const operator = api.as(accessToken);
  const service = await done(operator.post('/platform/service-keys', { name: 'Conformance', scopes: serviceScopeNames }));
  const link = await done(owner.api.post('/tenant/sso-setup-links', { name: 'Conformance' }));
  const headers: Record<(typeof callerNames)[number], Caller['headers']> = {
    nobody: {},
    owner: bearer(owner.accessToken),
    admin: bearer(admin.accessToken),
    member: bearer(member.accessToken),
    'API key': { 'x-api-key': key.key },
    'service key': { 'x-api-key': service.key },
    'set-up link': bearer(link.token),
    operator: bearer(accessToken),
    'invalid token': bearer('eyJhbGciOiJFZERTQSJ9.e30.c2ln'),
  };
  const known = new KnownValues();
  for (const name of ['organizationId', '/api/v1/organizations#organizationId', '/api/v1/tenants#tenantId']) known.pin(name, owner.organizationId);
  known.pin('slug', owner.slug);
  for (const { userId } of [member, admin, owner]) known.remember('userId', userId);
  return { organizationId: owner.organizationId, callers: callerNames.map((name) => ({ name, headers: headers[name] })), known };
}

/** Whether all callers of a cast can still do what they could. */
export async function isWhole({ url }: TestServer, { callers, organizationId }: Cast): Promise<boolean> {
  const path = (name: string): string =>
    name === 'operator' ? '/tenants?limit=1' : name === 'service key' ? '/tenant' : name === 'set-up link' ? '/sso-setup' : `/organizations/${organizationId}/members?limit=1`;
  const able = callers.filter(({ name }) => name !== 'nobody' && name !== 'invalid token');
  const answers = await Promise.all(
    able.map(({ name, headers }) => fetch(`${url}/api/v1${path(name)}`, { headers: { ...headers, ...(name === 'service key' ? { 'x-tenant-id': organizationId } : {}) } })),
  );
  await Promise.all(answers.map((answer) => answer.text()));
  return answers.every(({ status }) => status === 200);
}
