import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Stripe } from 'stripe';
import type { Answer, Client } from './client.js';
import { problemsOf, readForm } from './stripe-parameters.js';
import { Refusal, StripeLedger } from './stripe-ledger.js';

type Values = Record<string, any>;

/** How an answer goes wrong: an error before anything is done, with a status of its own or 500, or the connection breaks before or after. */
export type Failure = 'error' | 401 | 403 | 429 | 'broken_before' | 'broken_after';

interface Operation {
  /** Where the parameters are declared, in the library. */
  readonly declared: string | undefined;
  readonly run: (ledger: StripeLedger, id: string, values: Values) => Values;
}

const failed: Values = { error: { type: 'api_error', message: 'Something went wrong.' } };
const page = (data: readonly Values[], { limit = '10', starting_after: after }: Values): Values => {
  const from = after === undefined ? 0 : data.findIndex(({ id }) => id === after) + 1;
  return { object: 'list', url: '', data: data.slice(from, from + Number(limit)), has_more: data.length > from + Number(limit) };
};

/** By method and path, with `:id`. Other routes are not used. */
const operations: Readonly<Record<string, Operation>> = {
  'POST /v1/customers': { declared: 'Customers CustomerCreateParams', run: (ledger, _, values) => ledger.customer(values) },
  'POST /v1/customers/:id': { declared: 'Customers CustomerUpdateParams', run: (ledger, id, values) => Object.assign(ledger.find(ledger.customers, id), values) },
  'GET /v1/products': {
    declared: 'Products ProductListParams',
    run: (ledger, _, values) =>
      page(
        [...ledger.products.values()].filter(({ id }) => values['ids']?.includes(id)),
        values,
      ),
  },
  'POST /v1/products': { declared: 'Products ProductCreateParams', run: (ledger, _, values) => ledger.keep(ledger.products, 'prod', { object: 'product', ...values }) },
  'GET /v1/prices': {
    declared: 'Prices PriceListParams',
    run: (ledger, _, values) =>
      page(
        // Stripe shows tiers only to those who ask for them.
        values['lookup_keys']
          .flatMap((key: string) => ledger.pricesBy(key))
          .map((price: Values) => (values['expand']?.includes('data.tiers') ? price : { ...price, tiers: undefined })),
        values,
      ),
  },
  'POST /v1/prices': { declared: 'Prices PriceCreateParams', run: (ledger, _, values) => ledger.price(values) },
  'POST /v1/coupons': { declared: 'Coupons CouponCreateParams', run: (ledger, _, values) => ledger.keep(ledger.coupons, 'coupon', { object: 'coupon', ...values }) },
  'GET /v1/checkout/sessions': {
    declared: 'Checkout/Sessions Checkout.SessionListParams',
    run: (ledger, _, values) =>
      page(
        [...ledger.sessions.values()].filter(({ customer, status }) => customer === values['customer'] && status === values['status']),
        values,
      ),
  },
  'POST /v1/checkout/sessions': {
    declared: 'Checkout/Sessions Checkout.SessionCreateParams',
    run: (ledger, _, values) => ledger.session(values),
  },
  'GET /v1/checkout/sessions/:id': { declared: undefined, run: (ledger, id) => ledger.find(ledger.sessions, id) },
  'POST /v1/checkout/sessions/:id/expire': { declared: undefined, run: (ledger, id) => Object.assign(ledger.find(ledger.sessions, id), { status: 'expired' }) },
  'POST /v1/billing_portal/sessions': {
    declared: 'BillingPortal/Sessions BillingPortal.SessionCreateParams',
    run: (ledger, _, { customer }) => ({ object: 'billing_portal.session', url: `https://billing.stripe.test/${ledger.find(ledger.customers, customer)['id']}` }),
  },
  'GET /v1/subscriptions': {
    declared: 'Subscriptions SubscriptionListParams',
    run: (ledger, _, values) =>
      page(
        [...ledger.subscriptions.values()].filter(({ status, customer }) => status !== 'canceled' && customer === (values['customer'] ?? customer)),
        values,
      ),
  },
  'GET /v1/subscriptions/:id': {
    declared: 'Subscriptions SubscriptionRetrieveParams',
    run: (ledger, id, { expand }) => {
      const found = ledger.find(ledger.subscriptions, id);
      if (expand === undefined) return found;
      const [customer, invoice] = [ledger.find(ledger.customers, found['customer']), ledger.invoices.get(found['latest_invoice']) ?? null];
      return { ...found, customer, latest_invoice: invoice, schedule: ledger.expanded(found['schedule']) };
    },
  },
  'POST /v1/subscriptions/:id': {
    declared: 'Subscriptions SubscriptionUpdateParams',
    run: (ledger, id, values) => ledger.change(ledger.find(ledger.subscriptions, id), values),
  },
  'DELETE /v1/subscriptions/:id': { declared: 'Subscriptions SubscriptionCancelParams', run: (ledger, id) => ledger.cancel(ledger.find(ledger.subscriptions, id)) },
  'POST /v1/subscriptions/:id/resume': {
    declared: 'Subscriptions SubscriptionResumeParams',
    run: (ledger, id, values) => ledger.resume(ledger.find(ledger.subscriptions, id), values),
  },
  'POST /v1/subscription_schedules': {
    declared: 'SubscriptionSchedules SubscriptionScheduleCreateParams',
    run: (ledger, _, { from_subscription: id }) => ledger.schedule(id),
  },
  'POST /v1/subscription_schedules/:id': {
    declared: 'SubscriptionSchedules SubscriptionScheduleUpdateParams',
    run: (ledger, id, values) => Object.assign(ledger.find(ledger.schedules, id), values),
  },
  'POST /v1/subscription_schedules/:id/release': { declared: undefined, run: (ledger, id) => ledger.release(ledger.find(ledger.schedules, id)) },
  'GET /v1/invoices': {
    declared: 'Invoices InvoiceListParams',
    run: (ledger, _, values) =>
      page(
        [...ledger.invoices.values()].toReversed().filter(({ created }) => created >= Number(values['created']?.gte ?? 0)),
        values,
      ),
  },
  'GET /v1/invoices/:id': { declared: undefined, run: (ledger, id) => ledger.find(ledger.invoices, id) },
  'GET /v1/invoices/:id/lines': {
    declared: 'Invoices InvoiceListLineItemsParams',
    run: (ledger, id, values) => page(ledger.find(ledger.invoices, id)['lines'].data, values),
  },
  'GET /v1/billing/meters': {
    declared: 'Billing/Meters Billing.MeterListParams',
    run: (ledger, _, values) =>
      page(
        [...ledger.meters.values()].filter(({ status }) => status === values['status']),
        values,
      ),
  },
  'POST /v1/billing/meters': { declared: 'Billing/Meters Billing.MeterCreateParams', run: (ledger, _, values) => ledger.meter(values) },
  'GET /v1/entitlements/features': {
    declared: 'Entitlements/Features Entitlements.FeatureListParams',
    run: (ledger, _, values) =>
      page(
        [...ledger.features.values()].filter(({ active }) => active === (values['archived'] === 'false')),
        values,
      ),
  },
  'POST /v1/entitlements/features': { declared: 'Entitlements/Features Entitlements.FeatureCreateParams', run: (ledger, _, values) => ledger.feature(values) },
  'GET /v1/products/:id/features': { declared: 'Products ProductListFeaturesParams', run: (ledger, id, values) => page(ledger.featuresOf(id), values) },
  'POST /v1/products/:id/features': {
    declared: 'Products ProductCreateFeatureParams',
    run: (ledger, id, { entitlement_feature: feature }) => ledger.attach(id, feature),
  },
  'POST /v1/billing/meter_events': { declared: 'Billing/MeterEvents Billing.MeterEventCreateParams', run: (ledger, _, values) => ledger.meterEvent(values) },
};

