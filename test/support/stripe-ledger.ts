import { randomBytes } from 'node:crypto';

type Values = Record<string, any>;
const day = 24 * 3600;
/** How long a period is here, whatever the month. */
const lengthOf = (price: Values): number => (price['recurring'].interval === 'year' ? 365 : 30) * day;
const newId = (prefix: string): string => `${prefix}_${randomBytes(7).toString('hex')}`;
const whole = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));

const asNew = { cancel_at: null, cancel_at_period_end: false, canceled_at: null, ended_at: null, latest_invoice: null, pause_collection: null, schedule: null, trial_end: null };
/** How something is done, rather than what is. */
const manners = new Set(['proration_behavior', 'payment_behavior', 'billing_cycle_anchor']);

/** Refuses as Stripe does. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly error: Readonly<Record<string, unknown>>,
  ) {
    super(String(error['message']));
  }
}

/** The data of the stand-in for Stripe, and its operations. */
export class StripeLedger {
  readonly customers = new Map<string, Values>();
  readonly products = new Map<string, Values>();
  readonly prices = new Map<string, Values>();
  readonly sessions = new Map<string, Values>();
  readonly subscriptions = new Map<string, Values>();
  readonly schedules = new Map<string, Values>();
  readonly invoices = new Map<string, Values>();
  readonly meters = new Map<string, Values>();
  readonly coupons = new Map<string, Values>();
  readonly meterEvents = new Map<string, Values>();
  readonly features = new Map<string, Values>();
  /** Which features are attached to which product. */
  readonly attachments = new Map<string, Values>();
  /** The prorations of a subscription that its next invoice charges or gives back. */
  readonly pending = new Map<string, Values[]>();
  /** Whether the next payment goes through. */
  cardIsGood = true;
  /** The time, in milliseconds. */
  clock: () => number = Date.now;

  get now(): number {
    return Math.floor(this.clock() / 1000);
  }

  find(kind: Map<string, Values>, id: string): Values {
    const found = kind.get(id);
    if (found === undefined) throw new Refusal(404, { type: 'invalid_request_error', code: 'resource_missing', message: `No such object: '${id}'` });
    return found;
  }

  keep(kind: Map<string, Values>, prefix: string, values: Values): Values {
    const made = { id: newId(prefix), created: this.now, livemode: false, ...values };
    kind.set(made.id, made);
    return made;
  }

  customer(values: Values = {}): Values {
    return this.keep(this.customers, 'cus', { object: 'customer', metadata: {}, ...values });
  }

  price({ unit_amount: amount, recurring, product = 'prod_other', ...values }: Values): Values {
    const lookup = values['lookup_key'];
    if (lookup !== undefined && this.pricesBy(lookup).length > 0) throw new Refusal(400, { type: 'invalid_request_error', message: 'A price already uses that lookup key.' });
    if (recurring?.['meter'] !== undefined) this.find(this.meters, recurring['meter']);
    const { transform_quantity: transform } = values;
    const kind = {
      recurring: { interval_count: 1, meter: null, ...recurring },
      transform_quantity: transform === undefined ? null : { ...transform, divide_by: Number(transform.divide_by) },
    };
    const amounts = { unit_amount: whole(amount) ?? null, unit_amount_decimal: values['unit_amount_decimal'] ?? (amount === undefined ? null : String(amount)) };
    const tiers = values['tiers']?.map((tier: Values) => {
      const unit = tier['unit_amount'];
      const exact = { unit_amount: whole(unit) ?? null, unit_amount_decimal: tier['unit_amount_decimal'] ?? unit ?? null };
      return { up_to: tier['up_to'] === 'inf' ? null : Number(tier['up_to']), ...exact, flat_amount: whole(tier['flat_amount']) ?? null };
    });
    if (amounts.unit_amount_decimal === null && tiers === undefined)
      throw new Refusal(400, { type: 'invalid_request_error', message: 'One of unit_amount or unit_amount_decimal is required.' });
    const made = {
      object: 'price',
      active: true,
      product,
      lookup_key: null,
      metadata: {},
      tiers_mode: null,
      ...values,
      ...amounts,
      ...kind,
      ...(tiers === undefined ? {} : { tiers }),
    };
    return this.keep(this.prices, 'price', made);
  }

