import { Injectable } from '@nestjs/common';
import { accepts, type ExpectedVersions } from '../../../common/http/etag.js';
import { OrganizationEntitlementsService } from '../../../access/organization/organization-entitlements.service.js';
import { Clock } from '../../../common/clock.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import { TenantDb } from '../../../database/tenant-db.js';
import type { Subscription } from '../../../generated/prisma/client.js';
import {
  AlreadyCanceledError,
  CollectedElsewhereError,
  ImpossibleTransitionError,
  NothingPendingError,
  NothingToResumeError,
  PlanNeededError,
  refusalError,
  SubscriptionChangedError,
  SubscriptionNotFoundError,
  TrialEndInPastError,
} from '../billing.errors.js';
import type { BillingReader } from '../invoices/billing-reader.js';
import { CreditNotesService } from '../invoices/credit-notes.service.js';
import { DocumentNumbersService } from '../invoices/document-numbers.service.js';
import { readBalances } from '../invoices/documents.queries.js';
import { InvoicesService } from '../invoices/invoices.service.js';
import { UsageChargesService } from '../invoices/usage-charges.service.js';
import { BillingModesService } from '../providers/billing-modes.service.js';
import { PaymentProvider } from '../providers/payment-provider.js';
import { DueSteps } from './due-steps.js';
import { decideChange, type PricedChange } from '../terms/decide-change.policy.js';
import { planCreditNotes } from '../terms/documents.policy.js';
import { currencyOf, isSold, totalOf, type Terms } from '../terms/prices.policy.js';
import type { ProviderRequest } from '../terms/provider-request.js';
import { hasLapsed, leadsTo } from '../terms/subscription-status.policy.js';
import { termsOf } from '../terms/subscription-terms.policy.js';
import type { WantedTerms } from '../terms/wanted-terms.policy.js';
import { PaidPeriodsService } from './paid-periods.service.js';
import { PendingPurchasesService, wantedOf } from './pending-purchases.service.js';
import {
  canceledColumns,
  clearedPastDue,
  clearedSchedule,
  clearedScheduleAndCancellation,
  collectedHere,
  endedTrialColumns,
  firstPeriodColumns,
  scheduledColumns,
  termsColumns,
  trialColumns,
} from './subscription-columns.js';
import { toSubscriptionDto, type SubscriptionDto } from './subscription.dto.js';
import { SubscriptionFactsService } from './subscription-facts.service.js';
import { SubscriptionStoreService, type LockedSubscription, type ProviderChange, type SubscriptionChanges } from './subscription-store.service.js';

/** The tables of a subscription and its answer, as both clients have them. */
type SubscriptionTables = Pick<TenantDb, '$queryRaw' | 'organization' | 'subscription' | 'pendingPurchase' | 'membership' | 'invitation' | 'entitlementOverride'>;

/** The result of the first phase. */
type LockedResult =
  /** The rows are written, and nothing else is to be done. */
  | { readonly outcome: 'written'; readonly subscription: Subscription }
  /** The payment provider carries out the change in the second phase. */
  | { readonly outcome: 'ask_provider'; readonly subscription: Subscription; readonly request: ProviderRequest };

type Decided = Extract<LockedResult, { outcome: 'written' }> | (Extract<LockedResult, { outcome: 'ask_provider' }> & { readonly claim: ProviderChange });

type LockedWork = (tx: PlatformTransaction, locked: LockedSubscription, now: Date) => Promise<LockedResult>;

/**
 * Changes subscriptions, in two phases:
 *
 * 1. Lock the organization and decide. If tenantry collects, write the rows in the same transaction.
 * 2. If the payment provider collects: without the lock, have it carry out the change, and write what it answers.
 */
