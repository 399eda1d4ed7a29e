import { AppError, NotFoundError, UnprocessableError } from '../../common/errors/app-error.js';
import type { SubscriptionStatus } from '../../generated/prisma/client.js';
import type { ChangeProblem, Refused } from './terms/wanted-terms.policy.js';

export class SubscriptionNotFoundError extends NotFoundError {}

export class ImpossibleTransitionError extends AppError {
  constructor(from: SubscriptionStatus, to: SubscriptionStatus) {
    super('conflict', 'impossible_transition', `A subscription that is ${from} cannot become ${to}.`, { from, to });
  }
}

export class SubscriptionChangedError extends AppError {
  constructor() {
    super('precondition_failed', 'precondition_failed', 'Somebody else has changed the subscription meanwhile. Read it again.');
  }
}

const problems: Readonly<Record<ChangeProblem, readonly [pointer: string, message: string]>> = {
  unknown_plan: ['/plan', 'there is no such plan; GET /billing/plans lists them'],
  not_for_sale: ['/plan', 'the plan has no price: only the operator gives it'],
  not_sold: ['/interval', 'the plan is not sold by this interval and currency'],
  seats_included: ['/seats', 'the plan includes its seats: they are not bought'],
  too_many_seats: ['/seats', 'the plan does not have so many seats'],
  too_few_seats: ['/seats', 'more seats than that are in use, by members and invitations'],
  unknown_add_on: ['/addOns', 'there is no such add-on; GET /billing/plans lists them'],
  add_on_not_sold: ['/addOns', 'it is not sold beside this plan, by this interval and currency'],
  too_many_add_ons: ['/addOns', 'so many of it cannot be bought'],
};

export class InvalidSubscriptionError extends UnprocessableError {
  constructor({ problem, addOn }: Refused) {
    const [field, message] = problems[problem];
    const [pointer, what] = addOn === undefined ? [field, ''] : [`${field}/${addOn}`, ` (${addOn})`];
    super(problem, `The subscription cannot be changed so: ${message}${what}.`, [{ pointer, code: problem, message }]);
  }
}

export interface Excess {
  readonly meter: string;
  readonly used: number;
  readonly limit: number;
}

export class UsageOverLimitsError extends AppError {
  constructor(plan: string, over: readonly Excess[]) {
    const what = over.map(({ meter, used, limit }) => `${meter} (${used} of ${limit})`).join(', ');
    super('conflict', 'usage_over_limits', `More is in use than would be allowed on the plan "${plan}": ${what}. Use less of it first.`, { plan, over });
  }
}

export class NothingToResumeError extends AppError {
  constructor() {
    super('conflict', 'nothing_to_resume', 'The subscription is neither paused nor about to end, and nothing is scheduled.');
  }
}

export class AlreadyCanceledError extends AppError {
  constructor() {
    super('conflict', 'already_canceled', 'The subscription has ended already. Choose a plan to begin anew.');
  }
}

export class PlanNeededError extends AppError {
  constructor() {
    super('payment_required', 'plan_needed', 'The trial has ended. Choose a plan to go on: GET /billing/plans lists them.');
  }
}

export class InvoicesOverdueError extends AppError {
  constructor(invoices: readonly string[]) {
    super('payment_required', 'invoices_overdue', `Pay first what is overdue: ${invoices.join(', ')}.`, { invoices });
  }
}

export class InvoicesOpenError extends AppError {
  constructor(invoices: readonly string[]) {
    super('payment_required', 'invoices_open', `What is to be paid otherwise is open: ${invoices.join(', ')}. Pay it as it says, or ask for it to be cancelled, and buy then.`, {
      invoices,
    });
  }
}

export class PrepaidExceedsError extends AppError {
  constructor({ until, worth }: { readonly until: Date; readonly worth: number }, amount: number, currency: string | undefined) {
    const end = until.toISOString();
    const what = `What is paid for until ${end} is worth more (${worth}) than a period of this (${amount})`;
    super('conflict', 'prepaid_exceeds', `${what}: buy what costs as much at least, or when that period is over.`, { until: end, worth, amount, currency: currency ?? null });
  }
}

export class NotOfferedError extends AppError {
  constructor(what: string) {
    super('conflict', 'not_offered', `${what} is not offered: invoices are paid as they say.`);
  }
}

export class InvoiceClosedError extends AppError {
  constructor(status: string) {
    super('conflict', 'invoice_closed', `The invoice is ${status}.`, { status });
  }
}

export class TrialEndInPastError extends UnprocessableError {
  constructor() {
    const message = 'a trial must end later than now';
    super('trial_end_in_past', `The trial cannot be set: ${message}.`, [{ pointer: '/endsAt', code: 'trial_end_in_past', message }]);
  }
}

export class CheckoutRequiredError extends AppError {
  constructor(organizationId: string) {
    super('conflict', 'checkout_required', `It is not known yet how this is paid: POST /organizations/${organizationId}/billing/checkout, and send the browser to its url.`);
  }
}

export class AlreadySubscribedError extends AppError {
  constructor() {
    super('conflict', 'already_subscribed', 'The organization has a subscription that is paid already: PATCH it instead.');
  }
}

export class ForeignAddressError extends UnprocessableError {
  constructor(pointer: string, appUrl: string) {
    super('foreign_address', 'The browser is led back to the front end only.', [{ pointer, code: 'foreign_address', message: `it must start with ${appUrl}` }]);
  }
}

export class CollectedElsewhereError extends AppError {
  constructor() {
    super('conflict', 'collected_elsewhere', 'The payment provider collects this: change it there, or by the subscription; what it says is taken over.');
  }
}
