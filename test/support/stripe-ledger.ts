import { randomBytes } from 'node:crypto';

type Values = Record<string, any>;
const month = 30 * 24 * 3600;
const seconds = (): number => Math.floor(Date.now() / 1000);
const newId = (prefix: string): string => `${prefix}_${randomBytes(7).toString('hex')}`;
const whole = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));

const asNew = { cancel_at: null, cancel_at_period_end: false, canceled_at: null, ended_at: null, pause_collection: null, schedule: null, trial_end: null };
/** How something is done, rather than what is. */
const manners = new Set(['proration_behavior', 'payment_behavior']);

/** Refuses as Stripe does. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly error: Readonly<Record<string, unknown>>,
  ) {
    super(String(error['message']));
  }
}

/** What the stand-in for Stripe keeps, and what it does with it. */
export class StripeLedger {
  readonly customers = new Map<string, Values>();
  readonly products = new Map<string, Values>();
  readonly prices = new Map<string, Values>();
  readonly sessions = new Map<string, Values>();
  readonly subscriptions = new Map<string, Values>();
  readonly schedules = new Map<string, Values>();
  readonly invoices = new Map<string, Values>();
  readonly meterEvents = new Map<string, Values>();
  /** Whether the next payment goes through. */
  cardIsGood = true;

  find(kind: Map<string, Values>, id: string): Values {
    const found = kind.get(id);
    if (found === undefined) throw new Refusal(404, { type: 'invalid_request_error', code: 'resource_missing', message: `No such object: '${id}'` });
    return found;
  }

  keep(kind: Map<string, Values>, prefix: string, values: Values): Values {
    const made = { id: newId(prefix), created: seconds(), livemode: false, ...values };
    kind.set(made.id, made);
    return made;
  }

  customer(values: Values = {}): Values {
    return this.keep(this.customers, 'cus', { object: 'customer', metadata: {}, ...values });
  }

  price({ unit_amount: amount, recurring, product = 'prod_other', ...values }: Values): Values {
    const lookup = values['lookup_key'];
    if (lookup !== undefined && this.pricesBy(lookup).length > 0) throw new Refusal(400, { type: 'invalid_request_error', message: 'A price already uses that lookup key.' });
    const made = { object: 'price', active: true, unit_amount: whole(amount), recurring: { interval_count: 1, ...recurring }, product, lookup_key: null, metadata: {}, ...values };
    return this.keep(this.prices, 'price', made);
  }

  pricesBy(lookupKey: string): Values[] {
    return [...this.prices.values()].filter(({ lookup_key: key }) => key === lookupKey);
  }

  /** One that somebody made, by a page of ours or in the dashboard. */
  subscription({ customer, items, metadata = {}, ...values }: Values): Values {
    const id = newId('sub');
    const trial = whole(values['trial_end']);
    const end = trial ?? seconds() + month;
    const currency = this.find(this.prices, items[0].price)['currency'];
    const made = this.keep(this.subscriptions, 'sub', {
      id,
      object: 'subscription',
      customer,
      metadata,
      currency,
      status: trial === undefined ? 'active' : 'trialing',
      items: { object: 'list', has_more: false, url: '', data: items.map((item: Values) => this.#item(item, seconds(), end)) },
      ...asNew,
      ...values,
      ...(trial === undefined ? {} : { trial_end: trial }),
    });
    return made;
  }

  change(theirs: Values, { items = [], trial_end: trial, ...values }: Values): Values {
    if (!this.cardIsGood && items.length > 0 && values['payment_behavior'] === 'error_if_incomplete')
      throw new Refusal(402, { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds', message: 'Your card was declined.' });
    if (theirs['schedule'] !== null && 'cancel_at_period_end' in values)
      throw new Refusal(400, { type: 'invalid_request_error', message: 'The subscription is managed by the subscription schedule.' });
    for (const { id, ...item } of items) {
      const data: Values[] = theirs['items'].data;
      if (id === undefined) {
        data.push(this.#added(data, item));
        continue;
      }
      const index = data.findIndex((each) => each['id'] === id);
      if (index < 0) throw new Refusal(400, { type: 'invalid_request_error', message: `No such item: ${id}` });
      if (item['deleted'] === 'true') {
        data.splice(index, 1);
        continue;
      }
      const was = data[index] as Values;
      data[index] = { ...this.#item({ price: was['price'].id, quantity: was['quantity'], ...item }, was['current_period_start'], was['current_period_end']), id };
    }
    const read = Object.entries(values)
      .filter(([key]) => !manners.has(key))
      .map(([key, value]) => [key, value === '' ? null : value === 'true' ? true : value === 'false' ? false : value] as const);
    return Object.assign(theirs, Object.fromEntries(read), trial === undefined ? {} : { trial_end: whole(trial), status: 'trialing' });
  }

  cancel(theirs: Values): Values {
    return Object.assign(theirs, { status: 'canceled', canceled_at: seconds(), ended_at: seconds() });
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
    const [first] = theirs['items'].data;
    const phases = [{ start_date: first.current_period_start, end_date: first.current_period_end, items: [] }];
    const made = this.keep(this.schedules, 'sub_sched', { object: 'subscription_schedule', subscription: subscriptionId, phases, status: 'active' });
    theirs['schedule'] = made['id'];
    return made;
  }

  release(schedule: Values): Values {
    this.find(this.subscriptions, schedule['subscription'])['schedule'] = null;
    return Object.assign(schedule, { status: 'released', subscription: null });
  }

  /** The next period begins, with what a schedule says. */
  renew(theirs: Values): void {
    const schedule = theirs['schedule'] === null ? undefined : this.schedules.get(theirs['schedule']);
    const start = theirs['items'].data[0].current_period_end;
    const next: Values[] = schedule?.['phases'][1]?.items ?? theirs['items'].data.map(({ price, quantity }: Values) => ({ price: price.id, quantity }));
    theirs['items'].data = next.map((item) => this.#item(item, start, start + month));
  }

  invoice({ lines = [], ...values }: Values): Values {
    const at = { finalized_at: seconds(), paid_at: values['status'] === 'paid' ? seconds() : null };
    const texts = { customer_name: 'Acme', customer_email: null, due_date: null, parent: null, hosted_invoice_url: 'https://invoice.stripe.test/1' };
    const made = this.keep(this.invoices, 'in', { object: 'invoice', currency: 'eur', total: 0, status_transitions: at, number: newId('NO'), ...texts, ...values });
    made['lines'] = { object: 'list', has_more: false, url: '', data: lines };
    return made;
  }

  meterEvent(event: Values): Values {
    if (this.meterEvents.has(event['identifier'])) throw new Refusal(400, { type: 'invalid_request_error', code: 'duplicate_meter_event', message: 'An event already exists.' });
    this.meterEvents.set(event['identifier'], event);
    return { object: 'billing.meter_event', ...event };
  }

  /** One more, in the period of the others; a price stands in a subscription once. */
  #added(data: readonly Values[], item: Values): Values {
    const [first] = data as [Values];
    if (data.some(({ price }) => price.id === item['price'])) throw new Refusal(400, { type: 'invalid_request_error', message: 'There is an item with this price.' });
    return this.#item(item, first['current_period_start'], first['current_period_end']);
  }

  #item({ price, quantity }: Values, start: number, end: number): Values {
    const full = this.find(this.prices, price);
    return { id: newId('si'), object: 'subscription_item', price: full, quantity: whole(quantity) ?? 1, current_period_start: start, current_period_end: end, metadata: {} };
  }
}