  pricesBy(lookupKey: string): Values[] {
    return [...this.prices.values()].filter(({ lookup_key: key }) => key === lookupKey);
  }

  /** A subscription that was created by a checkout page or in the dashboard. */
  subscription({ customer, items, metadata = {}, ...values }: Values): Values {
    const id = newId('sub');
    const trial = whole(values['trial_end']);
    const price = this.find(this.prices, items[0].price);
    const end = trial ?? this.now + lengthOf(price);
    const { currency } = price;
    const data = items.map((item: Values) => this.#item(item, this.now, end));
    this.#oneInterval(data);
    const made = this.keep(this.subscriptions, 'sub', {
      id,
      object: 'subscription',
      customer,
      metadata,
      currency,
      status: trial === undefined ? 'active' : 'trialing',
      items: { object: 'list', has_more: false, url: '', data },
      ...asNew,
      ...values,
      ...(trial === undefined ? {} : { trial_end: trial }),
    });
    return made;
  }

  change(theirs: Values, { items = [], trial_end: trial, ...values }: Values): Values {
    if (theirs['status'] === 'canceled') throw new Refusal(400, { type: 'invalid_request_error', message: 'A canceled subscription can only update its metadata.' });
    const begins = values['billing_cycle_anchor']?.type === 'now';
    if (!this.cardIsGood && (items.length > 0 || begins) && values['payment_behavior'] === 'error_if_incomplete')
      throw new Refusal(402, { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds', message: 'Your card was declined.' });
    if (theirs['schedule'] !== null && 'cancel_at_period_end' in values)
      throw new Refusal(400, { type: 'invalid_request_error', message: 'The subscription is managed by the subscription schedule.' });
    const data: Values[] = theirs['items'].data;
    const before = [...data];
    for (const { id, deleted, ...item } of items) {
      if (id === undefined) {
        data.push(this.#added(data, item));
        continue;
      }
      const index = data.findIndex((each) => each['id'] === id);
      if (index < 0) throw new Refusal(400, { type: 'invalid_request_error', message: `No such item: ${id}` });
      const was = data[index] as Values;
      if (deleted === 'true') {
        data.splice(index, 1);
        continue;
      }
      const full = this.find(this.prices, item.price ?? was['price'].id);
      // Another interval begins at once, but in a trial.
      const restarts = full['recurring'].interval !== was['price'].recurring.interval && theirs['status'] !== 'trialing';
      const [start, end] = restarts ? [this.now, this.now + lengthOf(full)] : [was['current_period_start'], was['current_period_end']];
      data[index] = { ...this.#item({ price: full['id'], quantity: item.quantity ?? was['quantity'] }, start, end), id };
    }
    this.#oneInterval(data);
    if (values['proration_behavior'] !== 'none' && theirs['status'] !== 'trialing') this.#prorate(theirs['id'], before, data);
    const read = Object.entries(values)
      .filter(([key]) => !manners.has(key))
      .map(([key, value]) => [key, value === '' ? null : value === 'true' ? true : value === 'false' ? false : value] as const);
    const end = whole(trial);
    for (const item of end === undefined ? [] : theirs['items'].data) Object.assign(item, { current_period_start: this.now, current_period_end: end });
    // The flag stands for the date on which the period ends.
    const flag = Object.fromEntries(read)['cancel_at_period_end'];
    if (flag !== undefined) theirs['cancel_at'] = flag === true ? theirs['items'].data[0].current_period_end : null;
    Object.assign(theirs, Object.fromEntries(read), end === undefined ? {} : { trial_end: end, status: 'trialing' });
    if (begins) this.#beginPeriod(theirs);
    return theirs;
  }

  /** A subscription without a payment method goes on after its trial: a period begins, unless the one that runs stays. */
  resume(theirs: Values, { billing_cycle_anchor: anchor }: Values): Values {
    Object.assign(theirs, { status: 'active' });
    if (anchor?.type !== 'unchanged') this.#beginPeriod(theirs);
    return theirs;
  }

  /** A period begins now, and is invoiced at once; nothing is credited. An end with the period is one with the new period. */
  #beginPeriod(theirs: Values): void {
    for (const item of theirs['items'].data) Object.assign(item, { current_period_start: this.now, current_period_end: this.now + lengthOf(item.price) });
    if (theirs['cancel_at_period_end'] === true) theirs['cancel_at'] = theirs['items'].data[0].current_period_end;
    const paused = theirs['pause_collection'] !== null;
    if (!paused) theirs['status'] = this.cardIsGood ? 'active' : 'past_due';
    this.periodInvoice(theirs, paused ? 'void' : this.cardIsGood ? 'paid' : 'open', 'subscription_update');
  }

  cancel(theirs: Values): Values {
    if (theirs['status'] === 'canceled') throw new Refusal(404, { type: 'invalid_request_error', code: 'resource_missing', message: 'No such subscription.' });
    return Object.assign(theirs, { status: 'canceled', canceled_at: this.now, ended_at: this.now, schedule: null });
  }

  /** A checkout page: it shows what is charged when it is completed. */
  session(values: Values): Values {
    const { customer, line_items: items, subscription_data: { trial_end: trial } = {} as Values, discounts: [discount] = [] as Values[] } = values;
    this.find(this.customers, customer);
    const amounts = items.map((item: Values) => this.amountOf(item));
    const subtotal = trial === undefined ? amounts.reduce((sum: number, amount: number) => sum + amount, 0) : 0;
    const off = discount === undefined ? 0 : Math.min(subtotal, Number(this.find(this.coupons, discount['coupon'])['amount_off']));
    const made = this.keep(this.sessions, 'cs', { object: 'checkout.session', status: 'open', subscription: null, ...values });
    const total = { amount_subtotal: subtotal, amount_total: subtotal - off, total_details: { amount_discount: off, amount_shipping: 0, amount_tax: 0 } };
    return Object.assign(made, total, { url: `https://checkout.stripe.test/${made['id']}` });
  }

  /** The amount of an item for a whole period; usage is charged after it. */
  amountOf({ price, quantity }: Values): number {
    const { unit_amount: amount, recurring } = typeof price === 'string' ? this.find(this.prices, price) : price;
    return recurring.usage_type === 'metered' ? 0 : amount * (whole(quantity) ?? 1);
  }

  /** Somebody has paid on a page of a session. */
  complete(session: Values): Values {
    const { customer, line_items: items, subscription_data: data = {} } = session;
    const made = this.subscription({ customer, items, ...data });
    Object.assign(session, { status: 'complete', subscription: made['id'], url: null });
    return made;
  }

  schedule(subscriptionId: string): Values {
    const theirs = this.find(this.subscriptions, subscriptionId);
    if (theirs['status'] === 'canceled') throw new Refusal(400, { type: 'invalid_request_error', message: 'The subscription is over.' });
    const [first] = theirs['items'].data;
    const phases = [{ start_date: first.current_period_start, end_date: first.current_period_end, items: [] }];
    const made = this.keep(this.schedules, 'sub_sched', { object: 'subscription_schedule', subscription: subscriptionId, phases, status: 'active' });
    theirs['schedule'] = made['id'];
    return made;
  }

  /** With the phase that runs, the times of all, and the prices themselves. */
  expanded(scheduleId: string | null): Values | null {
    if (scheduleId === null) return null;
    const schedule = this.find(this.schedules, scheduleId);
    const [first, ...later] = schedule['phases'] as Values[];
    const turn = whole(first?.['end_date']);
    const items = (phase: Values): Values[] => phase['items'].map(({ price, quantity }: Values) => ({ price: this.find(this.prices, price), quantity: whole(quantity) }));
    const phases = [first, ...later].map((phase, index) => ({
      ...phase,
      start_date: index === 0 ? whole(first?.['start_date']) : turn,
      end_date: index === 0 ? turn : undefined,
      items: items(phase ?? {}),
    }));
    const current =
      schedule['entered'] === true
        ? { start_date: turn, end_date: (turn ?? 0) + lengthOf(this.find(this.prices, later[0]?.['items'][0].price)) }
        : { start_date: whole(first?.['start_date']), end_date: turn };
    return { ...schedule, phases, current_phase: current };
  }

  release(schedule: Values): Values {
    this.find(this.subscriptions, schedule['subscription'])['schedule'] = null;
    return Object.assign(schedule, { status: 'released', subscription: null });
  }

  /** The next period begins, with what a schedule says; the schedule is released with the one after that. */
  renew(theirs: Values): void {
    const schedule = theirs['schedule'] === null ? undefined : this.schedules.get(theirs['schedule']);
    const start = theirs['items'].data[0].current_period_end;
    const [, phase] = schedule?.['phases'] ?? [];
    const comes = phase !== undefined && schedule?.['entered'] !== true;
    const next: Values[] = comes ? phase.items : theirs['items'].data.map(({ price, quantity }: Values) => ({ price: price.id, quantity }));
    if (schedule !== undefined && !comes) this.release(schedule);
    else if (schedule !== undefined) schedule['entered'] = true;
    const length = lengthOf(this.find(this.prices, next[0]?.['price']));
    theirs['items'].data = next.map((item) => this.#item(item, start, start + length));
    this.#oneInterval(theirs['items'].data);
  }

  invoice({ lines = [], ...values }: Values): Values {
    const at = { finalized_at: this.now, paid_at: values['status'] === 'paid' ? this.now : null };
    const texts = { customer_name: 'Acme', customer_email: null, due_date: null, parent: null, hosted_invoice_url: 'https://invoice.stripe.test/1' };
    const made = this.keep(this.invoices, 'in', { object: 'invoice', currency: 'eur', total: 0, status_transitions: at, number: newId('NO'), ...texts, ...values });
    made['lines'] = { object: 'list', has_more: false, url: '', data: lines };
    return made;
  }

  /** The invoice of a period: its items, and the prorations since the last one. */
  periodInvoice(theirs: Values, status: string, reason = 'subscription_cycle'): Values {
    const { id, customer, items } = theirs;
    const period = items.data.map((item: Values) => this.#line(item, this.amountOf(item), item['current_period_start'])).filter(({ amount }: Values) => amount > 0);
    const lines = [...period, ...(this.pending.get(id) ?? [])];
    this.pending.delete(id);
    const made = this.invoice({ customer, status, billing_reason: reason, total: lines.reduce((sum, { amount }) => sum + amount, 0), lines });
    theirs['latest_invoice'] = made['id'];
    return made;
  }

  /** Items that change are given back for the rest of their period, and charged anew. */
  #prorate(subscription: string, before: readonly Values[], after: readonly Values[]): void {
    const isSame = (one: Values, other: Values): boolean =>
      one['id'] === other['id'] && one['price'].id === other['price'].id && one['quantity'] === other['quantity'] && one['current_period_end'] === other['current_period_end'];
    const rest = (item: Values, sign: number): Values => {
      const { current_period_start: start, current_period_end: end } = item;
      return this.#line(item, sign * Math.round((this.amountOf(item) * Math.max(0, end - this.now)) / (end - start)), Math.min(this.now, end));
    };
    const given = before.filter((item) => !after.some((each) => isSame(item, each))).map((item) => rest(item, -1));
    const charged = after.filter((item) => !before.some((each) => isSame(item, each))).map((item) => rest(item, 1));
    this.pending.set(subscription, [...(this.pending.get(subscription) ?? []), ...[...given, ...charged].filter(({ amount }) => amount !== 0)]);
  }

  #line({ quantity, current_period_end: end }: Values, amount: number, start: number): Values {
    return { id: newId('il'), object: 'line_item', description: 'A period', quantity: quantity ?? 1, amount, period: { start, end } };
  }

  meter(values: Values): Values {
    if (this.#activeMeter(values['event_name']) !== undefined) throw new Refusal(400, { type: 'invalid_request_error', message: 'An active meter has that event name.' });
    return this.keep(this.meters, 'mtr', { object: 'billing.meter', status: 'active', event_time_window: null, ...values });
  }

  feature(values: Values): Values {
    if ([...this.features.values()].some(({ lookup_key: key }) => key === values['lookup_key']))
      throw new Refusal(400, { type: 'invalid_request_error', message: 'A feature has that lookup key.' });
    return this.keep(this.features, 'feat', { object: 'entitlements.feature', active: true, metadata: {}, ...values });
  }

  attach(product: string, featureId: string): Values {
    const feature = this.find(this.features, featureId);
    if (this.featuresOf(product).some(({ entitlement_feature: { id } }) => id === featureId))
      throw new Refusal(400, { type: 'invalid_request_error', message: 'The feature is attached.' });
    return this.keep(this.attachments, 'prodft', { object: 'product_feature', product, entitlement_feature: feature });
  }

  featuresOf(product: string): Values[] {
    this.find(this.products, product);
    return [...this.attachments.values()].filter((each) => each['product'] === product);
  }

  /** The usage of a customer as Stripe adds it up, of events after a time. */
  usageOf(customer: string, meter: string, from = 0): number {
    const events = [...this.meterEvents.values()].filter((each) => each['event_name'] === meter && each['payload'].stripe_customer_id === customer);
    return events.filter(({ timestamp }) => Number(timestamp) >= from).reduce((sum, { payload }) => sum + Number(payload.value), 0);
  }

  meterEvent(event: Values): Values {
    const { event_name: name, identifier, timestamp, payload } = event;
    const meter = this.#activeMeter(name);
    const refuse = (message: string): Refusal => new Refusal(400, { type: 'invalid_request_error', message });
    if (meter === undefined) throw refuse(`No active meter found for event name ${name}.`);
    if (identifier.length > 100) throw refuse('The identifier is too long.');
    if (!/^-?\d+$/.test(payload[meter['value_settings'].event_payload_key])) throw refuse('The value is none.');
    if (Number(timestamp) < this.now - 35 * 24 * 3600) throw refuse('The event timestamp cannot be more than 35 days in past.');
    this.find(this.customers, payload[meter['customer_mapping'].event_payload_key]);
    // Without a code, as Stripe answers it.
    if (this.meterEvents.has(identifier)) throw refuse(`An event already exists with identifier ${identifier}.`);
    this.meterEvents.set(identifier, event);
    return { object: 'billing.meter_event', ...event };
  }

  #activeMeter(eventName: string): Values | undefined {
    return [...this.meters.values()].find((each) => each['event_name'] === eventName && each['status'] === 'active');
  }

  /** Without flexible billing mode, which we do not ask for. */
  #oneInterval(items: readonly Values[]): void {
    if (new Set(items.map(({ price }) => price.recurring.interval)).size > 1)
      throw new Refusal(400, { type: 'invalid_request_error', message: 'All prices of a subscription must have the same interval.' });
  }

  /** Adds an item in the period of the others; a subscription has a price only once. */
  #added(data: readonly Values[], item: Values): Values {
    const [first] = data as [Values];
    if (data.some(({ price }) => price.id === item['price'])) throw new Refusal(400, { type: 'invalid_request_error', message: 'There is an item with this price.' });
    return this.#item(item, first['current_period_start'], first['current_period_end']);
  }

  #item({ price, quantity }: Values, start: number, end: number): Values {
    const full = this.find(this.prices, price);
    const metered = full['recurring'].usage_type === 'metered';
    if (metered && quantity !== undefined) throw new Refusal(400, { type: 'invalid_request_error', message: 'A metered price has no quantity.' });
    return {
      id: newId('si'),
      object: 'subscription_item',
      price: full,
      ...(metered ? {} : { quantity: whole(quantity) ?? 1 }),
      current_period_start: start,
      current_period_end: end,
      metadata: {},
    };
  }
}
