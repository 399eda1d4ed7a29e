import { AppError, NotFoundError, UnprocessableError } from '../../common/errors/app-error.js';
import type { SubscriptionStatus } from '../../generated/prisma/client.js';
import type { ChangeRefusal } from './terms/decide-change.policy.js';
import type { Excess } from './terms/usage-limits.policy.js';
import type { ChangeProblem, InvalidTerms } from './terms/wanted-terms.policy.js';

export class SubscriptionNotFoundError extends NotFoundError {}

export class ImpossibleTransitionError extends AppError {
  constructor(from: SubscriptionStatus, to: SubscriptionStatus) {
    super('conflict', 'impossible_transition', `A subscription with status "${from}" cannot become "${to}".`, { from, to });
  }
}

export class SubscriptionChangedError extends AppError {
  constructor() {
    super('precondition_failed', 'precondition_failed', 'The subscription has changed since you read it. Read it again, then repeat your change.');
  }
}

export class ChangeInProgressError extends AppError {
  constructor() {
    super(
      'conflict',
      'change_in_progress',
      'The payment provider is carrying out another change of the subscription. Read the subscription, and repeat the request if it is still needed.',
      {
        retryAfter: 5,
      },
    );
  }
}

const problems: Readonly<Record<ChangeProblem, readonly [pointer: string, message: string]>> = {
  unknown_plan: ['/plan', 'this plan does not exist; GET /billing/plans lists the plans'],
  not_for_sale: ['/plan', 'this plan has no price; only the operator can assign it'],
  not_sold: ['/interval', 'this plan has no price for this interval and currency'],
  currency_fixed: ['/currency', 'the currency stays the same while a paid period runs; it can be chosen again once the subscription has ended'],
  amount_too_large: ['/seats', 'the price of these quantities is too large to be charged; choose a smaller quantity'],
  seats_included: ['/seats', 'this plan includes its seats; you cannot buy seats'],
  too_many_seats: ['/seats', 'this plan does not allow this many seats'],
  too_few_seats: ['/seats', 'members and pending invitations take more seats than this'],
  unknown_add_on: ['/addOns', 'this add-on does not exist; GET /billing/plans lists the add-ons'],
  add_on_not_sold: ['/addOns', 'this add-on is not sold with this plan, interval and currency'],
  too_many_add_ons: ['/addOns', 'this add-on cannot be bought in this quantity'],
};

export class InvalidSubscriptionError extends UnprocessableError {
  constructor({ problem, addOn }: InvalidTerms) {
    const [field, message] = problems[problem];
    const [pointer, name] = addOn === undefined ? [field, ''] : [`${field}/${addOn}`, ` (${addOn})`];
    super(problem, `The subscription cannot be changed: ${message}${name}.`, [{ pointer, code: problem, message }]);
  }
}

export class InvalidTaxIdError extends UnprocessableError {
  constructor(country: string) {
    const message = `this is not a tax id of ${country}; write it with its prefix and all digits, or remove it`;
    super('invalid_tax_id', `The billing profile cannot be changed: ${message}.`, [{ pointer: '/taxId', code: 'invalid_tax_id', message }]);
  }
}

export class DocumentElsewhereError extends AppError {
  constructor(url: string | null) {
    super('conflict', 'document_elsewhere', 'The payment provider has issued this invoice. Open it at the provider, by its `url`.', { url });
  }
}

export class DocumentsBusyError extends AppError {
  constructor() {
    super('unavailable', 'documents_busy', 'Too many documents are being written. Try again in a few seconds.', { retryAfter: 5 });
  }
}

export class AmountTooLargeError extends UnprocessableError {
  constructor() {
    super('amount_too_large', 'The amount is too large to be charged. Choose a smaller quantity.', []);
  }
}

/** Thrown for a purchase of an organization that nobody bills. */
export class NotBilledError extends AppError {
  constructor() {
    super('conflict', 'not_billed', 'Nothing is billed to this organization, so nothing can be bought. Ask the operator to assign another plan.');
  }
}

export class CancellationScheduledError extends AppError {
  constructor() {
    super('conflict', 'cancellation_scheduled', 'The subscription ends with its period, so the change would never take effect. Resume the subscription first.');
  }
}

export class ModeNotAvailableError extends UnprocessableError {
  constructor() {
    const message = 'this installation has no payment provider; use "none" or "invoice"';
    super('mode_not_available', `The billing mode cannot be set: ${message}.`, [{ pointer: '/billing', code: 'mode_not_available', message }]);
  }
}

export class NothingPendingError extends AppError {
  constructor() {
    super('conflict', 'nothing_pending', 'No purchase waits for approval.');
  }
}

export class InvoiceNotCreditableError extends AppError {
  constructor(status: string) {
    super(
      'conflict',
      'invoice_not_creditable',
      `No credit note can be issued for this invoice: its status is "${status}", its purchase waits for payment, or it is credited in full.`,
      {
        invoiceStatus: status,
      },
    );
  }
}

export class CreditExceedsError extends UnprocessableError {
  constructor(pointer: string, creditable: number) {
    const message = `at most ${creditable} can be credited of this line`;
    super('credit_exceeds', `The credit note cannot be issued: ${message}.`, [{ pointer, code: 'credit_exceeds', message }]);
  }
}

