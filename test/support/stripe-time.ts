import type { StripeLedger } from './stripe-ledger.js';

type Values = Record<string, any>;

/** The object of an event of Stripe. */
export type Told = readonly [type: string, object: Values];

/** The effects of time, cards and banks on a subscription in the stand-in. Each function returns the events of Stripe. */
export class StripeTime {
  constructor(private readonly ledger: StripeLedger) {}

  /** Somebody has paid on the page of a session. */
  complete(session: Values): Told[] {
    const made = this.ledger.complete(session);
    return [['checkout.session.completed', session], ['customer.subscription.created', made], ...this.#firstInvoice(made)];
  }

  /** The operator has made a subscription in the dashboard. */
  make(values: Values): Told[] {
    const made = this.ledger.subscription(values);
    return [['customer.subscription.created', made], ...this.#firstInvoice(made)];
  }

  /** All periods that are over end, and others begin. */
  pass(theirs: Values): Told[] {
    const told: Told[] = [];
    while (theirs['status'] !== 'canceled' && theirs['items'].data[0].current_period_end <= this.ledger.now) told.push(...this.#renew(theirs));
    return told;
  }

  /** Pays the open invoices; if nobody was charged for the running period of an unpaid subscription, that period too. */
  pay(theirs: Values): Told[] {
    const owed = [...this.ledger.invoices.values()].filter(({ customer, status }) => customer === theirs['customer'] && (status === 'open' || status === 'uncollectible'));
    for (const invoice of owed) {
      invoice['status'] = 'paid';
      invoice['status_transitions'].paid_at = this.ledger.now;
    }
    if (theirs['status'] === 'unpaid' && theirs['latest_invoice'] === null) owed.push(this.ledger.periodInvoice(theirs, 'paid'));
    if (theirs['status'] === 'past_due' || theirs['status'] === 'unpaid') theirs['status'] = 'active';
    return [['customer.subscription.updated', theirs], ...owed.map((invoice) => ['invoice.paid', invoice] as const)];
  }

  /** The last try to charge has failed. */
  giveUp(theirs: Values, status: 'unpaid' | 'canceled'): Told[] {
    if (status === 'canceled') return this.end(theirs);
    theirs['status'] = 'unpaid';
    return [['customer.subscription.updated', theirs]];
  }

  end(theirs: Values): Told[] {
    return [['customer.subscription.deleted', this.ledger.cancel(theirs)]];
  }

  change(theirs: Values, values: Values): Told[] {
    return [['customer.subscription.updated', this.ledger.change(theirs, values)]];
  }

  #renew(theirs: Values): Told[] {
    if (theirs['cancel_at_period_end'] || theirs['cancel_at'] !== null) return this.end(theirs);
    this.ledger.renew(theirs);
    const updated: Told = ['customer.subscription.updated', theirs];
    // Stripe keeps the invoices of an unpaid subscription as drafts, and charges them only on request.
    if (theirs['status'] === 'unpaid') {
      theirs['latest_invoice'] = null;
      return [updated];
    }
    const paused = theirs['pause_collection'] !== null;
    const status = paused ? 'void' : this.ledger.cardIsGood ? 'paid' : 'open';
    if (!paused) theirs['status'] = this.ledger.cardIsGood ? 'active' : 'past_due';
    else if (theirs['status'] === 'trialing') theirs['status'] = 'active';
    return [updated, ['invoice.finalized', this.ledger.periodInvoice(theirs, status)]];
  }

  #firstInvoice(theirs: Values): Told[] {
    return theirs['status'] === 'trialing' ? [] : [['invoice.paid', this.ledger.periodInvoice(theirs, 'paid')]];
  }
}
