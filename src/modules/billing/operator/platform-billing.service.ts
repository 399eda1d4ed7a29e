import { Injectable } from '@nestjs/common';
import { addOnsIn } from '../../../access/organization/entitlements.js';
import { Clock } from '../../../common/clock.js';
import { timeOrderedId } from '../../../common/crypto/time-ordered-id.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { BalanceSettlement, BillingMode, Subscription } from '../../../generated/prisma/client.js';
import { BalanceExceededError, CollectedElsewhereError, CreditExceedsError, InvoiceClosedError, InvoiceNotCreditableError, UnknownLineError } from '../billing.errors.js';
import type { SettleBalanceDto } from '../invoices/balance-settlements.dto.js';
import { shownWithCreditNote, type CreditNoteWithLines } from '../invoices/credit-notes.dto.js';
import { CreditNotesService } from '../invoices/credit-notes.service.js';
import { DocumentNumbersService } from '../invoices/document-numbers.service.js';
import { readBalances, readInvoicedLines, type InvoiceWithLines } from '../invoices/documents.queries.js';
import { InvoicesService, shownWithInvoice } from '../invoices/invoices.service.js';
import { BillingModesService } from '../providers/billing-modes.service.js';
import { PaymentProvider } from '../providers/payment-provider.js';
import { DunningService } from '../renewals/dunning.service.js';
import { PendingPurchasesService } from '../subscriptions/pending-purchases.service.js';
import { clearedSchedule, collectedHere, trialColumns, undunnedColumns } from '../subscriptions/subscription-columns.js';
import { SubscriptionStoreService, type LockedSubscription, type SubscriptionChanges } from '../subscriptions/subscription-store.service.js';
import { creditableOf, type Credit, type InvoicedLine } from '../terms/credits.policy.js';
import { planCreditNotes } from '../terms/documents.policy.js';
import { priceOf } from '../terms/prices.policy.js';
import { hasLapsed, organizationStatusOf, paidPeriodOf } from '../terms/subscription-status.policy.js';
import { boughtOf, quantitiesOf, soldWith } from '../terms/wanted-terms.policy.js';
import type { CreateCreditNoteDto, CreditedLineDto } from './platform-billing.dto.js';

/** The plan and trial end that an operator assigns. Undefined changes nothing; null removes the trial. */
export interface Assignment {
  readonly plan?: string | undefined;
  readonly trialEndsAt?: Date | null | undefined;
}

interface Closing {
  readonly id: string;
  readonly status: 'paid' | 'void' | 'uncollectible';
}

