import { expect } from '@jest/globals';
import { PlatformDb } from '../../../src/database/platform-db.js';
import { addOnsIn } from '../../../src/access/organization/entitlements.js';
import { Catalog } from '../../../src/config/catalog/catalog.js';
import { runJob } from '../jobs.js';
import type { Person } from '../world.js';
import type { BilledServer } from './billed-server.js';
import { customers, meters, taxOf, usageCost } from './money-reference.js';

const day = 24 * 3600 * 1000;

/** An item with the price of a whole period that was agreed for it, and when it began. */
interface Agreed {
  readonly price: number;
  readonly since: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Plays the history of one organization on servers whose catalogs have different prices, and checks after each step what must
 * hold for money. It knows what was agreed from the catalogs and the subscription only, and what was paid from what it paid.
 */
export class MoneyHistory {
  /** By currency. */
  readonly paid = new Map<string, number>();
  readonly refunded = new Map<string, number>();
  readonly #settled = new Map<string, number>();
  /** What was agreed and is over, and what is agreed now, by item. Counted as long as nothing was given away, void, or given back by the operator. */
  readonly #past = new Map<string, number>();
  #items = new Map<string, Agreed>();
  #currency = 'EUR';
  #canceled = false;
  #exact = true;
  /** The server on which each period began, by the time at which it did: its usage has the prices of that server. */
  readonly #periods = new Map<number, { readonly server: BilledServer; readonly currency: string; readonly interval: 'month' | 'year'; readonly continues: boolean }>();
  readonly #used: { readonly meter: string; readonly day: number; readonly quantity: number }[] = [];
  #taxPercent = 19;
  /** By invoice: the tax that the customer paid when it was issued. */
  readonly #taxed = new Map<string, number>();
  #isBilled = true;

  private constructor(
    private readonly servers: readonly BilledServer[],
    private readonly owner: Person,
  ) {}

  static async begin(servers: readonly BilledServer[]): Promise<MoneyHistory> {
    const [first] = servers as [BilledServer];
    return new MoneyHistory(servers, await first.server.world.owner());
  }

