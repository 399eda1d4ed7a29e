import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import fc from 'fast-check';
import { addOnsIn } from '../../../src/access/organization/entitlements.js';
import { AppError } from '../../../src/common/errors/app-error.js';
import { PlatformDb } from '../../../src/database/platform-db.js';
import { readBalances } from '../../../src/modules/billing/invoices/documents.queries.js';
import { toInvoiceDto } from '../../../src/modules/billing/invoices/invoices.dto.js';
import { shownWithInvoice } from '../../../src/modules/billing/invoices/invoices.service.js';
import { PlatformBillingService } from '../../../src/modules/billing/operator/platform-billing.service.js';
import { SubscriptionsService } from '../../../src/modules/billing/subscriptions/subscriptions.service.js';
import { TenantLifecycleService } from '../../../src/modules/tenants/lifecycle/tenant-lifecycle.service.js';
import { runJob, SetClock } from '../../support/jobs.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import type { Person } from '../../support/world.js';
import { ReferenceModel } from '../../support/billing/reference-model.js';
import { itInBothRuns, rounds, seed } from '../../support/rounds.js';
import { noAddOns, type AddOns, type Plan, type Wish } from '../../support/billing/reference-terms.js';

// Random histories of one organization, against what billing is meant to do.

const day = 24 * 3600 * 1000;
const howMany = rounds(4, 25);
let server: TestServer;
let database: ScratchDatabase;
const clock = new SetClock(new Date());
let candidates: Person[];
beforeAll(async () => {
  database = await scratchDatabase();
  server = await startTestServer({ CATALOG: 'test/catalogs/add-ons.yaml', JOBS_ENABLED: 'false' }, database, { clock });
  candidates = [];
  for (let count = 0; count < 12; count += 1) candidates.push(await server.world.owner());
  await platform().user.updateMany({ data: { emailVerifiedAt: new Date() } });
}, 120_000);
afterAll(async () => {
  await server.close();
  await database.drop();
});

interface Real {
  readonly boss: Person;
  readonly organizationId: string;
  /** The invited users in order, with their tokens, and the users who became members. */
  readonly invited: { readonly person: Person; readonly token: string }[];
  readonly joined: Person[];
}

type Step = (model: ReferenceModel, real: Real) => Promise<void>;
const platform = (): PlatformDb => server.app.get(PlatformDb);

