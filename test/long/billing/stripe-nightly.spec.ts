import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { runJob } from '../../support/jobs.js';
import { StripeWorld } from '../../support/stripe-world.js';

type Values = Record<string, any>;

let world: StripeWorld;
let nights = 0;
beforeAll(async () => {
  world = await StripeWorld.open();
});
afterAll(() => world.close());
afterEach(() => {
  world.stripe.failures.length = 0;
});

const ledger = () => world.stripe.ledger;
const day = 24 * 3600 * 1000;
/** One job for the next day each time. */
async function night(job: string, prefix: string): Promise<{ readonly id: string; readonly result: Values }> {
  nights += 1;
  const at = new Date(Date.now() + nights * day);
  expect(await runJob(world.server.app, job, at)).toMatchObject({ outcome: 'done', result: { queued: 1 } });
  const id = `${prefix}:${at.toISOString().slice(0, 10)}`;
  return { id, result: (await world.handled(id))['result'] };
}

describe('the nightly comparison', () => {
  it('the nightly comparison repairs missed changes on both sides, and reports unknown subscriptions', async () => {
    const changed = await world.customer({ plan: 'team', seats: 2 });
    const ended = await world.customer({ plan: 'pro' });
    const same = await world.customer({ plan: 'pro' });
    const adopted = await world.server.world.owner();
    await adopted.api.post(`${adopted.home}/billing/portal`, {});
    const pro = [{ price: world.price('pro:month:eur') }];
    // No event reports any of this.
    ledger().change(changed.theirs, { items: [{ id: changed.theirs['items'].data[0].id, quantity: 8 }] });
    ledger().cancel(ended.theirs);
    ledger().subscription({ customer: (await world.row(adopted))['provider_customer_id'], items: pro });
    ledger().subscription({ customer: ledger().customer()['id'], items: pro });
    const version = (await world.row(same))['version'];
    const { result } = await night('reconcile-stripe', 'reconcile');
    expect(result).toEqual({ there: 4, here: 4, repaired: 3, reported: 1, invoices: 0, uncharged: 0, ending: 0, failed: 0 });
    expect(await world.subscriptionOf(changed)).toMatchObject({ seats: 8 });
    expect(await world.subscriptionOf(ended)).toMatchObject({ status: 'canceled' });
    expect(await world.planOf(ended)).toBe('free');
    expect(await world.subscriptionOf(adopted)).toMatchObject({ plan: 'pro', provider: 'stripe' });
    expect((await world.row(same))['version']).toBe(version);
    // The subscription from the dashboard has no usage price.
    expect((await night('reconcile-stripe', 'reconcile')).result).toEqual({ there: 4, here: 3, repaired: 0, reported: 1, invoices: 0, uncharged: 1, ending: 0, failed: 0 });
  });

  it('the nightly comparison copies missed and long open invoices, but none of unknown customers', async () => {
    const [owner, debtor] = [await world.customer({ plan: 'pro' }), await world.customer({ plan: 'pro' })];
    const missed = ledger().invoice({ customer: owner.theirs['customer'], status: 'open', total: 3000 });
    const old = ledger().invoice({ customer: debtor.theirs['customer'], status: 'open', total: 3000 });
    await world.tell('invoice.finalized', old);
    await world.look.query(`update invoices set issued_at = now() - interval '60 days' where provider_invoice_id = $1`, [old['id']]);
    Object.assign(old, { status: 'uncollectible', created: old['created'] - 60 * 24 * 3600 });
    ledger().invoice({ customer: ledger().customer()['id'], status: 'paid' });
    expect((await night('reconcile-stripe', 'reconcile')).result).toMatchObject({ invoices: 2 });
    const { rows } = await world.look.query('select status from invoices where provider_invoice_id = any($1) order by status', [[missed['id'], old['id']]]);
    expect(rows).toEqual([{ status: 'open' }, { status: 'uncollectible' }]);
    expect((await night('reconcile-stripe', 'reconcile')).result).toMatchObject({ invoices: 0 });
  });

  it('the nightly comparison reads all pages', async () => {
    const owner = await world.customer({ plan: 'team', seats: 2 });
    for (let count = 0; count < 230; count += 1) ledger().subscriptions.set(`sub_${count}`, { ...structuredClone(owner.theirs), id: `sub_${count}`, status: 'incomplete' });
    ledger().change(owner.theirs, { items: [{ id: owner.theirs['items'].data[0].id, quantity: 3 }] });
    const last = await world.server.world.owner();
    await last.api.post(`${last.home}/billing/portal`, {});
    ledger().subscription({ customer: (await world.row(last))['provider_customer_id'], items: [{ price: world.price('pro:month:eur') }] });
    const { result } = await night('reconcile-stripe', 'reconcile');
    expect(result).toMatchObject({ repaired: 2 });
    expect(await world.planOf(last)).toBe('pro');
  });

  it('the nightly comparison ends subscriptions of deleted organizations and retries failed events', async () => {
    const owner = await world.customer({ plan: 'pro' });
    const invoice = ledger().invoice({ customer: owner.theirs['customer'], status: 'paid' });
    await world.look.query(`insert into provider_events (provider, id, type, object_id, received_at) values ('stripe', 'evt_lost', 'invoice.paid', $1, now() - interval '1 day')`, [
      invoice['id'],
    ]);
    await owner.api.delete(owner.home);
    expect((await night('reconcile-stripe', 'reconcile')).result).toMatchObject({ ending: 1 });
    expect(owner.theirs['cancel_at_period_end']).toBe(true);
    expect((await world.handled('evt_lost'))['result'].outcome).toMatch(/^(un)?changed$/);
    expect((await world.look.query('select status from invoices where provider_invoice_id = $1', [invoice['id']])).rows).toEqual([{ status: 'paid' }]);
  });

  it('the nightly comparison continues when one subscription fails, and retries it the next night', async () => {
    const [lost, fine] = [await world.customer({ plan: 'pro' }), await world.customer({ plan: 'pro' })];
    for (const owner of [lost, fine]) await owner.api.delete(owner.home);
    // The cancellation fails, and Stripe repeats the failure for the same idempotency key.
    const { id } = lost.theirs;
    const failing = `POST /v1/subscriptions/${id}`;
    world.stripe.refuses.add(failing);
    expect((await night('reconcile-stripe', 'reconcile')).result).toMatchObject({ ending: 1, failed: 1 });
    expect([lost.theirs['cancel_at_period_end'], fine.theirs['cancel_at_period_end']]).toEqual([false, true]);
    world.stripe.refuses.delete(failing);
    expect((await night('reconcile-stripe', 'reconcile')).result).toMatchObject({ ending: 1, failed: 0 });
    expect(lost.theirs['cancel_at_period_end']).toBe(true);
  });

  it('a nightly comparison that Stripe interrupts is repeated', async () => {
    const owner = await world.customer({ plan: 'team', seats: 2 });
    ledger().change(owner.theirs, { items: [{ id: owner.theirs['items'].data[0].id, quantity: 4 }] });
    world.stripe.failures.push('error', 'error');
    const running = night('reconcile-stripe', 'reconcile');
    const seats = async (): Promise<unknown> => {
      await world.look.query(`update pgboss.job set start_after = now() where name = 'provider_tasks' and state = 'retry'`);
      return (await world.subscriptionOf(owner))['seats'];
    };
    await eventually(seats, (count) => world.stripe.failures.length === 0 && count === 4);
    await running;
    expect(await world.subscriptionOf(owner)).toMatchObject({ seats: 4 });
  });
});
