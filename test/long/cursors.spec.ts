import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { calls, directory, scimGroup, scimUser, type Call, type Stage } from '../audit/calls.js';
import { resourceLists } from '../audit/resource-calls.js';
import { closeStage, openStage } from '../audit/stage.js';
import type { Answer, Client } from '../support/client.js';
import { operations, resolve, type DocumentedParameter } from '../support/conformance/document.js';
import type { Person } from '../support/world.js';

let stage: Stage;
beforeAll(async () => void (stage = await openStage()));
afterAll(() => closeStage(stage));

async function done(answer: Promise<Answer>): Promise<Answer['body']> {
  const { status, body, text } = await answer;
  if (status >= 300) throw new Error(`preparing a list answered ${status}: ${text}`);
  return body;
}

const twice = async (make: () => Promise<unknown>): Promise<void> => {
  await make();
  await make();
};
const prepareCall = (call: Call | undefined) => call?.(stage) ?? Promise.reject(new Error('there is no such call'));
/** Prepares a call, and makes it. */
const made = (call: Call | undefined) => async (): Promise<unknown> => done((await prepareCall(call)).send((client) => client));
const prepare = (call: Call | undefined) => (): Promise<unknown> => prepareCall(call);

/** The owner of an organization with two invoices, credit notes and settlements. */
let billed: Promise<Person> | undefined;
async function invoiced(): Promise<Person> {
  const { server, operator } = stage;
  const owner = await server.world.owner();
  const tenant = `/tenants/${owner.organizationId}`;
  for (const change of [{ plan: 'pro' }, { addOns: { extra_storage: 1 } }]) await done(owner.api.patch(`${owner.home}/subscription`, change));
  for (const { id, currency } of (await done(owner.api.get(`${owner.home}/invoices`))).data as { id: string; currency: string }[]) {
    await done(operator.api.post(`${tenant}/invoices/${id}/close`, { status: 'paid' }));
    await done(operator.api.post(`${tenant}/invoices/${id}/credit-notes`, {}));
    await done(operator.api.post(`${tenant}/balance-settlements`, { currency, method: 'paid_out', reason: 'They left' }));
  }
  return owner;
}

/** The owner of an organization whose plan includes webhooks. */
async function subscriber(): Promise<Person> {
  const owner = await stage.server.world.owner();
  await done(owner.api.patch(`${owner.home}/subscription`, { plan: 'pro' }));
  return owner;
}

type List = () => Promise<{ readonly api: Client; readonly path: string }>;

const ofOwner = (path: string, make: () => Promise<unknown>) => async () => {
  await twice(make);
  return { api: stage.owner.api, path: `${stage.owner.home}/${path}` };
};
const ofOperator =
  (path: string, make: () => Promise<unknown> = () => Promise.resolve()) =>
  async () => {
    await twice(make);
    return { api: stage.operator.api, path };
  };

/** An organization with two exports of its owner. */
async function exported(): Promise<Person> {
  const owner = await stage.server.world.owner();
  await stage.database.query(
    `insert into organization_exports (organization_id, id, status, created_at) select $1, gen_random_uuid(), 'expired', now() - n * interval '1 second' from generate_series(1, 2) n`,
    [owner.organizationId],
  );
  return owner;
}
const ofBilled = (path: string) => async () => {
  const { api, home } = await (billed ??= invoiced());
  return { api, path: `${home}/${path}` };
};
const ofBilledTenant = (path: string) => async () => {
  const { organizationId } = await (billed ??= invoiced());
  return { api: stage.operator.api, path: `/tenants/${organizationId}/${path}` };
};

const ofDirectory = (path: 'users' | 'groups', resource: (stage: Stage) => object) => async () => {
  const { path: of, api } = await directory(stage);
  await twice(() => done(api.post(`//scim/v2/${path === 'users' ? 'Users' : 'Groups'}`, resource(stage))));
  return { api: stage.owner.api, path: `${of}/${path}` };
};

