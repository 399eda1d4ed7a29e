import { afterAll, beforeAll, expect } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { countedRoutes } from '../../control/counted-routes.js';
import type { Client } from '../../support/client.js';
import { startTestServer, type TestServer } from '../../support/http.js';
import { itInBothRuns, rounds } from '../../support/rounds.js';
import { goodPassword, type Person } from '../../support/world.js';

let server: TestServer;
let operator: Client;
beforeAll(async () => {
  server = await startTestServer({ CATALOG: 'test/catalogs/readings.yaml', TEST_ROUTES: 'counted' });
  const email = server.world.email('operator');
  await server.control.createOperator(email);
  operator = server.api.as((await server.api.post('/auth/login', { email, password: goodPassword })).body.accessToken);
});
afterAll(() => server.close());

const units = fc.integer({ min: 1, max: 4 });
const counters = ['quizzes', 'runs', 'visitors', 'peak', 'free'] as const;
const meters = ['calls', ...counters, 'disk', 'things', 'sessions'] as const;
/** Quantities in thousandths, which only `disk` can count. */
const thousandths = fc.integer({ min: 1, max: 700 }).map((parts) => parts / 1000);
const step = fc.oneof(
  fc.record({ do: fc.constant('consume' as const), meter: fc.constantFrom('quizzes', 'free'), quantity: units }),
  fc.record({ do: fc.constant('consume' as const), meter: fc.constant('disk'), quantity: thousandths }),
  fc.record({ do: fc.constant('report' as const), meter: fc.constantFrom(...counters), quantity: units, subject: fc.constantFrom('ada', 'bob', 'eve', 'joe') }),
  fc.record({ do: fc.constant('correct' as const) }),
  fc.record({ do: fc.constant('release' as const), quantity: thousandths }),
  fc.record({ do: fc.constant('reserve' as const), quantity: units, ttlSeconds: fc.constantFrom(40, 600) }),
  fc.record({ do: fc.constant('commit' as const), quantity: fc.nat(5) }),
  fc.record({ do: fc.constant('return' as const) }),
  fc.record({ do: fc.constant('lease' as const), ttlSeconds: fc.constantFrom(40, 600) }),
  fc.record({ do: fc.constant('end lease' as const) }),
  fc.record({ do: fc.constant('make a thing' as const) }),
  fc.record({ do: fc.constant('call' as const), times: fc.integer({ min: 1, max: 15 }) }),
  fc.record({ do: fc.constant('grant' as const), meter: fc.constantFrom(...meters), amount: units, seconds: fc.option(fc.constantFrom(50, 900)) }),
  fc.record({ do: fc.constant('limit' as const), meter: fc.constantFrom(...meters), limit: fc.option(fc.nat(9)) }),
  fc.record({ do: fc.constant('plan' as const), plan: fc.constantFrom('small', 'big') }),
  fc.record({ do: fc.constant('anchor' as const), day: fc.integer({ min: 1, max: 31 }) }),
  fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(30, 45) }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** What a history has made so far. */
interface History {
  readonly owner: Person;
  readonly events: { readonly id: string; readonly meter: string; readonly quantity: number }[];
  readonly reservations: string[];
  readonly leases: string[];
  /** The limits that the operator has set. */
  readonly overrides: Map<string, number | null>;
  now: number;
}

async function waitFor(seconds: number, history: History): Promise<void> {
  history.now += seconds * 1000;
  await server.control.setClock(new Date(history.now));
}

async function take(action: Step, history: History): Promise<void> {
  const { owner, events, reservations, leases } = history;
  const { api } = owner;
  const tenant = `/tenants/${owner.organizationId}`;
  switch (action.do) {
    case 'consume':
      return void (await api.post('/usage/consume', { meter: action.meter, quantity: action.quantity }));
    case 'report': {
      const event = { id: randomUUID(), meter: action.meter, quantity: action.quantity };
      events.push(event);
      return void (await api.post('/usage/events', { events: [{ ...event, subject: action.subject }] }));
    }
    case 'correct': {
      const event = events.pop();
      if (event === undefined) return;
      return void (await api.post('/usage/events', { events: [{ id: randomUUID(), meter: event.meter, quantity: -event.quantity, corrects: event.id }] }));
    }
    case 'release':
      return void (await api.post('/usage/release', { meter: 'disk', quantity: action.quantity }));
    case 'reserve': {
      const { body } = await api.post('/usage/reservations', { meter: 'quizzes', quantity: action.quantity, ttlSeconds: action.ttlSeconds });
      if (body.status === 'open') reservations.push(body.id);
      return;
    }
    case 'commit':
      return void (await api.post(`/usage/reservations/${reservations.shift() ?? randomUUID()}/commit`, { quantity: action.quantity }));
    case 'return':
      return void (await api.delete(`/usage/reservations/${reservations.pop() ?? randomUUID()}`));
    case 'lease': {
      const { body } = await api.post('/usage/leases', { meter: 'sessions', ttlSeconds: action.ttlSeconds });
      if (body.meter === 'sessions') leases.push(body.id);
      return;
    }
    case 'end lease':
      return void (await api.delete(`/usage/leases/${leases.pop() ?? randomUUID()}`));
    case 'make a thing':
      return void (await api.post(countedRoutes.things));
    case 'call':
      return void (await Promise.all(Array.from({ length: action.times }, () => api.get(owner.home))));
    case 'grant': {
      const expiresAt = action.seconds === null ? null : new Date(history.now + action.seconds * 1000).toISOString();
      return void (await operator.post(`${owner.home}/grants`, { meter: action.meter, amount: action.amount, source: 'given', reason: 'test', expiresAt }));
    }
    case 'limit':
      history.overrides.set(action.meter, action.limit);
      return void (await operator.patch(`${tenant}/limits`, { limits: { [action.meter]: action.limit } }));
    case 'plan':
      return void (await operator.patch(tenant, { plan: action.plan }));
    case 'anchor':
      // Two periods of an organization cannot begin at the same moment, and the clock stands still.
      await waitFor(1, history);
      return void (await operator.patch(tenant, { usageAnchorDay: action.day }));
    case 'wait':
      return waitFor(action.seconds, history);
  }
}