export class UnknownLineError extends UnprocessableError {
  constructor(pointer: string) {
    const message = 'is not a line of this invoice';
    super('unknown_line', `The credit note cannot be issued: ${pointer} ${message}.`, [{ pointer, code: 'unknown_line', message }]);
  }
}

export class UsageOverLimitsError extends AppError {
  constructor(plan: string, over: readonly Excess[]) {
    const list = over.map(({ meter, used, limit }) => `${meter} (${used} of ${limit})`).join(', ');
    super('conflict', 'usage_over_limits', `The organization uses more than the plan "${plan}" would allow: ${list}. Reduce the usage first.`, { plan, over });
  }
}

export class NothingToResumeError extends AppError {
  constructor() {
    super('conflict', 'nothing_to_resume', 'There is nothing to resume: the subscription is not paused, and no cancellation or change is scheduled.');
  }
}

export class AlreadyCanceledError extends AppError {
  constructor() {
    super('conflict', 'already_canceled', 'The subscription is already canceled. Choose a plan to start a new one.');
  }
}

export class PlanNeededError extends AppError {
  constructor() {
    super('payment_required', 'plan_needed', 'The trial has ended. Choose a plan to continue: GET /billing/plans lists the plans.');
  }
}

export class InvoicesOverdueError extends AppError {
  constructor(invoices: readonly string[]) {
    super('payment_required', 'invoices_overdue', `You have overdue invoices${invoices.length === 0 ? '' : `: ${invoices.join(', ')}`}. Pay them first.`, { invoices });
  }
}

export class InvoicesOpenError extends AppError {
  constructor(invoices: readonly string[]) {
    super('payment_required', 'invoices_open', `You have unpaid invoices: ${invoices.join(', ')}. Pay them, or ask the operator to void them, before you buy more.`, { invoices });
  }
}

export class PrepaidExceedsError extends AppError {
  constructor({ until, worth }: { readonly until: Date; readonly worth: number }, amount: number, currency: string | undefined) {
    const end = until.toISOString();
    const message = `The unused part of your paid period, until ${end}, is worth more (${worth}) than one period of the purchase (${amount}).`;
    super('conflict', 'prepaid_exceeds', `${message} Buy a plan or interval that costs at least as much, or check out after the paid period has ended.`, {
      until: end,
      worth,
      amount,
      currency: currency ?? null,
    });
  }
}

export class NotOfferedError extends AppError {
  /** @param page the kind of page that was asked for */
  constructor(page: 'checkout page' | 'payment page') {
    super('conflict', 'not_offered', `This installation bills by invoice; there is no ${page}.`);
  }
}

export class BalanceExceededError extends UnprocessableError {
  constructor(currency: string, balance: number) {
    const message = `the balance in ${currency} is ${balance}`;
    super('balance_exceeded', `The balance cannot be settled: ${message}.`, [{ pointer: '/amount', code: 'balance_exceeded', message }]);
  }
}

export class InvoiceClosedError extends AppError {
  constructor(status: string) {
    super('conflict', 'invoice_closed', `The invoice is already closed. Its status is "${status}".`, { invoiceStatus: status });
  }
}

export class TrialEndInPastError extends UnprocessableError {
  constructor() {
    const message = 'a trial must end in the future';
    super('trial_end_in_past', `The trial cannot be set: ${message}.`, [{ pointer: '/endsAt', code: 'trial_end_in_past', message }]);
  }
}

export class CheckoutRequiredError extends AppError {
  constructor(organizationId: string) {
    super(
      'conflict',
      'checkout_required',
      `The organization has no payment method yet. Call POST /organizations/${organizationId}/billing/checkout, and send the browser to the URL in its response.`,
    );
  }
}

export class AlreadySubscribedError extends AppError {
  constructor() {
    super('conflict', 'already_subscribed', 'The organization already has a paid subscription. Change it with PATCH instead.');
  }
}

export class ForeignAddressError extends UnprocessableError {
  constructor(pointer: string, appUrl: string) {
    super('foreign_address', 'Redirect URLs must start with APP_URL.', [{ pointer, code: 'foreign_address', message: `must start with ${appUrl}` }]);
  }
}

export class CollectedElsewhereError extends AppError {
  constructor() {
    super(
      'conflict',
      'collected_elsewhere',
      'The payment provider collects the payments. Make the change at the payment provider, or change the subscription; tenantry then copies the change.',
    );
  }
}

/** Returns the error that answers a refused change. */
export function refusalError(refusal: ChangeRefusal, organizationId: string): AppError {
  switch (refusal.reason) {
    case 'invalid_terms':
      return new InvalidSubscriptionError(refusal.invalid);
    case 'usage_over_limits':
      return new UsageOverLimitsError(refusal.plan, refusal.excess);
    case 'invoices_overdue':
      return new InvoicesOverdueError(refusal.invoices);
    case 'checkout_required':
      return new CheckoutRequiredError(organizationId);
    case 'collected_elsewhere':
      return new CollectedElsewhereError();
    case 'cancellation_scheduled':
      return new CancellationScheduledError();
    case 'not_billed':
      return new NotBilledError();
    case 'invoices_open':
      return new InvoicesOpenError(refusal.invoices);
  }
}
