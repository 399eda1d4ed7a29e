import type { Subscription } from '../../../generated/prisma/client.js';
import { endedLines, restCredits, type Credit, type InvoicedLine } from './credits.policy.js';
import { estimatedCredits, isSameItem, isSold, itemsOf, periodFrom, periodLines, remainingLines, type Line, type Period } from './prices.policy.js';
import { isCollectedByProvider, type Collection, type ProviderRequest } from './provider-request.js';
import { hasLapsed, isPaidFor, runningPeriodOf } from './subscription-status.policy.js';
import { planOf, scheduledTermsOf, termsOf, type PricingCatalog } from './subscription-terms.policy.js';
import { blockingExcess, seatsInUse, type Excess, type UsageFacts } from './usage-limits.policy.js';
import { asksForNothing, resolveTerms, timeChange, type ChangeBasis, type InvalidTerms, type TimedChange, type WantedTerms } from './wanted-terms.policy.js';

/** The facts that a decision depends on, apart from the subscription and the request. Read under the organization's lock. */
export interface ChangeFacts extends UsageFacts {
  readonly now: Date;
  readonly catalog: PricingCatalog;
  readonly collection: Collection;
  /** The numbers of open invoices that are past their due date, the oldest first. */
  readonly overdueInvoices: readonly string[];
  /** The numbers of all open invoices, the oldest first. */
  readonly openInvoices: readonly string[];
  /** Whether the operator has approved the purchase. */
  readonly approved?: boolean;
  /** The lines that tenantry has invoiced for the running period, of invoices that are open or paid. */
  readonly invoicedLines: readonly InvoicedLine[];
}

/** A change with its price. */
export interface PricedChange extends TimedChange {
  /** The lines that are charged at once. */
  readonly lines: readonly Line[];
  /** The parts of invoiced lines that are given back at once. */
  readonly credits: readonly Credit[];
  /** The credits of the payment provider, if it collects, as far as tenantry can tell. */
  readonly estimatedCredits: readonly Pick<Line, 'description' | 'amount'>[];
  readonly currency: string | undefined;
  /** The period after the change; undefined if there is none. */
  readonly period: Period | undefined;
}

export type ChangeRefusal =
  | { readonly reason: 'invalid_terms'; readonly invalid: InvalidTerms }
  | { readonly reason: 'usage_over_limits'; readonly plan: string; readonly excess: readonly Excess[] }
  | { readonly reason: 'invoices_overdue'; readonly invoices: readonly string[] }
  | { readonly reason: 'invoices_open'; readonly invoices: readonly string[] }
  | { readonly reason: 'not_billed' }
  | { readonly reason: 'cancellation_scheduled' }
  | { readonly reason: 'checkout_required' }
  | { readonly reason: 'collected_elsewhere' };

/** The answer to a request to change a subscription. */
export type ChangeDecision =
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'refused'; readonly refusal: ChangeRefusal }
  /** tenantry writes the subscription and the invoice. */
  | { readonly outcome: 'write'; readonly change: PricedChange }
  /** The purchase is stored, and begins once the operator approves it or its invoice is paid. */
  | { readonly outcome: 'wait'; readonly waitsFor: 'approval' | 'payment'; readonly change: PricedChange }
  /** The payment provider carries it out; what it answers is written afterwards. */
  | { readonly outcome: 'ask_provider'; readonly request: ProviderRequest };

/** Decides whether a subscription is changed as wanted, when, at which price, and by whom. */
export function decideChange(current: Subscription, wanted: WantedTerms, facts: ChangeFacts): ChangeDecision {
  if (asksForNothing(wanted)) return { outcome: 'unchanged' };
  const change = priceChange(current, wanted, facts);
  if ('problem' in change) return refused({ reason: 'invalid_terms', invalid: change });
  const target = change.next ?? change.now;
  if (change.next !== undefined && isCanceled(current, facts.collection)) return refused({ reason: 'cancellation_scheduled' });
  const excess = blockingExcess(termsOf(current, facts.catalog), target, facts);
  if (excess.length > 0) return refused({ reason: 'usage_over_limits', plan: target.plan.key, excess });
  const charges = change.lines.length > 0 || (current.status !== 'trialing' && buys(current, change, facts.catalog));
  if (charges && owes(current, facts)) return refused({ reason: 'invoices_overdue', invoices: facts.overdueInvoices });
  return routeChange(current, change, facts);
}

/** Whether an invoice is overdue. The payment provider says so by the status; its change would give back a period that nobody has paid for. */
function owes({ status }: Subscription, { collection, overdueInvoices }: ChangeFacts): boolean {
  if (collection === 'provider') return status === 'past_due' || status === 'unpaid';
  return (collection === 'here' || collection === 'checkout') && overdueInvoices.length > 0;
}

/** Whether the subscription ends with its period. A change to a free plan that the payment provider has scheduled is no cancellation, though it ends the subscription there. */
export const isCanceled = ({ cancelAtPeriodEnd, nextPlan }: Subscription, collection: Collection): boolean =>
  cancelAtPeriodEnd && (nextPlan === null || !isCollectedByProvider(collection));

/** Works out the terms that are wanted, when they begin, and what is charged and given back at once. Usage and open invoices are not considered. */
export function priceChange(current: Subscription, wanted: WantedTerms, facts: ChangeFacts): PricedChange | InvalidTerms {
  const basis = basisOf(current, facts);
  const resolved = resolveTerms(basis, wanted, facts.catalog);
  if ('problem' in resolved) return resolved;
  const { terms, currency } = resolved;
  const change = timeChange({ ...basis, currency: currency ?? basis.currency }, terms);
  return { ...change, currency, ...chargeFor(current, change, currency, facts) };
}

