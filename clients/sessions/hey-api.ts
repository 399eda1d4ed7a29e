import { createClient, createConfig } from '../generated/hey-api/client';
import * as api from '../generated/hey-api';
import { people, tokenIn, type Results } from './session.js';

export async function session(baseUrl: string, send: typeof fetch): Promise<Results> {
  const { ada, grace } = people('hey-api');
  const clientOf = (token?: string) => createClient(createConfig({ baseUrl, fetch: (request) => send(request), auth: ({ scheme }) => (scheme === 'bearer' ? token : undefined) }));
  const visitor = { client: clientOf(), throwOnError: true } as const;
  const { organization, accessToken } = (await api.signUp({ ...visitor, body: ada })).data;
  const owner = { client: clientOf(accessToken), throwOnError: true } as const;
  const path = { organizationId: organization.id };

  const invited = await api.createInvitations({ ...owner, path, body: { email: grace.email, role: 'member', delivery: 'link' } });
  const accepted = await api.acceptInvitation({ ...visitor, body: { token: tokenIn(invited.data.data[0]?.link), name: grace.name, password: grace.password } });
  const member = clientOf(accepted.data.signedIn ? accepted.data.accessToken : '');
  const me = (await api.getMe({ client: member, throwOnError: true })).data;
  const members = (await api.listMembers({ ...owner, path, query: { limit: 10 } })).data;

  const read = await api.getSettings({ ...owner, headers: { 'X-Tenant-ID': organization.id } });
  const changed = (await api.updateSettings({ ...owner, headers: { 'If-Match': read.response.headers.get('etag') ?? '' }, body: { weekly_reports: true } })).data;
  const stale = await api.updateSettings({ client: owner.client, headers: { 'If-Match': '"v0"' }, body: { weekly_reports: false } });

  const usage = (await api.getUsage({ ...owner, path })).data;
  await api.getLimits(owner);
  await api.listPlans(visitor);
  const subscription = (await api.getSubscription({ ...owner, path })).data;
  const invoices = (await api.listInvoices({ ...owner, path })).data;
  const refused = await api.updateSettings({ client: member, body: { weekly_reports: false } });
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