/** Whether the step was allowed. A refusal must be one of our errors. */
async function allowed(done: Promise<unknown>): Promise<true | string> {
  try {
    await done;
    return true;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

/** @param real whether it was allowed, or why not */
const agree = (model: boolean, real: boolean | string): void => {
  if (model || real === true) expect(real).toBe(model);
};

const change =
  (wish: Wish): Step =>
  async (model, { organizationId }) => {
    const expected = model.change(wish);
    agree(expected, await allowed(server.app.get(SubscriptionsService).changeSubscription(organizationId, wish)));
  };
const cancel =
  (immediately: boolean): Step =>
  async (model, { organizationId }) =>
    agree(model.cancel(immediately), await allowed(server.app.get(SubscriptionsService).cancelSubscription(organizationId, { atPeriodEnd: !immediately })));
const resume: Step = async (model, { organizationId }) => agree(model.resume(), await allowed(server.app.get(SubscriptionsService).resumeSubscription(organizationId)));
const startTrial =
  (days: number): Step =>
  async (model, { organizationId }) => {
    const end = model.now + days * day;
    agree(model.startTrial(end), await allowed(server.app.get(SubscriptionsService).setTrialEnd(organizationId, new Date(end))));
  };
const pause: Step = async (model, { organizationId }) => agree(model.pause(), await allowed(server.app.get(SubscriptionsService).pauseSubscription(organizationId)));
const closeInvoice =
  (status: 'paid' | 'void'): Step =>
  async (model, { organizationId }) => {
    const invoice = await platform().invoice.findFirst({ where: { organizationId, status: 'open' }, orderBy: { id: 'asc' } });
    const expected = model.closeInvoice(status);
    agree(expected, invoice === null ? 'none' : await allowed(server.app.get(PlatformBillingService).closeInvoice(organizationId, invoice.id, status)));
  };
const suspend: Step = async (model, { organizationId }) => {
  agree(!model.suspended, await allowed(server.app.get(TenantLifecycleService).suspendTenant(organizationId, undefined)));
  model.suspended = true;
};
const activate: Step = async (model, { organizationId }) => {
  if (!model.suspended) return;
  await server.app.get(TenantLifecycleService).activateTenant(organizationId);
  model.suspended = false;
};
const invite: Step = async (model, { boss, organizationId, invited, joined }) => {
  const person = candidates.find((each) => !joined.includes(each) && !invited.some((other) => other.person === each));
  if (person === undefined) return;
  const answer = await boss.api.post(`/organizations/${organizationId}/invitations`, { email: person.email, role: 'member', delivery: 'link' });
  agree(model.invite(), answer.status === 201 || answer.text);
  if (answer.status === 201) invited.push({ person, token: new URL(answer.body.data[0].link).searchParams.get('token') ?? '' });
};
const accept: Step = async (model, { invited, joined }) => {
  const last = invited.at(-1);
  if (last === undefined || !model.isOpen) return;
  const answer = await last.person.api.post('/invitations/accept', { token: last.token });
  agree(model.accept(), answer.status === 201 || answer.text);
  if (answer.status === 201) joined.push(...invited.splice(-1).map(({ person }) => person));
};
const remove: Step = async (model, { boss, organizationId, joined }) => {
  const person = joined.at(-1);
  if (person === undefined || !model.isOpen) return;
  expect((await boss.api.delete(`/organizations/${organizationId}/members/${person.userId}`)).status).toBe(204);
  joined.pop();
  model.members -= 1;
};
/** Time passes; the job runs never (it is late), once or twice. */
const pass =
  (days: number, runs: number): Step =>
  async (model) => {
    clock.forward(days * day);
    model.now = clock.now().getTime();
    for (let run = 0; run < runs; run += 1) {
      const job = await server.app.get(PlatformDb).$transaction(async (tx) => tx.jobRun.deleteMany({ where: { job: 'advance-subscriptions' } }));
      expect(job.count).toBeGreaterThanOrEqual(0);
      expect(await runJob(server.app, 'advance-subscriptions', clock.now())).toMatchObject({ outcome: 'done', result: { failed: 0 } });
    }
    if (runs > 0) model.advance();
  };

/** A step with a name for failure messages. */
const step = (name: string, run: Step): { name: string; run: Step; [fc.toStringMethod]: () => string } => ({ name, run, [fc.toStringMethod]: () => name });
const plans = fc.constantFrom<Plan>('free', 'pro', 'pro', 'team');
const seats = fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined });
const [disks, extraSeats] = [fc.nat({ max: 4 }), fc.nat({ max: 2 })];
const oneAddOn = fc.oneof(fc.record({ extra_disk: disks }), fc.record({ extra_seats: extraSeats }));
/** Mostly available ones. */
const addOns: fc.Arbitrary<Partial<AddOns>> = fc.oneof(
  { weight: 4, arbitrary: oneAddOn },
  { weight: 1, arbitrary: fc.record({ extra_disk: disks, extra_seats: extraSeats }) },
  { weight: 1, arbitrary: fc.record({ extra_disk: fc.constant(5) }) },
);
const wordsOf = (wish: Partial<AddOns>): string =>
  Object.entries(wish)
    .map(([key, quantity]) => `${quantity} ${key}`)
    .join(', ');
const days = fc.constantFrom(0.5, 3, 16, 16, 40);
const steps = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(plans, seats, fc.option(addOns, { nil: undefined }))
      .map(([plan, wanted, beside]) =>
        step(
          `change to ${plan} ${wanted ?? ''} ${wordsOf(beside ?? {})}`,
          change({ plan, ...(wanted === undefined ? {} : { seats: wanted }), ...(beside === undefined ? {} : { addOns: beside }) }),
        ),
      ),
  },
  { weight: 9, arbitrary: addOns.map((wish) => step(`have ${wordsOf(wish)}`, change({ addOns: wish }))) },
  { weight: 1, arbitrary: fc.boolean().map((immediately) => step(`cancel ${immediately ? 'now' : 'later'}`, cancel(immediately))) },
  { weight: 1, arbitrary: fc.constantFrom(1, 10, 40).map((end) => step(`trial of ${end} days`, startTrial(end))) },
  { weight: 3, arbitrary: fc.constantFrom('paid' as const, 'void' as const).map((status) => step(`${status} invoice`, closeInvoice(status))) },
  { weight: 3, arbitrary: fc.constantFrom(step('resume', resume), step('pause', pause), step('suspend', suspend), step('activate', activate)) },
  { weight: 3, arbitrary: fc.constant(step('invite', invite)) },
  { weight: 3, arbitrary: fc.constantFrom(step('accept', accept), step('remove', remove)) },
  { weight: 7, arbitrary: fc.tuple(days, fc.constantFrom(0, 1, 1, 2)).map(([time, runs]) => step(`${time} days and ${runs} runs`, pass(time, runs))) },
);