@Injectable()
export class SubscriptionsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly tenant: TenantDb,
    private readonly catalog: Catalog,
    private readonly store: SubscriptionStoreService,
    private readonly facts: SubscriptionFactsService,
    private readonly organizations: OrganizationEntitlementsService,
    private readonly periods: PaidPeriodsService,
    private readonly invoices: InvoicesService,
    private readonly usage: UsageChargesService,
    private readonly creditNotes: CreditNotesService,
    private readonly numbers: DocumentNumbersService,
    private readonly dueSteps: DueSteps,
    private readonly pendingPurchases: PendingPurchasesService,
    private readonly modes: BillingModesService,
    private readonly clock: Clock,
    private readonly provider: PaymentProvider,
  ) {}

  /** @throws {SubscriptionNotFoundError} */
  async getSubscription(organizationId: string, reader: BillingReader = 'platform'): Promise<Subscription> {
    const subscription = await this.#readerOf(reader).subscription.findFirst({ where: { organizationId } });
    if (subscription === null) throw new SubscriptionNotFoundError();
    return subscription;
  }

  /**
   * Changes plan, interval, seats or add-ons. Terms that cost more begin now, and the rest of the period is charged; terms
   * that cost less begin with the next period.
   *
   * @param expectedVersions refuses the change if the subscription has another version; undefined accepts any
   * @throws {InvalidSubscriptionError | UsageOverLimitsError | SubscriptionChangedError | InvoicesOverdueError | CheckoutRequiredError | CollectedElsewhereError}
   */
  async changeSubscription(organizationId: string, wanted: WantedTerms, expectedVersions?: ExpectedVersions): Promise<Subscription> {
    const change: LockedWork = async (tx, before, now) => {
      if (!accepts(expectedVersions, before.subscription.version)) throw new SubscriptionChangedError();
      const locked = await this.dueSteps.carryOutDueSteps(tx, before, now);
      const { subscription } = locked;
      const decision = decideChange(subscription, wanted, await this.facts.readChangeFacts(tx, subscription, now));
      switch (decision.outcome) {
        case 'unchanged':
          return { outcome: 'written', subscription };
        case 'refused':
          throw refusalError(decision.refusal, organizationId);
        case 'write':
          await this.pendingPurchases.withdrawPurchase(tx, locked, now);
          return written(await this.#writeChange(tx, locked, decision.change, now));
        case 'wait':
          return written(await this.pendingPurchases.storePurchase(tx, locked, decision.change, decision.waitsFor, now));
        case 'ask_provider':
          return { ...decision, subscription };
      }
    };
    try {
      return await this.#inTwoPhases(organizationId, change);
    } catch (error) {
      if (expectedVersions !== undefined || !(error instanceof SubscriptionChangedError)) throw error;
      // The provider had newer terms, which are written by now. The caller accepts any version: decide again.
      return this.#inTwoPhases(organizationId, change);
    }
  }

  /** Begins the purchase that waits for the operator, on the terms and prices of now. @throws {SubscriptionNotFoundError | NothingPendingError} and what a change throws */
  approvePurchase(organizationId: string): Promise<Subscription> {
    return this.#inTwoPhases(organizationId, async (tx, before, now) => {
      const locked = await this.dueSteps.carryOutDueSteps(tx, before, now);
      const purchase = await this.pendingPurchases.findPendingPurchase(tx, organizationId);
      if (purchase === null || purchase.invoiceId !== null) throw new NothingPendingError();
      const facts = { ...(await this.facts.readChangeFacts(tx, locked.subscription, now)), approved: true };
      const decision = decideChange(locked.subscription, wantedOf(purchase), facts);
      if (decision.outcome === 'refused') throw refusalError(decision.refusal, organizationId);
      await tx.pendingPurchase.delete({ where: { organizationId } });
      if (decision.outcome === 'ask_provider') return { ...decision, subscription: locked.subscription };
      return decision.outcome === 'write' ? written(await this.#writeChange(tx, locked, decision.change, now)) : written(locked);
    });
  }

  /** Refuses the purchase that waits, and voids its invoice. @throws {SubscriptionNotFoundError | NothingPendingError} */
  declinePurchase(organizationId: string): Promise<Subscription> {
    return this.#inTwoPhases(organizationId, async (tx, locked, now) => {
      if (!(await this.pendingPurchases.withdrawPurchase(tx, locked, now, 'subscription.purchase_declined'))) throw new NothingPendingError();
      return written(await this.store.lockSubscription(tx, organizationId));
    });
  }

  /** Returns the subscription as routes answer it. */
  async describeSubscription(subscription: Subscription, reader: BillingReader = 'platform'): Promise<SubscriptionDto> {
    const { organizationId } = subscription;
    const [db, now] = [this.#readerOf(reader), this.clock.now()];
    const [seatsInUse, pending, balances, usage] = await Promise.all([
      this.organizations.countSeatsInUse(db, now, { organizationId }),
      this.pendingPurchases.findPendingPurchase(db, organizationId),
      readBalances(db, organizationId),
      this.usage.readUsageSoFar(db, organizationId, now),
    ]);
    return toSubscriptionDto(subscription, { terms: termsOf(subscription, this.catalog), billing: this.modes.modeOf(subscription), seatsInUse, pending, balances, usage });
  }

  /** Cancels at the end of the period, or now. Without a paid period it always cancels now. @throws {AlreadyCanceledError | CollectedElsewhereError} */
  cancelSubscription(organizationId: string, { atPeriodEnd }: { readonly atPeriodEnd: boolean }): Promise<Subscription> {
    return this.#inTwoPhases(organizationId, async (tx, locked, now) => {
      const { status, periodEnd } = locked.subscription;
      if (status === 'canceled') throw new AlreadyCanceledError();
      // The provider knows whether a period is running; the row may be older.
      const periodIsRunning = this.provider.collects(locked.subscription) || (periodEnd !== null && periodEnd > now);
      const later = atPeriodEnd && periodIsRunning && status !== 'unpaid' && status !== 'paused';
      const request = this.#providerRequest(locked, { kind: 'cancel', atPeriodEnd: later });
      if (request !== undefined) return request;
      await this.pendingPurchases.withdrawPurchase(tx, locked, now);
      const changes: SubscriptionChanges = later ? { cancelAtPeriodEnd: true } : canceledColumns(now);
      const after = await this.store.writeSubscription(tx, locked, changes, now, later ? 'subscription.cancel_scheduled' : 'subscription.canceled');
      if (!later) await this.usage.issueWithUsage(tx, after.organization, { at: now, until: now });
      return written(after);
    });
  }

  /** Cancels at the end of the period if the provider collects; otherwise changes nothing. @throws {CollectedElsewhereError} */
  cancelAtProvider(organizationId: string): Promise<Subscription> {
    return this.#inTwoPhases(organizationId, (_tx, locked) =>
      Promise.resolve(this.#providerRequest(locked, { kind: 'cancel', atPeriodEnd: true }) ?? { outcome: 'written', subscription: locked.subscription }),
    );
  }

  /**
   * Ends a pause; without one, removes a cancellation, a scheduled change, and a purchase that waits.
   *
   * @throws {NothingToResumeError | PlanNeededError | InvoicesOverdueError | CollectedElsewhereError}
   */
  resumeSubscription(organizationId: string): Promise<Subscription> {
    return this.#inTwoPhases(organizationId, async (tx, before, now) => {
      const locked = await this.dueSteps.carryOutDueSteps(tx, before, now);
      const { status, cancelAtPeriodEnd, nextPlan, nextSeats, nextInterval } = locked.subscription;
      const changesLater = cancelAtPeriodEnd || nextPlan !== null || nextSeats !== null || nextInterval !== null;
      const withdrawn = await this.pendingPurchases.withdrawPurchase(tx, locked, now);
      if (status !== 'paused' && !changesLater && !withdrawn) throw new NothingToResumeError();
      const request = this.#providerRequest(locked, { kind: 'resume' });
      if (request !== undefined) return request;
      if (status === 'paused') return written(await this.#endPause(tx, locked, now));
      return written(await this.store.writeSubscription(tx, locked, clearedScheduleAndCancellation, now, 'subscription.resumed'));
    });
  }

  /** Suspends the organization; nothing is charged meanwhile. @throws {SubscriptionNotFoundError | ImpossibleTransitionError | CollectedElsewhereError} */
  pauseSubscription(organizationId: string): Promise<Subscription> {
    return this.#inTwoPhases(organizationId, async (tx, locked, now) => {
      const { status } = locked.subscription;
      if (!leadsTo(status, 'paused')) throw new ImpossibleTransitionError(status, 'paused');
      return this.#providerRequest(locked, { kind: 'pause' }) ?? written(await this.store.writeSubscription(tx, locked, { status: 'paused' }, now, 'subscription.paused'));
    });
  }

  /** Starts a trial, or moves the end of the current one. @throws {SubscriptionNotFoundError | ImpossibleTransitionError | TrialEndInPastError | CollectedElsewhereError} */
  async setTrialEnd(organizationId: string, endsAt: Date): Promise<Subscription> {
    if (endsAt <= this.clock.now()) throw new TrialEndInPastError();
    return this.#inTwoPhases(organizationId, async (tx, locked, now) => {
      const request = this.#providerRequest(locked, { kind: 'set_trial_end', endsAt });
      if (request !== undefined) return request;
      // The trial takes the place of a period that is paid for.
      await this.creditNotes.giveBackRest(tx, organizationId, await this.invoices.readRunningLines(tx, locked.subscription, now), now);
      const after = await this.store.writeSubscription(tx, locked, trialColumns(locked.subscription, endsAt, now), now, 'subscription.trial_set');
      await this.usage.issueWithUsage(tx, after.organization, { at: now, until: now });
      return written(after);
    });
  }

  #readerOf(reader: BillingReader): SubscriptionTables {
    return reader === 'tenant' ? this.tenant : this.platform;
  }

  async #inTwoPhases(organizationId: string, work: LockedWork): Promise<Subscription> {
    const result = await this.#lockAndDecide(organizationId, work);
    if (result.outcome === 'written') return result.subscription;
    try {
      await this.provider.carryOut(result.subscription, result.request);
    } finally {
      await this.store.endProviderChange(this.platform, result.claim);
    }
    return this.getSubscription(organizationId);
  }

  /**
   * Runs the first phase. If the provider is asked next, the subscription gets a new version first: a caller that read the
   * version before is refused, and no two attempts send the same idempotency key, which Stripe would answer from its memory.
   */
  #lockAndDecide(organizationId: string, work: LockedWork): Promise<Decided> {
    const now = this.clock.now();
    return this.platform.$transaction(
      async (tx) => {
        const locked = await this.store.lockSubscription(tx, organizationId);
        const result = await work(tx, locked, now);
        await this.numbers.numberDocuments(tx);
        if (result.outcome === 'written') return result;
        await this.store.touchSubscription(tx, locked);
        return { ...result, claim: await this.store.beginProviderChange(tx, locked, now) };
      },
      { locksOrganization: organizationId },
    );
  }

  /** Returns a request to the provider, or undefined if tenantry writes the change itself. @throws {CollectedElsewhereError} */
  #providerRequest({ subscription }: LockedSubscription, request: ProviderRequest): LockedResult | undefined {
    const collection = this.provider.collectionOf(subscription);
    if (collection === 'elsewhere') throw new CollectedElsewhereError();
    return collection === 'provider' ? { outcome: 'ask_provider', subscription, request } : undefined;
  }

  async #writeChange(tx: PlatformTransaction, locked: LockedSubscription, change: PricedChange, now: Date): Promise<LockedSubscription> {
    const { now: terms, next, restarts, immediate, lines, credits, currency, period } = change;
    if (!immediate && next === undefined) return this.store.writeSubscription(tx, locked, clearedSchedule, now);
    if (!immediate) return this.store.writeSubscription(tx, locked, scheduledColumns(next), now, 'subscription.change_scheduled');
    const { status } = locked.subscription;
    const begins = restarts || status === 'canceled';
    const changes: SubscriptionChanges = {
      ...termsColumns(terms),
      currency: currency ?? null,
      ...clearedSchedule,
      // A cancellation stays until it is withdrawn. The purchase after an end is a new subscription.
      ...(hasLapsed(locked.subscription, now) ? { cancelAtPeriodEnd: false } : {}),
      ...(status === 'trialing' && !begins ? { renewsAfterTrial: isSold(terms.plan) } : {}),
      ...(begins
        ? {
            ...collectedHere,
            ...clearedPastDue,
            ...endedTrialColumns(locked.subscription, now),
            status: 'active',
            canceledAt: null,
            ...(period === undefined ? { periodStart: now, periodEnd: null, anchorDay: null } : firstPeriodColumns(period)),
          }
        : {}),
    };
    const after = await this.store.writeSubscription(tx, locked, changes, now, 'subscription.changed');
    await this.creditNotes.issueCreditNotes(tx, locked.subscription.organizationId, planCreditNotes(credits), { reason: 'change', at: now });
    if (restarts || totalOf(lines) > 0) await this.usage.issueWithUsage(tx, after.organization, { lines, ...(currency === undefined ? {} : { currency }), at: now, until: now });
    return after;
  }

  /** Ends a pause. If the paid period is over, a new one begins and is charged. A cancellation and a change that are scheduled stay. */
  async #endPause(tx: PlatformTransaction, locked: LockedSubscription, now: Date): Promise<LockedSubscription> {
    const { organizationId, pastDueSince, trialEndsAt } = locked.subscription;
    const terms = termsOf(locked.subscription, this.catalog);
    if (hasLapsed(locked.subscription, now)) {
      if (!isSold(terms.plan) && this.catalog.billing.trialEnds === 'suspend') throw new PlanNeededError();
      if (this.modes.bills(locked.subscription)) await this.invoices.assertNoneOverdue(tx, organizationId, now);
      if (isSold(terms.plan)) return this.#beginAgain(tx, locked, terms, now);
    }
    const status = pastDueSince !== null ? 'past_due' : trialEndsAt !== null && trialEndsAt > now ? 'trialing' : 'active';
    return this.store.writeSubscription(tx, locked, { status }, now, 'subscription.resumed');
  }

  /** Begins a period after a pause that was longer than the paid period. It is a purchase, which may wait. */
  async #beginAgain(tx: PlatformTransaction, locked: LockedSubscription, terms: Terms, now: Date): Promise<LockedSubscription> {
    const { upgrades } = this.catalog.billing;
    if (upgrades === 'immediate' || this.provider.collectionOf(locked.subscription) !== 'here') return this.periods.beginPaidPeriod(tx, locked, { terms, start: now, now });
    const charged = await this.periods.withChargedSeats(tx, locked, terms, now);
    const currency = currencyOf(charged.plan, charged.interval, locked.subscription.currency ?? undefined);
    return this.pendingPurchases.storePurchase(tx, locked, { now: charged, currency }, upgrades, now);
  }
}

const written = ({ subscription }: LockedSubscription): LockedResult => ({ outcome: 'written', subscription });