/** Decides who carries out a change that is allowed. */
function routeChange(current: Subscription, change: PricedChange, facts: ChangeFacts): ChangeDecision {
  const { collection } = facts;
  const { now, next, immediate, currency } = change;
  const changesTerms = immediate || next !== undefined;
  switch (collection) {
    case 'elsewhere':
      return refused({ reason: 'collected_elsewhere' });
    case 'nobody':
      return buys(current, change, facts.catalog) || (next !== undefined && isSold(next.plan)) ? refused({ reason: 'not_billed' }) : { outcome: 'write', change };
    case 'here': {
      const waitsFor = purchaseCondition(current, change, facts);
      if (waitsFor !== undefined) return { outcome: 'wait', waitsFor, change };
      if (facts.catalog.billing.upgrades === 'payment' && facts.approved !== true && change.lines.length > 0 && facts.openInvoices.length > 0)
        return refused({ reason: 'invoices_open', invoices: facts.openInvoices });
      return { outcome: 'write', change };
    }
    case 'checkout':
      return changesTerms && isSold((next ?? now).plan) ? refused({ reason: 'checkout_required' }) : { outcome: 'write', change };
    case 'provider':
      if (next !== undefined) return { outcome: 'ask_provider', request: { kind: 'change_at_period_end', terms: next, currency } };
      if (immediate) return { outcome: 'ask_provider', request: { kind: 'change_now', terms: now, currency } };
      // A request for the terms that already apply only removes a scheduled change.
      return current.nextPlan === null ? { outcome: 'write', change } : { outcome: 'ask_provider', request: { kind: 'keep_terms' } };
  }
}

/** Whether a change buys something: it is charged now, or the next charge is for more. */
function buys(current: Subscription, { now, immediate, restarts, lines }: PricedChange, catalog: PricingCatalog): boolean {
  if (!immediate || !isSold(now.plan)) return false;
  if (restarts || lines.length > 0 || (current.status === 'trialing' && !current.renewsAfterTrial)) return true;
  const before = itemsOf(termsOf(current, catalog), undefined);
  return itemsOf(now, undefined).some((item) => !before.some((each) => isSameItem(each, { ...item, quantity: each.quantity }) && each.quantity >= item.quantity));
}

/**
 * Returns what a purchase that tenantry invoices waits for. With `approval`, each purchase waits for the operator. With `payment`, the first
 * one waits for its invoice; an organization that has paid for the running period can buy more at once, as long as no invoice is open.
 */
export function purchaseCondition(current: Subscription, change: PricedChange, { now, catalog, collection, approved = false }: ChangeFacts): 'approval' | 'payment' | undefined {
  const { upgrades } = catalog.billing;
  if (collection !== 'here' || approved || upgrades === 'immediate' || !buys(current, change, catalog)) return undefined;
  const pays = !hasLapsed(current, now) && runningPeriodOf(current, now) !== undefined;
  return upgrades === 'payment' && pays ? undefined : upgrades;
}

function basisOf(current: Subscription, { now, catalog, collection, inUse }: ChangeFacts): ChangeBasis {
  const terms = termsOf(current, catalog);
  const { fallbackPlan } = catalog.billing;
  const trialing = current.status === 'trialing';
  const lapsed = !isCollectedByProvider(collection) && hasLapsed(current, now);
  return {
    current: lapsed ? { ...terms, plan: planOf(fallbackPlan, catalog), seats: undefined, addOns: [] } : terms,
    // In a trial each change takes effect at once. A change that was scheduled before the trial does not count.
    scheduled: lapsed || trialing ? undefined : scheduledTermsOf(current, catalog),
    currency: current.currency ?? undefined,
    trialing,
    paid: !lapsed && isPaidFor(current),
    fallbackPlan,
    seatsInUse: seatsInUse({ inUse }),
  };
}

type Charge = Pick<PricedChange, 'lines' | 'credits' | 'estimatedCredits' | 'period'>;

function chargeFor(
  current: Subscription,
  { now: terms, immediate, restarts }: TimedChange,
  currency: string | undefined,
  { now, catalog, collection, invoicedLines }: ChangeFacts,
): Charge {
  const { status, periodStart, periodEnd } = current;
  const unchangedPeriod = periodEnd === null ? undefined : { start: periodStart, end: periodEnd };
  const paidPeriod = runningPeriodOf(current, now);
  const nothing: Charge = { lines: [], credits: [], estimatedCredits: [], period: unchangedPeriod };
  if (!immediate || currency === undefined || (status === 'trialing' && !restarts)) return nothing;
  if (!restarts && paidPeriod === undefined) return nothing;
  const before = termsOf(current, catalog);
  const after = restarts ? undefined : terms;
  const givesBack = paidPeriod !== undefined && isCollectedByProvider(collection);
  const given = {
    credits: paidPeriod === undefined ? [] : restCredits(after === undefined ? invoicedLines : endedLines(invoicedLines, before, after), now),
    estimatedCredits: givesBack ? estimatedCredits(before, after, currency, paidPeriod, now) : [],
  };
  if (after !== undefined && paidPeriod !== undefined) return { ...given, lines: remainingLines(before, after, currency, paidPeriod, now), period: unchangedPeriod };
  const period = periodFrom(now, terms.interval);
  return { ...given, lines: periodLines(terms, currency, period), period };
}

const refused = (refusal: ChangeRefusal): ChangeDecision => ({ outcome: 'refused', refusal });