/** Half of them begin with a customer who has paid. */
const histories = fc
  .tuple(fc.constantFrom([], [step('change to pro', change({ plan: 'pro' })), step('paid invoice', closeInvoice('paid'))]), fc.array(steps, { minLength: 8, maxLength: 24 }))
  .map(([first, then]) => [...first, ...then]);

const held = (column: unknown): AddOns => ({ ...noAddOns, ...Object.fromEntries(addOnsIn(column).map(({ key, quantity }) => [key, quantity])) });

/** The state of an organization, in the form of the model. */
async function found({ organizationId }: Real): Promise<object> {
  const { subscription, ...organization } = await platform().organization.findUniqueOrThrow({ where: { id: organizationId }, include: { subscription: true } });
  const invoices = await platform().invoice.findMany({ where: { organizationId }, include: shownWithInvoice });
  for (const { total, lines } of invoices) expect(total).toBe(lines.reduce((sum, { amount }) => sum + amount, 0n));
  return {
    status: subscription?.status,
    terms: { plan: subscription?.plan, seats: subscription?.seats, addOns: held(subscription?.addOns) },
    next: subscription == null || subscription.nextPlan === null ? null : { plan: subscription.nextPlan, addOns: held(subscription.nextAddOns) },
    periodEnd: subscription?.periodEnd?.getTime() ?? null,
    ends: subscription?.cancelAtPeriodEnd,
    plan: organization.plan,
    organization: organization.status,
    anchor: organization.usageAnchorDay,
    members: await platform().membership.count({ where: { organizationId } }),
    invoices: invoices.length,
    open: invoices.filter(({ status }) => status === 'open').length,
    due: invoices.map(toInvoiceDto).reduce((sum, { amountDue }) => sum + amountDue, 0),
    balance: (await readBalances(platform(), organizationId)).get('EUR') ?? 0,
  };
}

const expectedOf = (model: ReferenceModel): object => {
  const { status, terms, next, periodEnd, ends, plan, organization, anchor, members, invoices } = model;
  return {
    status,
    terms,
    next: next === null ? null : { plan: next.plan, addOns: next.addOns },
    periodEnd,
    ends,
    plan,
    organization,
    anchor,
    members,
    invoices: invoices.length,
    open: invoices.filter(({ status: each }) => each === 'open').length,
    due: model.due,
    balance: model.balance,
  };
};

describe('a random history', () => {
  itInBothRuns(
    `a random billing history equals the reference model after each step (${howMany} histories)`,
    async () => {
      const boss = await server.world.owner();
      const tried = new Set<string>();
      await fc.assert(
        fc.asyncProperty(histories, async (history) => {
          const { body } = await boss.api.post('/organizations', { name: server.world.unique('org') });
          const api = server.api.as((await boss.api.post('/auth/switch-organization', { organizationId: body.id })).body.accessToken);
          const real: Real = { boss: { ...boss, api }, organizationId: body.id, invited: [], joined: [] };
          const model = new ReferenceModel(clock.now().getTime());
          for (const { name, run } of history) {
            const before = model.status;
            await run(model, real);
            if (before !== model.status) tried.add(`${before} → ${model.status}`);
            expect({ after: name, ...(await found(real)) }).toEqual({ after: name, ...expectedOf(model) });
          }
          // The job of the next history has nothing to do with this one.
          await platform().organization.update({ where: { id: body.id }, data: { deletedAt: clock.now() } });
        }),
        { numRuns: howMany, endOnFailure: true, seed },
      );
      process.stdout.write(`ways gone: ${[...tried].sort().join(', ')}\n`);
    },
    180_000,
  );
});