/** Lets the operator assign plans and trials, and record how invoices were closed. `SubscriptionsService` pauses and sets trials. */
@Injectable()
export class PlatformBillingService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly store: SubscriptionStoreService,
    private readonly dunning: DunningService,
    private readonly clock: Clock,
    private readonly catalog: Catalog,
    private readonly provider: PaymentProvider,
    private readonly invoices: InvoicesService,
    private readonly creditNotes: CreditNotesService,
    private readonly numbers: DocumentNumbersService,
    private readonly pendingPurchases: PendingPurchasesService,
    private readonly modes: BillingModesService,
  ) {}

  /**
   * Assigns a plan, or moves the end of the trial, without a charge. Does nothing if the organization has no subscription: the
   * caller reports an organization that does not exist.
   *
   * @throws {ImpossibleTransitionError | CollectedElsewhereError} if the status allows no trial, or the payment provider collects
   */
  async assignPlan(tx: PlatformTransaction, organizationId: string, { plan, trialEndsAt }: Assignment): Promise<void> {
    if (plan === undefined && trialEndsAt === undefined) return;
    if ((await tx.subscription.count({ where: { organizationId } })) === 0) return;
    const now = this.clock.now();
    const locked = await this.store.lockSubscription(tx, organizationId);
    if (this.provider.collects(locked.subscription)) throw new CollectedElsewhereError();
    const changes = { ...this.#assignedPlanColumns(locked.subscription, plan, now), ...assignedTrialColumns(locked.subscription, trialEndsAt, now) };
    const invoiced = await this.invoices.readRunningLines(tx, locked.subscription, now);
    const { subscription } = await this.store.writeSubscription(tx, locked, changes, now, 'subscription.assigned');
    // A paid period runs on after the operator has assigned a plan. Add-ons that are not sold with it end, and are given back.
    const kept = addOnsIn(subscription.addOns).map(({ key }) => key);
    const ended = invoiced.filter(({ kind, key: addOn }) => kind === 'add_on' && addOn !== null && !kept.includes(addOn));
    await this.creditNotes.giveBackRest(tx, organizationId, subscription.status === 'trialing' ? invoiced : ended, now);
    await this.numbers.numberDocuments(tx);
  }

  /** Returns the status that the subscription gives the organization; undefined without a subscription. */
  async organizationStatus(tx: PlatformTransaction, organizationId: string): Promise<ReturnType<typeof organizationStatusOf> | undefined> {
    const subscription = await tx.subscription.findFirst({ where: { organizationId }, select: { status: true } });
    return subscription === null ? undefined : organizationStatusOf(subscription.status, this.catalog.billing.canceledOrganizations);
  }

  /** Returns who bills an organization. */
  async getBillingMode(organizationId: string): Promise<BillingMode> {
    const subscription = await this.platform.subscription.findFirst({ where: { organizationId }, select: { billing: true } });
    return this.modes.modeOf(subscription ?? { billing: null });
  }

  /** Marks a manual invoice as paid, void or uncollectible. @throws {NotFoundError | InvoiceClosedError | CollectedElsewhereError} */
  async closeInvoice(organizationId: string, invoiceId: string, status: Closing['status']): Promise<InvoiceWithLines> {
    const now = this.clock.now();
    return this.platform.$transaction(async (tx) => {
      const locked = await this.store.lockSubscription(tx, organizationId);
      const invoice = await tx.invoice.findFirst({ where: { organizationId, id: invoiceId } });
      if (invoice === null) throw new NotFoundError();
      if (invoice.provider !== 'manual') throw new CollectedElsewhereError();
      if (invoice.status !== 'open') throw new InvoiceClosedError(invoice.status);
      const key = { organizationId_id: { organizationId, id: invoiceId } };
      await this.#closeOpenInvoice(tx, locked, { id: invoiceId, status }, now);
      await this.dunning.endDunningIfPaid(tx, await this.store.lockSubscription(tx, organizationId), now);
      await this.numbers.numberDocuments(tx);
      return tx.invoice.findUniqueOrThrow({ where: key, include: shownWithInvoice });
    });
  }

  /**
   * Gives back lines of an invoice, or all that is left of it.
   *
   * @throws {NotFoundError | CollectedElsewhereError | InvoiceNotCreditableError | UnknownLineError | CreditExceedsError}
   */
  async createCreditNote(organizationId: string, invoiceId: string, { lines: wanted, settlement, note }: CreateCreditNoteDto): Promise<CreditNoteWithLines> {
    const now = this.clock.now();
    return this.platform.$transaction(async (tx) => {
      const locked = await this.store.lockSubscription(tx, organizationId);
      const invoice = await tx.invoice.findFirst({ where: { organizationId, id: invoiceId }, include: { pendingPurchase: true } });
      if (invoice === null) throw new NotFoundError();
      if (invoice.provider !== 'manual') throw new CollectedElsewhereError();
      const credits = invoice.pendingPurchase === null ? creditsOf(await readInvoicedLines(tx, organizationId, { invoiceId }), wanted) : [];
      const [planned] = planCreditNotes(credits, { refunded: settlement === 'refund' });
      if (planned === undefined) throw new InvoiceNotCreditableError(invoice.status);
      const [issued] = await this.creditNotes.issueCreditNotes(tx, organizationId, [planned], { reason: 'operator', note, at: now });
      await this.dunning.endDunningIfPaid(tx, locked, now);
      await this.numbers.numberDocuments(tx);
      return tx.creditNote.findFirstOrThrow({ where: { organizationId, id: issued?.id ?? '' }, include: shownWithCreditNote });
    });
  }

  /** Settles a balance, or a part of it, that no invoice will use: it was paid out, or is written off. @throws {SubscriptionNotFoundError | BalanceExceededError} */
  async settleBalance(organizationId: string, { currency, amount: wanted, method, reason }: SettleBalanceDto): Promise<BalanceSettlement> {
    const now = this.clock.now();
    return this.platform.$transaction(async (tx) => {
      await this.store.lockSubscription(tx, organizationId);
      const balance = (await readBalances(tx, organizationId)).get(currency) ?? 0;
      const amount = wanted ?? balance;
      if (amount === 0 || amount > balance) throw new BalanceExceededError(currency, balance);
      return tx.balanceSettlement.create({ data: { organizationId, id: timeOrderedId(now), currency, amount: BigInt(amount), method, reason, settledAt: now } });
    });
  }

  /**
   * Sets who bills an organization; null for the mode of the installation. With `none`, dunning ends. A purchase that waits
   * is withdrawn unless the mode is `invoice`. A running period stays until its end.
   *
   * @throws {ModeNotAvailableError | CollectedElsewhereError}
   */
  async setBillingMode(tx: PlatformTransaction, organizationId: string, billing: BillingMode | null | undefined): Promise<void> {
    if (billing === undefined) return;
    this.modes.assertAvailable(billing);
    if ((await tx.subscription.count({ where: { organizationId } })) === 0) return;
    const now = this.clock.now();
    const locked = await this.store.lockSubscription(tx, organizationId);
    const mode = this.modes.modeOf({ billing });
    if (this.provider.collects(locked.subscription) && mode !== 'provider') throw new CollectedElsewhereError();
    if (mode !== 'invoice') await this.pendingPurchases.withdrawPurchase(tx, locked, now);
    await this.store.writeSubscription(tx, locked, { billing, ...(mode === 'none' ? undunnedColumns(locked.subscription) : {}) }, now, 'subscription.billing_changed');
  }

  /** Closes an open invoice. A purchase that waits for it begins or, unless the invoice is paid, is withdrawn: its invoice becomes void, because nobody owes it. */
  async #closeOpenInvoice(tx: PlatformTransaction, locked: LockedSubscription, { id, status }: Closing, now: Date): Promise<void> {
    const { organizationId } = locked.subscription;
    const purchase = await this.pendingPurchases.findPendingPurchase(tx, organizationId);
    if (purchase?.invoiceId === id && status !== 'paid') {
      await this.pendingPurchases.withdrawPurchase(tx, locked, now);
      return;
    }
    if (status === 'void') await this.creditNotes.voidCreditNotes(tx, organizationId, id, now);
    await tx.invoice.update({ where: { organizationId_id: { organizationId, id } }, data: { status, paidAt: status === 'paid' ? now : null } });
    if (status === 'paid') await this.pendingPurchases.beginPaidPurchase(tx, locked, id, now);
  }

  /** Returns the columns for an assigned plan: free until the next period, with the interval, currency and add-ons that the plan is sold with. */
  #assignedPlanColumns(subscription: Subscription, key: string | undefined, now: Date): SubscriptionChanges {
    const plan = key === undefined ? undefined : this.catalog.plans.get(key);
    if (plan === undefined || (plan.key === subscription.plan && !hasLapsed(subscription, now))) return {};
    const price = priceOf(plan, subscription.interval, subscription.currency ?? undefined) ?? plan.prices[0];
    const runs = paidPeriodOf(subscription) !== undefined && !hasLapsed(subscription, now);
    const reopenedColumns = hasLapsed(subscription, now)
      ? ({ ...collectedHere, status: 'active', canceledAt: null, cancelAtPeriodEnd: false, periodStart: now, periodEnd: null, anchorDay: null } as const)
      : {};
    const current = hasLapsed(subscription, now) ? [] : boughtOf(addOnsIn(subscription.addOns), this.catalog.addOns);
    const addOns = quantitiesOf(soldWith(current, { plan, interval: price?.interval ?? subscription.interval }, price?.currency));
    // A period that is paid for runs on with its own interval.
    const next =
      runs && price !== undefined && price.interval !== subscription.interval ? { nextPlan: plan.key, nextInterval: price.interval, nextSeats: null, nextAddOns: addOns } : {};
    const priceColumns = price === undefined ? {} : { currency: price.currency, ...(runs ? {} : { interval: price.interval }) };
    return { plan: plan.key, seats: null, addOns, ...clearedSchedule, ...next, ...priceColumns, ...reopenedColumns };
  }
}

