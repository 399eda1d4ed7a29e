import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { PlatformDb } from '../../../src/database/platform-db.js';
import type { SubscriptionStatus } from '../../../src/generated/prisma/client.js';
import { ImpossibleTransitionError } from '../../../src/modules/billing/billing.errors.js';
import { edges, standings } from '../../../src/modules/billing/terms/subscription-status.policy.js';
import { DunningService } from '../../../src/modules/billing/renewals/dunning.service.js';
import { SubscriptionsService } from '../../../src/modules/billing/subscriptions/subscriptions.service.js';
import { SubscriptionStoreService, type SubscriptionChanges } from '../../../src/modules/billing/subscriptions/subscription-store.service.js';
import { catalogFile } from '../../support/catalogs.js';
import { startTestServer, type TestServer } from '../../support/server.js';

let server: TestServer;
let platform: PlatformDb;
beforeAll(async () => {
  server = await startTestServer({ CATALOG: 'test/catalogs/billing.yaml', JOBS_ENABLED: 'false' });
  platform = server.app.get(PlatformDb);
});
afterAll(() => server.close());

const statuses = Object.keys(edges) as SubscriptionStatus[];
const now = new Date('2027-03-01T12:00:00Z');
const end = new Date('2027-04-01T12:00:00Z');

/** The columns that a row of this status requires. */
const fields = (status: SubscriptionStatus): SubscriptionChanges => ({
  status,
  plan: 'pro',
  periodStart: now,
  periodEnd: status === 'canceled' ? null : end,
  trialEndsAt: status === 'trialing' ? end : null,
  canceledAt: status === 'canceled' ? now : null,
  pastDueSince: status === 'past_due' || status === 'unpaid' ? now : null,
});

async function organizationThatIs(status: SubscriptionStatus): Promise<string> {
  const { organizationId } = await server.world.owner();
  await platform.subscription.updateMany({ where: { organizationId }, data: fields(status) });
  const { organization, entitledTo } = standings[status];
  await platform.organization.update({
    where: { id: organizationId },
    data: {
      status: organization,
      plan: entitledTo === 'plan' ? 'pro' : 'free',
      ...(organization === 'suspended' ? { suspendedBy: 'billing', suspendedAt: now, suspendedFrom: 'active' } : {}),
    },
  });
  return organizationId;
}

const become = (organizationId: string, status: SubscriptionStatus): Promise<unknown> =>
  platform.$transaction(async (tx) => {
    const store = server.app.get(SubscriptionStoreService);
    return store.writeSubscription(tx, await store.lockSubscription(tx, organizationId), fields(status), now, 'subscription.tested');
  });

async function seen(organizationId: string): Promise<object> {
  const organization = await platform.organization.findUniqueOrThrow({ where: { id: organizationId }, include: { subscription: true } });
  return { organization, events: await platform.domainEvent.count({ where: { organizationId } }) };
}

describe('a subscription', () => {
  const pairs = statuses.flatMap((from) => statuses.filter((to) => to !== from).map((to) => [from, to] as const));

  it.each(pairs.filter(([from, to]) => edges[from].includes(to)))(
    'a subscription changes from %s to %s and its organization follows; repeating the change has no effect',
    async (from, to) => {
      const id = await organizationThatIs(from);
      await become(id, to);
      const { organization, entitledTo } = standings[to];
      const first = await seen(id);
      expect(first).toMatchObject({ organization: { status: organization, plan: entitledTo === 'plan' ? 'pro' : 'free', subscription: { status: to } }, events: 1 });
      await become(id, to);
      expect(await seen(id)).toEqual(first);
    },
  );

  it.each(pairs.filter(([from, to]) => !edges[from].includes(to)))('a subscription cannot change from %s to %s', async (from, to) => {
    const id = await organizationThatIs(from);
    const before = await seen(id);
    await expect(become(id, to)).rejects.toThrow(ImpossibleTransitionError);
    expect(await seen(id)).toEqual(before);
  });

  it.each(statuses)('a subscription with status %s is unchanged when the same status is reported again', async (status) => {
    const id = await organizationThatIs(status);
    const before = await seen(id);
    await become(id, status);
    expect(await seen(id)).toEqual(before);
  });

  it('the status of a subscription does not lift a suspension by the operator, and applies after it', async () => {
    const { organizationId: id } = await server.world.owner();
    await platform.organization.update({ where: { id }, data: { status: 'suspended', suspendedBy: 'operator', suspendedFrom: 'active', suspendedAt: now } });
    await become(id, 'trialing');
    expect(await seen(id)).toMatchObject({ organization: { status: 'suspended', suspendedBy: 'operator', suspendedFrom: 'trial', plan: 'pro' } });
  });
});

describe('an unpaid invoice', () => {
  it('without a grace period, one run of the job makes an overdue subscription unpaid and sends one reminder', async () => {
    const catalog = (await readFile('test/catalogs/billing.yaml', 'utf8')).replace('graceDays: 14', 'graceDays: 0');
    const strict = await startTestServer({ CATALOG: await catalogFile(catalog), JOBS_ENABLED: 'false' });
    try {
      const { organizationId, email } = await strict.world.owner();
      await strict.app.get(SubscriptionsService).changeSubscription(organizationId, { plan: 'pro' });
      const later = new Date(Date.now() + 15 * 24 * 3600 * 1000);
      const dun = (): Promise<boolean> => strict.app.get(PlatformDb).$transaction((tx) => strict.app.get(DunningService).dunSubscription(tx, organizationId, later));
      expect(await dun()).toBe(true);
      expect(await seen(organizationId)).toMatchObject({ organization: { status: 'suspended', subscription: { status: 'unpaid', pastDueSince: later } } });
      expect(await dun()).toBe(false);
      const told = await platform.domainEvent.findMany({ where: { organizationId }, orderBy: { id: 'asc' } });
      expect(told.map(({ type }) => type)).toEqual(['subscription.changed', 'subscription.past_due', 'subscription.unpaid']);
      // The invoice, when it was issued, and the reminder.
      expect(await platform.mailMessage.count({ where: { organizationId, recipient: email, template: 'billing' } })).toBe(2);
    } finally {
      await strict.close();
    }
  });
});

describe('docs/billing.md', () => {
  it('docs/billing.md has the same states, access and transitions as the policy', async () => {
    const page = await readFile('docs/billing.md', 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+)` \|[^|]*\| (\w+) \| (\w+) \| ([^|]*) \|$/gm)].map(([, status, plan, organization, ways = '']) => [
      status,
      { plan, organization, ways: [...ways.matchAll(/`(\w+)`/g)].map(([, way]) => way) },
    ]);
    const expected = statuses.map((status) => [status, { plan: standings[status].entitledTo, organization: standings[status].organization, ways: [...edges[status]] }]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(expected));
  });
});