/** How each list gets two rows. A list that is missing here fails the test. */
const lists: Readonly<Record<string, List>> = {
  ...Object.fromEntries(Object.entries(resourceLists).map(([name, make]): [string, List] => [name, async () => ({ api: stage.owner.api, path: await make(stage) })])),
  listMembers: ofOwner('members', () => stage.server.world.member(stage.owner)),
  listInvitations: ofOwner('invitations', prepare(calls['revokeInvitation'])),
  listJoinRequests: ofOwner('join-requests', prepare(calls['declineJoinRequest'])),
  listTeams: ofOwner('teams', prepare(calls['updateTeam'])),
  listTeamMembers: async () => {
    const { owner, server } = stage;
    const { id } = await done(owner.api.post(`${owner.home}/teams`, { name: server.world.unique('team') }));
    await twice(async () => done(owner.api.put(`${owner.home}/teams/${id}/members/${(await server.world.member(owner)).userId}`)));
    return { api: owner.api, path: `${owner.home}/teams/${id}/members` };
  },
  listOrganizationExports: async () => {
    const { api, home } = await exported();
    return { api, path: `${home}/exports` };
  },
  listWebhooks: async () => {
    const { api, home } = await subscriber();
    await twice(() => done(api.post(`${home}/webhooks`, { url: 'https://example.com/webhooks' })));
    return { api, path: `${home}/webhooks` };
  },
  listWebhookDeliveries: async () => {
    const { api, home } = await subscriber();
    const path = `${home}/webhooks/${(await done(api.post(`${home}/webhooks`, { url: 'https://example.com/webhooks' }))).id}`;
    await twice(() => done(api.post(`${path}/test`)));
    return { api, path: `${path}/deliveries` };
  },
  listApiKeys: ofOwner('api-keys', prepare(calls['updateApiKey'])),
  listDirectories: ofOwner('directories', () => done(stage.owner.api.post(`${stage.owner.home}/directories`, { name: stage.server.world.unique('directory') }))),
  listDirectoryUsers: ofDirectory('users', scimUser),
  listDirectoryGroups: ofDirectory('groups', scimGroup),
  listGrants: ofOwner('grants', () =>
    done(stage.operator.api.post(`/organizations/${stage.owner.organizationId}/grants`, { meter: 'storage_gb', amount: 5, source: 'given', reason: 'Thanks' })),
  ),
  listInvoices: ofBilled('invoices'),
  listCreditNotes: ofBilled('credit-notes'),
  listBalanceSettlements: ofBilled('balance-settlements'),
  listAccessLogs: async () => {
    const { api, home, userId } = stage.owner;
    await done(api.patch('/tenant/compliance', { ferpa: true }));
    await twice(() => done(api.get(`${home}/members/${userId}`)));
    return { api, path: `${home}/access-logs` };
  },
  listAuditLogs: ofOwner('audit-logs', prepare(calls['updateTeam'])),
  listTenantInvoices: ofBilledTenant('invoices'),
  listTenantCreditNotes: ofBilledTenant('credit-notes'),
  listTenantBalanceSettlements: ofBilledTenant('balance-settlements'),
  listTenantExports: async () => {
    const { organizationId } = await exported();
    return { api: stage.operator.api, path: `/tenants/${organizationId}/exports` };
  },
  listTenantGrants: async () => {
    const { organizationId } = stage.owner;
    await twice(() => done(stage.operator.api.post(`/organizations/${organizationId}/grants`, { meter: 'storage_gb', amount: 5, source: 'given', reason: 'Thanks' })));
    return { api: stage.operator.api, path: `/tenants/${organizationId}/grants` };
  },
  listTenantMembers: async () => {
    await stage.server.world.member(stage.owner);
    return { api: stage.operator.api, path: `/tenants/${stage.owner.organizationId}/members` };
  },
  listPlatformWebhooks: async () => {
    const { api, home } = await subscriber();
    await twice(() => done(api.post(`${home}/webhooks`, { url: 'https://example.com/webhooks' })));
    return { api: stage.operator.api, path: '/platform/webhooks' };
  },
  listPlatformInvoices: async () => {
    await (billed ??= invoiced());
    return { api: stage.operator.api, path: '/platform/invoices' };
  },
  listTenantUsage: ofOperator('/tenants/usage'),
  listTenants: ofOperator('/tenants', () => stage.server.world.owner()),
  listPlatformAuditLogs: ofOperator('/tenants/audit-logs', prepare(calls['revokeServiceKey'])),
  listServiceKeys: ofOperator('/platform/service-keys', prepare(calls['updateServiceKey'])),
  listLegalHolds: ofOperator('/platform/legal-holds', made(calls['createLegalHold'])),
  listEventEndpoints: ofOperator('/platform/event-endpoints', () => done(stage.operator.api.post('/platform/event-endpoints', { url: 'https://example.com/webhooks' }))),
  listEventEndpointDeliveries: async () => {
    const { api } = stage.operator;
    const path = `/platform/event-endpoints/${(await done(api.post('/platform/event-endpoints', { url: 'https://example.com/webhooks' }))).id}`;
    await twice(() => done(api.post(`${path}/test`, { organizationId: stage.owner.organizationId })));
    return { api, path: `${path}/deliveries` };
  },
  listOrganizationImports: ofOperator('/platform/organization-imports', made(calls['createOrganizationImport'])),
  listErasures: ofOperator('/platform/erasures', made(calls['eraseUser'])),
  listMails: ofOperator('/platform/mails', prepare(calls['dropMail'])),
};

