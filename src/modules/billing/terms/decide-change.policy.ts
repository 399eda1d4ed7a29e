import type { Subscription } from '../../../generated/prisma/client.js';
import { creditLines, currencyOf, isSold, periodFrom, periodLines, prorationLines, type Line, type Period } from './prices.policy.js';
import { isCollectedByProvider, type Collection, type ProviderRequest } from './provider-request.js';
import { hasLapsed, isPaidFor } from './subscription-status.policy.js';
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
}

/** A change with its price. */
export interface PricedChange extends TimedChange {
  /** The lines that are charged at once. */
  readonly lines: readonly Line[];
  readonly currency: string | undefined;
  /** The period after the change; undefined if there is none. */
  readonly period: Period | undefined;
}

export type ChangeRefusal =
  | { readonly reason: 'invalid_terms'; readonly invalid: InvalidTerms }
  | { readonly reason: 'usage_over_limits'; readonly plan: string; readonly excess: readonly Excess[] }
  | { readonly reason: 'invoices_overdue'; readonly invoices: readonly string[] }
  | { readonly reason: 'checkout_required' }
  | { readonly reason: 'collected_elsewhere' };

/** The answer to a request to change a subscription. */
export type ChangeDecision =
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'refused'; readonly refusal: ChangeRefusal }
  /** tenantry writes the subscription and the invoice. */
  | { readonly outcome: 'write'; readonly change: PricedChange }
  /** The payment provider carries it out; what it answers is written afterwards. */
  | { readonly outcome: 'ask_provider'; readonly request: ProviderRequest };

/** Decides whether a subscription is changed as wanted, when, at which price, and by whom. */
export function decideChange(current: Subscription, wanted: WantedTerms, facts: ChangeFacts): ChangeDecision {
  if (asksForNothing(wanted)) return { outcome: 'unchanged' };
  const change = priceChange(current, wanted, facts);
  if ('problem' in change) return refused({ reason: 'invalid_terms', invalid: change });
  const target = change.next ?? change.now;
  const excess = blockingExcess(termsOf(current, facts.catalog), target, facts);
  if (excess.length > 0) return refused({ reason: 'usage_over_limits', plan: target.plan.key, excess });
  if (change.lines.length > 0 && !isCollectedByProvider(facts.collection) && facts.overdueInvoices.length > 0)
    return refused({ reason: 'invoices_overdue', invoices: facts.overdueInvoices });
  return routeChange(current, change, facts.collection);
}

/** Works out the terms that are wanted, when they begin, and what is charged at once. Usage and open invoices are not considered. */
export function priceChange(current: Subscription, wanted: WantedTerms, facts: ChangeFacts): PricedChange | InvalidTerms {
  const basis = basisOf(current, facts);
  const terms = resolveTerms(basis, wanted, facts.catalog);
  if ('problem' in terms) return terms;
  const change = timeChange(basis, terms);
  const currency = currencyOf(change.now.plan, change.now.interval, basis.currency);
  return { ...change, currency, ...chargeFor(current, change, currency, facts) };
}

/** Decides who carries out a change that is allowed. */
function routeChange(current: Subscription, change: PricedChange, collection: Collection): ChangeDecision {
  const { now, next, immediate, currency } = change;
  const changesTerms = immediate || next !== undefined;
  switch (collection) {
    case 'elsewhere':
      return refused({ reason: 'collected_elsewhere' });
    case 'here':
      return { outcome: 'write', change };
    case 'checkout':
      return changesTerms && isSold((next ?? now).plan) ? refused({ reason: 'checkout_required' }) : { outcome: 'write', change };
    case 'provider':
      if (next !== undefined) return { outcome: 'ask_provider', request: { kind: 'change_at_period_end', terms: next, currency } };
      if (immediate) return { outcome: 'ask_provider', request: { kind: 'change_now', terms: now, currency } };
      // A request for the terms that already apply only removes a scheduled change.
      return current.nextPlan === null ? { outcome: 'write', change } : { outcome: 'ask_provider', request: { kind: 'resume' } };
  }
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

function chargeFor(
  current: Subscription,
  { now: terms, immediate, restarts }: TimedChange,
  currency: string | undefined,
  { now, catalog }: ChangeFacts,
): Pick<PricedChange, 'lines' | 'period'> {
  const { status, periodStart, periodEnd } = current;
  const unchangedPeriod = periodEnd === null ? undefined : { start: periodStart, end: periodEnd };
  const paidPeriod = periodEnd !== null && periodEnd > now && isPaidFor(current) ? { start: periodStart, end: periodEnd } : undefined;
  if (!immediate || currency === undefined || (status === 'trialing' && !restarts)) return { lines: [], period: unchangedPeriod };
  if (!restarts) return { lines: paidPeriod === undefined ? [] : prorationLines(termsOf(current, catalog), terms, currency, paidPeriod, now), period: unchangedPeriod };
  const period = periodFrom(now, terms.interval);
  const credit = paidPeriod === undefined ? [] : creditLines(termsOf(current, catalog), currency, paidPeriod, now);
  return { lines: [...credit, ...periodLines(terms, currency, period)], period };
}

const refused = (refusal: ChangeRefusal): ChangeDecision => ({ outcome: 'refused', refusal });