/** The limits of the plan `paid` for what does not reset. */
const paidLimits = { disk: 3.125, things: 4, sessions: 3 };

type Reading = Readonly<Record<'used' | 'limit' | 'remaining', number | null>>;
const only = ({ used, limit, remaining }: Reading): Reading => ({ used, limit, remaining });

/** Compares everything that tells what is used of a meter, and what is left. */
async function agree({ owner, overrides }: History): Promise<void> {
  await server.control.flush();
  const { api } = owner;
  const limits: any[] = (await api.get('/tenant/limits')).body.data;
  const { body: report } = await api.get(`${owner.home}/usage`);
  const { body: ofTenants } = await operator.get(`/tenants/usage?sort=-used&limit=100&${meters.map((meter) => `meter=${meter}`).join('&')}`);
  const rows: any[] = ofTenants.data.filter(({ tenantId }: { tenantId: string }) => tenantId === owner.organizationId);
  const expected = rows.map(({ meter }) => limits.find((limit) => limit.meter === meter));
  expect(rows.map(({ meter, used, limit }) => ({ meter, used, limit }))).toEqual(expected.map(({ meter, used, limit }) => ({ meter, used, limit })));
  // A change of the plan is decided by the same readings.
  const { body: preview } = await api.post(`${owner.home}/subscription/preview`, { plan: 'paid' });
  const over = Object.entries(paidLimits).flatMap(([meter, planned]) => {
    const { used, granted } = limits.find((each) => each.meter === meter);
    const allowance = overrides.has(meter) ? (overrides.get(meter) ?? null) : planned;
    const limit = allowance === null ? Infinity : Number((allowance + granted).toFixed(3));
    return used > limit ? [{ meter, used, limit }] : [];
  });
  expect(preview.overLimits).toEqual(over);
  for (const { meter, ...limit } of limits) {
    const reading = only(limit as Reading);
    const left = reading.remaining ?? 100;
    const [one] = [10 ** -limit.decimals];
    expect({ meter, ...only(report.meters.find((each: any) => each.meter === meter).period) }).toEqual({ meter, ...reading });
    for (const quantity of left === 0 ? [1] : [left, Number((left + one).toFixed(limit.decimals))]) {
      const allowed = reading.remaining === null || quantity <= left;
      const [check, access] = await Promise.all([api.post('/usage/check', { meter, quantity }), api.post('/access/check', { meter, quantity, explain: true })]);
      expect({ meter, quantity, ...only(check.body), allowed: check.body.allowed }).toEqual({ meter, quantity, ...reading, allowed });
      expect({ meter, quantity, allowed: access.body.allowed }).toEqual({ meter, quantity, allowed });
    }
  }
}

/** Takes what the readings promise: all that is left, and then one more, which is refused with the same numbers. */
async function takeTheRest({ owner }: History): Promise<void> {
  const { api } = owner;
  const takers: Readonly<Record<string, (quantity: number) => Promise<{ readonly status: number; readonly body: any }>>> = {
    quizzes: (quantity) => api.post('/usage/consume', { meter: 'quizzes', quantity }),
    disk: (quantity) => api.post('/usage/consume', { meter: 'disk', quantity }),
    sessions: () => api.post('/usage/leases', { meter: 'sessions' }),
    things: () => api.post(countedRoutes.things),
    calls: () => api.get(owner.home),
  };
  const readingOf = async (meter: string): Promise<Reading & { readonly held: number }> => (await api.get('/tenant/limits')).body.data.find((each: any) => each.meter === meter);
  for (const [meter, taker] of Object.entries(takers)) {
    // The units that a server holds ready for requests are held, and still serve the next ones.
    await server.control.flush();
    const { remaining, limit } = await readingOf(meter);
    if (remaining === null) continue;
    // Making a thing is a request, too: without one left, it is refused for that.
    const requests = (await readingOf('calls')).remaining;
    if (meter === 'things' && requests !== null && requests <= remaining + 1) continue;
    const isOneByOne = !['quizzes', 'disk'].includes(meter);
    for (let left = remaining; left > 0; left -= isOneByOne ? 1 : left) expect({ meter, status: (await taker(isOneByOne ? 1 : left)).status }).not.toEqual({ meter, status: 402 });
    const { used, held } = await readingOf(meter);
    const refused = await taker(meter === 'disk' ? 0.001 : 1);
    expect({ meter, status: refused.status }).toEqual({ meter, status: 402 });
    const same = meter === 'calls' ? {} : { used, held };
    expect(refused.body).toMatchObject({ meter, limit, remaining: 0, ...same });
  }
}

itInBothRuns(
  'limits, checks, access checks, guards, reports and the list of tenants agree after any history',
  async () => {
    const histories = fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 30, size: 'max' }), async (steps) => {
      const owner = await server.world.owner();
      const history: History = { owner, events: [], reservations: [], leases: [], overrides: new Map(), now: Date.now() };
      await server.control.setClock(new Date(history.now));
      try {
        for (const [index, action] of steps.entries()) {
          await take(action, history);
          if (index % 8 === 7 || index === steps.length - 1) await agree(history);
        }
        await takeTheRest(history);
        await agree(history);
      } finally {
        await server.control.setClock(undefined);
      }
    });
    await fc.assert(histories, { seed: 15, numRuns: rounds(1, 15), endOnFailure: true });
  },
  600_000,
);