const paged = operations.filter(({ parameters }) => parameters.some(({ name }) => name === 'cursor'));

/** Values of a parameter; all of them if they are few. */
function valuesOf(parameter: DocumentedParameter): unknown[] {
  const schema = resolve(parameter.schema);
  if (schema['enum'] !== undefined) return schema['enum'] as unknown[];
  if (schema['example'] !== undefined) return [schema['example']];
  const type = [schema['type']].flat()[0] as string;
  if (type === 'boolean') return [true, false];
  return [type === 'integer' ? 1 : schema['format'] === 'uuid' ? '0192b8a0-0000-7000-8000-000000000000' : 'some'];
}

describe('a cursor', () => {
  it('every list with a cursor is in the table of this test', () => {
    expect(Object.keys(lists).sort()).toEqual(paged.map(({ operationId }) => operationId).sort());
  });

  it.each(paged)('of $operationId is of no other filter, order or list', async ({ operationId, parameters }) => {
    const { api, path } = (await lists[operationId]?.()) ?? { api: stage.owner.api, path: '' };
    const { nextCursor } = await done(api.get(`${path}?limit=1`));
    expect(nextCursor).toEqual(expect.any(String));
    const at = async (query: string): Promise<string> => {
      const { status, body } = await api.get(`${path}?limit=1${query}&cursor=${nextCursor}`);
      return status === 200 ? 'accepted' : body.code;
    };
    expect(await at('')).toBe('accepted');
    for (const parameter of parameters.filter((each) => each.in === 'query' && !['limit', 'cursor', 'count'].includes(each.name))) {
      const answers = [];
      for (const value of valuesOf(parameter)) answers.push(await at(`&${parameter.name}=${encodeURIComponent(String(value))}`));
      // The default order may be named.
      const expected = parameter.name === 'sort' ? ['accepted', ...answers.slice(1).map(() => 'invalid_cursor')] : answers.map(() => 'invalid_cursor');
      expect({ name: parameter.name, answers: answers.toSorted() }).toEqual({ name: parameter.name, answers: expected });
    }
    const { data } = await done(api.get(`${path}?limit=1&cursor=${nextCursor}`));
    expect(data).toHaveLength(1);
    const elsewhere = operationId === 'listTenants' ? { api: stage.operator.api, path: '/platform/mails' } : { api: stage.operator.api, path: '/tenants' };
    expect((await elsewhere.api.get(`${elsewhere.path}?cursor=${nextCursor}`)).body.code).toBe('invalid_cursor');
  });
});