/** Answers on loopback as Stripe's API does, as far as we use it, and refuses parameters that Stripe does not know. */
export class StripeStandIn {
  readonly ledger = new StripeLedger();
  /** `METHOD path` of each request that was made. */
  readonly calls: string[] = [];
  /** The failures of the next requests, in order. */
  readonly failures: Failure[] = [];
  /** `METHOD path` of requests that fail while they are listed; the failures are repeated for their idempotency keys, as Stripe does. */
  readonly refuses = new Set<string>();
  /** Runs when an operation has been done, before it is answered: to be faster than the answer. */
  afterwards: ((call: string) => Promise<void>) | undefined;
  readonly secret = 'whsec_of_the_tests';
  readonly #answers = new Map<string, { readonly request: string; readonly status: number; readonly body: Values }>();
  readonly #server: Server;
  readonly #library = new Stripe('sk_test_of_the_tests');

  private constructor() {
    this.#server = createServer({ keepAliveTimeout: 0 }, (request, response) => void this.#serve(request, response));
  }

  static async open(): Promise<StripeStandIn> {
    const standIn = new StripeStandIn();
    await new Promise<void>((resolve) => standIn.#server.listen(0, '127.0.0.1', resolve));
    return standIn;
  }

  get env(): Readonly<Record<string, string>> {
    const url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return { BILLING_PROVIDER: 'stripe', STRIPE_SECRET_KEY: 'sk_test_of_the_tests', STRIPE_WEBHOOK_SECRET: `whsec_that_came_before, ${this.secret}`, STRIPE_API_URL: url };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** An event as Stripe sends it, with the object as it is now. */
  event(type: string, object: Values): Values {
    return { id: `evt_${randomBytes(7).toString('hex')}`, object: 'event', type, created: this.ledger.now, data: { object: structuredClone(object) } };
  }

  /** Sends an event to a server, signed with the library's own helper. */
  deliver(to: Client, event: Values, { secret = this.secret, at = Date.now() } = {}): Promise<Answer> {
    const payload = JSON.stringify(event, null, 2);
    const signature = this.#library.webhooks.generateTestHeaderString({ payload, secret, timestamp: Math.floor(at / 1000) });
    return to.post('/billing/webhooks/stripe', undefined, { raw: payload, headers: { 'stripe-signature': signature } });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://stripe.test');
    const form = request.method === 'GET' ? url.search.slice(1) : await text(request);
    const call = `${request.method} ${url.pathname}`;
    this.calls.push(call);
    const failure = this.failures.shift();
    if (failure === 'broken_before') return void request.socket.destroy();
    const key = request.headers['idempotency-key'];
    const { status, body } =
      failure === 'error' || typeof failure === 'number'
        ? { status: failure === 'error' ? 500 : failure, body: failed }
        : this.#answer(call, form, typeof key === 'string' ? key : undefined);
    await this.afterwards?.(call);
    if (failure === 'broken_after') return void request.socket.destroy();
    response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_1' }).end(JSON.stringify(body));
  }

  #answer(call: string, form: string, key: string | undefined): { readonly status: number; readonly body: Values } {
    const request = `${call}?${form}`;
    const before = key === undefined ? undefined : this.#answers.get(key);
    if (before !== undefined && before.request !== request)
      return { status: 400, body: { error: { type: 'idempotency_error', message: 'Keys can only be used with the same parameters.' } } };
    if (before !== undefined) return before;
    const answer = this.refuses.has(call) ? { status: 500, body: failed } : this.#do(call, form);
    if (key !== undefined && !call.startsWith('GET')) this.#answers.set(key, { request, status: answer.status, body: structuredClone(answer.body) });
    return answer;
  }

  #do(call: string, form: string): { readonly status: number; readonly body: Values } {
    const [method, path = ''] = call.split(' ');
    const [, id = ''] = /\/((?:cus|sub|sub_sched|cs|in)_[0-9a-f]+|tenantry[\w-]+)/.exec(path) ?? [];
    const operation = operations[`${method} ${id === '' ? path : path.replace(id, ':id')}`];
    if (operation === undefined) return { status: 404, body: { error: { type: 'invalid_request_error', message: `Unrecognized request URL (${call})` } } };
    const values = readForm(form) as Values;
    const problems = operation.declared === undefined ? [] : problemsOf(operation.declared, values);
    if (problems.length > 0) return { status: 400, body: { error: { type: 'invalid_request_error', code: 'parameter_unknown', message: `${call}: ${problems.join('; ')}` } } };
    try {
      // As it is now, whatever happens until it is sent.
      return { status: 200, body: structuredClone(operation.run(this.ledger, id, values)) };
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, body: { error: error.error } };
      throw error;
    }
  }
}
