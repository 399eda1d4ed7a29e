import createClient from 'openapi-fetch';
import type { paths } from '../generated/openapi-typescript.js';
import { people, tokenIn, type Results } from './session.js';

/** Returns the data of an answer. */
function dataOf<Data>({ data, error }: { readonly data?: Data; readonly error?: unknown }): Data {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

export async function session(baseUrl: string, send: typeof fetch): Promise<Results> {
  const { ada, grace } = people('openapi-fetch');
  const clientOf = (token?: string) => createClient<paths>({ baseUrl, fetch: send, ...(token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } }) });
  const visitor = clientOf();
  const { organization, accessToken } = dataOf(await visitor.POST('/api/v1/auth/signup', { body: ada }));
  const owner = clientOf(accessToken);
  const path = { organizationId: organization.id };

  const invited = dataOf(
    await owner.POST('/api/v1/organizations/{organizationId}/invitations', { params: { path }, body: { email: grace.email, role: 'member', delivery: 'link' } }),
  );
  const accepted = dataOf(await visitor.POST('/api/v1/invitations/accept', { body: { token: tokenIn(invited.data[0]?.link), name: grace.name, password: grace.password } }));
  const memberToken = accepted.signedIn ? accepted.accessToken : '';
  const me = dataOf(await clientOf(memberToken).GET('/api/v1/auth/me'));
  const members = dataOf(await owner.GET('/api/v1/organizations/{organizationId}/members', { params: { path, query: { limit: 10 } } }));

  const read = await owner.GET('/api/v1/tenant/settings', { params: { header: { 'X-Tenant-ID': organization.id } } });
  const etag = read.response.headers.get('etag') ?? '';
  const changed = dataOf(await owner.PATCH('/api/v1/tenant/settings', { params: { header: { 'If-Match': etag } }, body: { weekly_reports: true } }));
  const stale = await owner.PATCH('/api/v1/tenant/settings', { params: { header: { 'If-Match': '"v0"' } }, body: { weekly_reports: false } });

  const usage = dataOf(await owner.GET('/api/v1/organizations/{organizationId}/usage', { params: { path } }));
  dataOf(await owner.GET('/api/v1/tenant/limits'));
  dataOf(await visitor.GET('/api/v1/billing/plans'));
  const subscription = dataOf(await owner.GET('/api/v1/organizations/{organizationId}/subscription', { params: { path } }));
  const invoices = dataOf(await owner.GET('/api/v1/organizations/{organizationId}/invoices', { params: { path } }));
  const refused = await clientOf(memberToken).PATCH('/api/v1/tenant/settings', { body: { weekly_reports: false } });
  return {
    organizationId: organization.id,
    memberOf: me.memberships[0]?.organization.id,
    members: members.data.map(({ email }) => email),
    weeklyReports: changed['weekly_reports'],
    staleUpdate: stale.error?.code ?? '',
    meters: usage.meters.length,
    plan: subscription.plan,
    invoices: invoices.data.length,
    refusal: refused.error?.code ?? '',
  };
}