  get #first(): BilledServer {
    return this.servers[0] as BilledServer;
  }
  get #now(): number {
    return this.#first.clock.now().getTime();
  }
  get #platform(): PlatformDb {
    return this.#first.server.app.get(PlatformDb);
  }
  #row = () => this.#platform.subscription.findFirstOrThrow({ where: { organizationId: this.owner.organizationId } });
  #invoices = () => this.#first.invoicesOf(this.owner);

  /** Ends the subscription, and lets the last usage be invoiced: it must have cost what was used, at the prices that were agreed for each period. */
  async settle(): Promise<void> {
    if (this.#exact && this.#isBilled) {
      await this.cancel(true);
      for (const days of [0.01, 9, 0.01]) {
        await this.pass(days, 0);
        await this.close('paid');
        await this.check();
      }
      await this.#checkUsage();
    }
    await this.#checkNumbers();
  }

  /** The job of the next history has nothing to do with this one. */
  async forget(): Promise<void> {
    await this.#platform.organization.update({ where: { id: this.owner.organizationId }, data: { deletedAt: new Date(this.#now) } });
  }

  /** A change by the owner, which must cost what the preview has said. */
  async change(index: number, body: object): Promise<void> {
    const server = this.servers[index % this.servers.length] as BilledServer;
    const owner = server.as(this.owner);
    const { balances, ...current } = await this.#first.subscriptionOf(this.owner);
    const [before, known, notes] = [await this.#row(), await this.#invoices(), await this.#first.creditNotesOf(this.owner)];
    const preview = await server.preview(owner, body);
    // The balance pays as much as it can. A renewal that is due would take from it first.
    if (preview.total > 0 && (current.periodEnd === null || Date.parse(current.periodEnd) > this.#now)) {
      const balance = balances.find(({ currency }: any) => currency === preview.currency)?.amount ?? 0;
      const credits = preview.credits.filter(({ invoice }: any) => known.find(({ number }) => number === invoice)?.currency === preview.currency);
      expect(preview.balanceApplied).toBe(Math.min(preview.total, balance + sumOf(credits, 'addsToBalance')));
    }
    const { status, body: answer } = await server.change(owner, body);
    expect([200, 402, 409, 422]).toContain(status);
    if (status !== 200) return;
    await this.#follow(before, server);
    const issued = (await this.#invoices()).filter(({ id }) => !known.some((each) => each.id === id));
    const given = (await this.#first.creditNotesOf(this.owner)).filter(({ id }) => !notes.some((each) => each.id === id));
    // Renewals that were due come before the change.
    const own = preview.total > 0 ? issued.shift() : undefined;
    if (preview.total > 0)
      expect({ total: own.total, balanceApplied: own.balanceApplied, due: own.amountDue }).toEqual({
        total: preview.total,
        balanceApplied: preview.balanceApplied,
        due: preview.dueNow,
      });
    expect(given.map(({ total, reducesDue, addsToBalance }) => [total, reducesDue, addsToBalance])).toEqual(
      preview.credits.map(({ total, reducesDue, addsToBalance }: any) => [total, reducesDue, addsToBalance]),
    );
    expect(answer.cancelAtPeriodEnd).toBe(preview.cancelAtPeriodEnd);
  }

  async cancel(immediately: boolean): Promise<void> {
    const before = await this.#row();
    const { status, body } = await this.owner.api.post(`${this.owner.home}/subscription/cancel`, { immediately });
    expect([200, 409]).toContain(status);
    if (status !== 200) return;
    this.#canceled = body.cancelAtPeriodEnd;
    // An owner who ends at once gives up what is paid for.
    if (body.status !== 'canceled') return;
    this.#end((before.periodEnd ?? before.periodStart).getTime());
    // The set clock does not advance. A subscription that begins in the millisecond in which the former ended would have its very period.
    this.#first.clock.forward(1);
  }

  async resume(): Promise<void> {
    const before = await this.#row();
    const { status } = await this.owner.api.post(`${this.owner.home}/subscription/resume`);
    expect([200, 402, 409]).toContain(status);
    if (status !== 200) return;
    if (before.status !== 'paused') this.#canceled = false;
    await this.#follow(before, this.#first);
  }

  /** Time passes, and the job runs on one of the servers. */
  async pass(days: number, index: number): Promise<void> {
    const server = this.servers[index % this.servers.length] as BilledServer;
    server.clock.forward(days * day);
    const before = await this.#row();
    await this.#platform.jobRun.deleteMany({ where: { job: 'advance-subscriptions' } });
    expect(await runJob(server.server.app, 'advance-subscriptions', server.clock.now())).toMatchObject({ outcome: 'done', result: { failed: 0 } });
    await this.#follow(before, server);
  }

  /** Usage of some days ago. */
  async use(meter: string, quantity: number, ago: number): Promise<void> {
    const at = this.#now - ago * day;
    const event = { id: `event-${this.#used.length}`, meter, quantity, occurredAt: new Date(at).toISOString() };
    const { status, text } = await this.owner.api.post('/usage/events', { events: [event] });
    // A suspended organization reports nothing.
    if (status === 403 || status === 402) return;
    if (status >= 300) throw new Error(text);
    this.#used.push({ meter, day: Math.floor(at / day), quantity });
  }

  /** The customer moves. */
  async move(index: number): Promise<void> {
    const { profile, percent } = customers[index % customers.length] as (typeof customers)[number];
    const { status, text } = await this.owner.api.patch(`${this.owner.home}/billing/profile`, profile);
    if (status !== 200) throw new Error(text);
    this.#taxPercent = percent;
  }

  /** The operator changes who bills. That itself charges nothing, and without a payment provider there is no such mode. */
  async bill(mode: 'none' | 'invoice' | 'provider' | null): Promise<void> {
    const before = (await this.#invoices()).length;
    const { status } = await this.#first.operator.patch(`/tenants/${this.owner.organizationId}`, { billing: mode });
    expect(status === 200).toBe(mode !== 'provider');
    expect(await this.#invoices()).toHaveLength(before);
    if (status !== 200) return;
    this.#isBilled = mode !== 'none';
    this.#exact = false;
  }

  async close(status: 'paid' | 'void' | 'uncollectible'): Promise<void> {
    for (const { id, amountDue, currency } of (await this.#invoices()).filter((each) => each.status === 'open')) {
      const before = await this.#row();
      expect((await this.#first.operator.post(`/tenants/${this.owner.organizationId}/invoices/${id}/close`, { status })).status).toBe(200);
      if (status === 'paid') this.paid.set(currency, (this.paid.get(currency) ?? 0) + amountDue);
      else this.#exact = false;
      await this.#follow(before, this.#first);
    }
  }

  /** The operator gives a part of a line back. */
  async giveBack(part: number, settlement: 'balance' | 'refund'): Promise<void> {
    const invoices = await this.#invoices();
    const invoice = invoices[Math.floor(part * invoices.length)];
    const line = invoice?.lines[Math.floor(part * 97) % invoice.lines.length];
    if (line === undefined) return;
    const body = { lines: [{ lineId: line.id, amount: Math.max(1, Math.floor(line.amount * part)) }], settlement };
    const answer = await this.#first.operator.post(`/tenants/${this.owner.organizationId}/invoices/${invoice.id}/credit-notes`, body);
    expect([201, 409, 422]).toContain(answer.status);
    if (answer.status !== 201) return;
    this.#exact = false;
    this.refunded.set(invoice.currency, (this.refunded.get(invoice.currency) ?? 0) + answer.body.refunded);
  }

  /** The operator gives amounts of the newest invoice back, one after the other, which round the tax apart. */
  async giveBackInParts(amounts: readonly number[]): Promise<void> {
    const [invoice] = await this.#invoices();
    for (const amount of amounts) {
      const body = { lines: [{ lineId: invoice?.lines[0].id, amount }] };
      const answer = invoice === undefined ? undefined : await this.#first.operator.post(`/tenants/${this.owner.organizationId}/invoices/${invoice.id}/credit-notes`, body);
      if (answer?.status === 201) this.#exact = false;
    }
  }

  /** The operator pays a part of each balance out, or writes it off. */
  async settleBalances(part: number, method: 'paid_out' | 'written_off'): Promise<void> {
    const path = `/tenants/${this.owner.organizationId}/balance-settlements`;
    for (const { currency, amount: balance } of (await this.#first.subscriptionOf(this.owner)).balances) {
      expect((await this.#first.operator.post(path, { currency, amount: balance + 1, method, reason: 'too much' })).status).toBe(422);
      const amount = Math.max(1, Math.floor(balance * part));
      expect((await this.#first.operator.post(path, { currency, amount, method, reason: 'model' })).status).toBe(201);
      this.#settled.set(currency, (this.#settled.get(currency) ?? 0) + amount);
    }
  }

  /** The operator gives a plan, moves the day of the counters, begins a trial, or pauses. */
  async operate(kind: 'gift' | 'anchor' | 'trial' | 'pause', value: string | number): Promise<void> {
    const { organizationId } = this.owner;
    const { operator } = this.#first;
    const trialEnd = new Date(this.#now + 5 * day).toISOString();
    const answer =
      kind === 'pause'
        ? await operator.post(`/tenants/${organizationId}/subscription/pause`)
        : kind === 'trial'
          ? await operator.post(`/tenants/${organizationId}/trial`, { endsAt: trialEnd })
          : await operator.patch(`/tenants/${organizationId}`, kind === 'gift' ? { plan: value } : { usageAnchorDay: value });
    expect([200, 409]).toContain(answer.status);
    if (kind !== 'anchor') this.#exact = false;
  }

  /** Checks what must hold after each step. */
  async check(): Promise<void> {
    const [row, invoices, notes] = [await this.#row(), await this.#invoices(), await this.#first.creditNotesOf(this.owner)];
    if (row.status === 'canceled') this.#canceled = false;
    expect({ cancelAtPeriodEnd: row.cancelAtPeriodEnd }).toEqual({ cancelAtPeriodEnd: this.#canceled });
    const live = notes.filter(({ status }) => status === 'issued');
    for (const invoice of invoices) {
      // Whom nobody bills gets no new invoice.
      if (!this.#taxed.has(invoice.id)) expect({ billed: this.#isBilled }).toEqual({ billed: true });
      const percent = this.#taxed.get(invoice.id) ?? this.#taxPercent;
      this.#taxed.set(invoice.id, percent);
      expect([Number(invoice.tax.percent), invoice.tax.amount, invoice.subtotal]).toEqual([percent, taxOf(invoice.subtotal, percent), sumOf(invoice.lines, 'amount')]);
      const own = live.filter(({ invoiceId }) => invoiceId === invoice.id);
      expect(invoice.total).toBe(sumOf(invoice.lines, 'amount') + (invoice.tax?.amount ?? 0));
      // A void invoice voids its credit notes.
      if (invoice.status === 'void') expect(own).toEqual([]);
      expect(invoice.credited).toBe(sumOf(own, 'total'));
      expect(sumOf(own, 'tax')).toBe(taxOf(sumOf(own, 'subtotal'), percent));
      expect(invoice.credited).toBeLessThanOrEqual(invoice.total);
      expect(invoice.amountDue).toBe(invoice.status === 'open' ? invoice.total - invoice.balanceApplied - sumOf(own, 'reducesDue') : 0);
      expect(invoice.status === 'open' ? invoice.amountDue > 0 : true).toBe(true);
      for (const line of invoice.lines) {
        const credited = own.flatMap(({ lines }) => lines).filter(({ invoiceLineId }) => invoiceLineId === line.id);
        expect(sumOf(credited, 'amount')).toBeLessThanOrEqual(line.amount);
      }
    }
    const balances = new Map((await this.#first.subscriptionOf(this.owner)).balances.map(({ currency, amount }: any) => [currency, amount]));
    for (const currency of ['EUR', 'JPY']) {
      const of = (list: readonly any[]): any[] => list.filter((each) => each.currency === currency);
      const [ours, given] = [of(invoices), of(live)];
      const balance =
        sumOf(given, 'addsToBalance') -
        sumOf(
          ours.filter(({ status }) => status !== 'void'),
          'balanceApplied',
        ) -
        (this.#settled.get(currency) ?? 0);
      expect(balances.get(currency) ?? 0).toBe(balance);
      const [paid, refunded] = [this.paid.get(currency) ?? 0, this.refunded.get(currency) ?? 0];
      // What was received is what paid invoices say; nobody gets more back than they have paid.
      const settled = ours
        .filter(({ status }) => status === 'paid')
        .map(
          (each) =>
            each.total -
            each.balanceApplied -
            sumOf(
              given.filter(({ invoiceId }) => invoiceId === each.id),
              'reducesDue',
            ),
        );
      expect(settled.reduce((sum, amount) => sum + amount, 0)).toBe(paid);
      expect(sumOf(given, 'refunded')).toBe(refunded);
      expect(balance).toBeGreaterThanOrEqual(0);
      expect(refunded + (this.#settled.get(currency) ?? 0) + balance).toBeLessThanOrEqual(paid);
    }
    await this.#checkPeriods(row);
    if (this.#exact) this.#checkAgreed(invoices, live);
  }

  /** Periods follow each other without overlapping. The running one is whole: it begins and ends on its day of the month, at the same time of day. */
  async #checkPeriods({ periodStart, periodEnd, status, anchorDay }: { periodStart: Date; periodEnd: Date | null; status: string; anchorDay: number | null }): Promise<void> {
    const periods = await this.#platform.subscriptionPeriod.findMany({ where: { organizationId: this.owner.organizationId }, orderBy: { startsAt: 'asc' } });
    for (const [index, { endsAt }] of periods.entries()) expect(endsAt.getTime()).toBeLessThanOrEqual(periods[index + 1]?.startsAt.getTime() ?? Infinity);
    if ((status !== 'active' && status !== 'past_due') || periodEnd === null) return;
    expect(periods.at(-1)).toMatchObject({ startsAt: periodStart, endsAt: periodEnd });
    const inMonths = (months: number): string => {
      const [year, month] = [periodStart.getUTCFullYear(), periodStart.getUTCMonth() + months];
      const day = Math.min(anchorDay ?? periodStart.getUTCDate(), new Date(Date.UTC(year, month + 1, 0)).getUTCDate());
      return `${new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10)}${periodStart.toISOString().slice(10)}`;
    };
    expect(periodStart.toISOString()).toBe(inMonths(0));
    expect([inMonths(1), inMonths(12)]).toContain(periodEnd.toISOString());
  }

  /** The charges, less the credits, are the sum over time of the agreed prices: within half a minor unit for each line and each credit. */
  #checkAgreed(invoices: readonly any[], notes: readonly any[]): void {
    for (const currency of ['EUR', 'JPY']) {
      const lines = invoices.filter((each) => each.currency === currency).flatMap((each) => each.lines.filter(({ kind }: any) => kind !== 'usage'));
      const credits = notes.filter((each) => each.currency === currency && each.reason !== 'usage').flatMap((each) => each.lines);
      const running = this.#currency === currency ? [...this.#items.values()].map((item) => partOf(item, item.end)) : [];
      const agreed = running.reduce((sum, part) => sum + part, this.#past.get(currency) ?? 0);
      expect(Math.abs(sumOf(lines, 'amount') - sumOf(credits, 'amount') - agreed)).toBeLessThanOrEqual(0.5 * (lines.length + credits.length) + 0.001);
    }
  }

  /** The usage lines, less what was given back for corrections, are the cost of the usage of all periods, to the minor unit. */
  async #checkUsage(): Promise<void> {
    const [invoices, notes] = [await this.#invoices(), await this.#first.creditNotesOf(this.owner)];
    const periods = await this.#platform.subscriptionPeriod.findMany({ where: { organizationId: this.owner.organizationId } });
    for (const currency of ['EUR', 'JPY']) {
      const of = (list: readonly any[]): any[] => list.filter((each) => each.currency === currency);
      const charged = sumOf(
        of(invoices).flatMap((each) => each.lines.filter(({ kind }: any) => kind === 'usage')),
        'amount',
      );
      const corrected = sumOf(of(notes.filter(({ reason }) => reason === 'usage')), 'subtotal');
      let expected = 0;
      for (const { startsAt, endsAt } of periods) {
        const begun = this.#periods.get(startsAt.getTime());
        if (begun?.currency !== currency) continue;
        const [from, before] = [Math.floor(startsAt.getTime() / day) + (begun.continues ? 0 : 1), Math.floor(endsAt.getTime() / day)];
        if (from >= before) continue;
        for (const meter of meters) {
          const used = this.#used.filter((each) => each.meter === meter && each.day >= from && each.day < before);
          expected += usageCost(begun.server.server.app.get(Catalog), meter, begun, sumOf(used, 'quantity'));
        }
      }
      expect({ currency, usage: charged - corrected }).toEqual({ currency, usage: expected });
    }
  }

  /** The numbers of all invoices and credit notes of the installation are 1, 2, 3 and so on. */
  async #checkNumbers(): Promise<void> {
    for (const list of [await this.#platform.invoice.findMany({ select: { number: true } }), await this.#platform.creditNote.findMany({ select: { number: true } })]) {
      const numbers = list.map(({ number }) => Number(number.split('-').at(-1))).sort((a, b) => a - b);
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    }
  }

  /** Notes what is agreed after a step that may have renewed, changed or ended the subscription. */
  async #follow(before: { periodEnd: Date | null; cancelAtPeriodEnd: boolean }, server: BilledServer): Promise<void> {
    const after = await this.#row();
    const at = this.#now;
    const periods = await this.#platform.subscriptionPeriod.findMany({ where: { organizationId: this.owner.organizationId }, orderBy: { startsAt: 'asc' } });
    const prices = pricesOf(server, after);
    for (const { startsAt, endsAt: wholeEnd } of periods)
      if (!this.#periods.has(startsAt.getTime()))
        this.#periods.set(startsAt.getTime(), {
          server,
          currency: after.currency ?? this.#currency,
          interval: wholeEnd.getTime() - startsAt.getTime() > 32 * day ? 'year' : 'month',
          continues: periods.some(({ endsAt }) => endsAt.getTime() === startsAt.getTime()),
        });
    let end = before.periodEnd?.getTime() ?? Infinity;
    while (end <= at && this.#items.size > 0) {
      const next = periods.find(({ startsAt }) => startsAt.getTime() === end);
      this.#end(end);
      if (next === undefined) break;
      // A change that follows has ended what the renewal has begun: its rest is given back.
      this.#begin(after, pricesOf(server, await this.#renewedTerms(next, after)), end, [end, next.endsAt.getTime()]);
      end = next.endsAt.getTime();
    }
    if (after.status === 'canceled' || after.periodEnd === null) return void (this.#items.size > 0 && this.#end(after.periodEnd === null ? end : at));
    const period = [after.periodStart.getTime(), after.periodEnd.getTime()] as const;
    for (const [id, item] of this.#items) if (!prices.has(id) || item.start !== period[0] || item.end !== period[1]) this.#close(id, item, Math.min(at, item.end));
    const since = Math.min(Math.max(period[0], at), period[1]);
    for (const [id, price] of prices) if (!this.#items.has(id)) this.#items.set(id, { price, since, start: period[0], end: period[1] });
    this.#currency = after.currency ?? 'EUR';
  }

  /** The terms of a renewal, from its invoice: what the organization had scheduled is gone by now. */
  async #renewedTerms({ startsAt, endsAt }: { startsAt: Date; endsAt: Date }, row: Terms): Promise<Terms> {
    const lines = await this.#platform.invoiceLine.findMany({
      where: { organizationId: this.owner.organizationId, periodStart: startsAt, invoice: { issuedAt: { gte: startsAt } } },
    });
    const whole = lines.filter(({ description }) => !description.startsWith('Remaining'));
    const plan = whole.find(({ kind }) => kind === 'plan');
    if (plan === undefined) return row;
    const addOns = whole.filter(({ kind }) => kind === 'add_on').map(({ key, quantity }) => ({ key: key ?? '', quantity: Number(quantity) }));
    const interval = endsAt.getTime() - startsAt.getTime() > 32 * day ? 'year' : 'month';
    return { plan: plan.key ?? row.plan, interval, seats: plan.key === 'team' ? Number(plan.quantity) : null, currency: row.currency ?? this.#currency, addOns };
  }

  #begin(row: Terms, prices: ReadonlyMap<string, number>, since: number, [start, end]: readonly [number, number]): void {
    for (const [id, price] of prices) this.#items.set(id, { price, since, start, end });
    this.#currency = row.currency ?? this.#currency;
  }

  #end(at: number): void {
    for (const [id, item] of this.#items) this.#close(id, item, Math.min(at, item.end));
  }

  #close(id: string, item: Agreed, at: number): void {
    this.#past.set(this.#currency, (this.#past.get(this.#currency) ?? 0) + partOf(item, at));
    this.#items.delete(id);
  }
}

interface Terms {
  readonly plan: string;
  readonly interval: 'month' | 'year';
  readonly seats: number | null;
  readonly currency: string | null;
  readonly addOns: unknown;
}

/** The items of a subscription with their prices in the catalog of a server. */
function pricesOf(server: BilledServer, { plan, interval, seats, currency, addOns }: Terms): ReadonlyMap<string, number> {
  const catalog = server.server.app.get(Catalog);
  const amount = (sold: { readonly prices: readonly { interval: string; currency: string; amount: number }[] } | undefined): number =>
    sold?.prices.find((price) => price.interval === interval && price.currency === currency)?.amount ?? 0;
  const held = addOnsIn(addOns).map(({ key, quantity }) => [`${key} ${quantity}`, amount(catalog.addOns.get(key)) * quantity] as const);
  return new Map([[`${plan} ${seats}`, amount(catalog.plans.get(plan)) * (seats ?? 1)] as const, ...held]);
}

const partOf = ({ price, since, start, end }: Agreed, until: number): number => (price * Math.max(0, until - since)) / (end - start);
const sumOf = (list: readonly any[], field: string): number => list.reduce((sum: number, each) => sum + each[field], 0);