/** Moves the end of a trial: to a time in the future, to the past (which ends the trial), or to null (which removes it). */
function assignedTrialColumns(subscription: Subscription, endsAt: Date | null | undefined, now: Date): SubscriptionChanges {
  if (endsAt === undefined) return {};
  if (endsAt !== null && endsAt > now) return trialColumns(subscription, endsAt, now);
  const trialing = subscription.status === 'trialing';
  if (endsAt === null) return { trialEndsAt: null, ...(trialing ? { status: 'active', periodEnd: null, renewsAfterTrial: false } : {}) };
  return { trialEndsAt: endsAt, ...(trialing && endsAt > subscription.periodStart ? { periodEnd: endsAt } : {}) };
}

/** Returns the credits for the wanted lines, or for all that is left of an invoice. @throws {UnknownLineError | CreditExceedsError} */
function creditsOf(lines: readonly InvoicedLine[], wanted: readonly CreditedLineDto[] | undefined): readonly Credit[] {
  if (wanted === undefined)
    return lines.filter((line) => creditableOf(line) > 0).map((line) => ({ line, description: line.description, amount: creditableOf(line), period: undefined }));
  return wanted.map(({ lineId, amount }, index): Credit => {
    const line = lines.find(({ id }) => id === lineId);
    if (line === undefined) throw new UnknownLineError(`/lines/${index}/lineId`);
    // A line that is named twice would be given back twice.
    const left = wanted.slice(0, index).some((each) => each.lineId === lineId) ? 0 : creditableOf(line);
    const credited = amount ?? left;
    if (credited > left || left === 0) throw new CreditExceedsError(`/lines/${index}/amount`, left);
    return { line, description: line.description, amount: credited, period: undefined };
  });
}
