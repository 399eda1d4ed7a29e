import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { NotFoundError } from '../../common/errors/app-error.js';
import { PlatformDb, type PlatformTransaction } from '../../database/platform-db.js';
import type { Subscription } from '../../generated/prisma/client.js';
import { CollectedElsewhereError, InvoiceClosedError, SubscriptionNotFoundError } from './billing.errors.js';
import type { InvoiceWithLines } from './invoices.service.js';
import { PaymentProvider, type ProviderStep } from './payment-provider.js';
import { SubscriptionCycle } from './subscription-cycle.service.js';
import { SubscriptionStore, type LockedSubscription } from './subscription-store.service.js';

/** What the operator does about money: what was paid by transfer, longer trials, pauses. */
@Injectable()
export class PlatformBilling {
  constructor(
    private readonly platform: PlatformDb,
    private readonly store: SubscriptionStore,
    private readonly cycle: SubscriptionCycle,
    private readonly clock: Clock,
    private readonly provider: PaymentProvider,
  ) {}

  /** Starts a trial, or moves the end of one. @throws {SubscriptionNotFoundError | ImpossibleTransitionError} */
  async setTrial(organizationId: string, endsAt: Date): Promise<Subscription> {
    const now = this.clock.now();
    return this.#decide(organizationId, async (tx, locked) => {
      const changes = { status: 'trialing' as const, trialEndsAt: endsAt, trialRemindedDays: null, periodEnd: endsAt };
      return this.provider.setTrial(locked.subscription, endsAt) ?? this.store.write(tx, locked, changes, now, 'subscription.trial_set');
    });
  }

  /** Puts an organization on a plan, or moves the end of its trial, without charging for it. What does not exist is left to the caller. @throws {CollectedElsewhereError} */
  async assign(tx: PlatformTransaction, organizationId: string, { plan, trialEndsAt }: { plan?: string | undefined; trialEndsAt?: Date | null | undefined }): Promise<void> {
    if (plan === undefined && trialEndsAt === undefined) return;
    if ((await tx.subscription.count({ where: { organizationId } })) === 0) return;
    const locked = await this.store.lock(tx, organizationId);
    if (this.provider.collects(locked.subscription)) throw new CollectedElsewhereError();
    const { status } = locked.subscription;
    const planned = plan === undefined ? {} : { plan, seats: null, nextPlan: null, nextInterval: null, nextSeats: null };
    const reopened = plan !== undefined && status === 'canceled' ? { status: 'active' as const, canceledAt: null } : {};
    const trial =
      trialEndsAt === undefined ? {} : trialEndsAt === null ? { trialEndsAt, ...(status === 'trialing' ? { status: 'active' as const, periodEnd: null } : {}) } : { trialEndsAt };
    await this.store.write(tx, locked, { ...planned, ...reopened, ...trial }, this.clock.now(), 'subscription.assigned');
  }

  /** Suspends the organization and stops what is charged. @throws {SubscriptionNotFoundError | ImpossibleTransitionError} */
  async pause(organizationId: string): Promise<Subscription> {
    const now = this.clock.now();
    return this.#decide(
      organizationId,
      async (tx, locked) => this.provider.pause(locked.subscription) ?? this.store.write(tx, locked, { status: 'paused' }, now, 'subscription.paused'),
    );
  }

  /** Notes that an invoice was paid, or will not be. @throws {NotFoundError | InvoiceClosedError | CollectedElsewhereError} */
  async closeInvoice(organizationId: string, invoiceId: string, status: 'paid' | 'void' | 'uncollectible'): Promise<InvoiceWithLines> {
    const now = this.clock.now();
    return this.platform.$transaction(async (tx) => {
      const locked = await this.store.lock(tx, organizationId);
      const invoice = await tx.invoice.findFirst({ where: { organizationId, id: invoiceId } });
      if (invoice === null) throw new NotFoundError();
      if (invoice.provider !== 'manual') throw new CollectedElsewhereError();
      if (invoice.status !== 'open') throw new InvoiceClosedError(invoice.status);
      const key = { organizationId_id: { organizationId, id: invoiceId } };
      const closed = await tx.invoice.update({ where: key, data: { status, paidAt: status === 'paid' ? now : null }, include: { lines: { orderBy: { position: 'asc' } } } });
      await this.cycle.settle(tx, locked, now);
      return closed;
    });
  }

  /** As `Subscriptions` does: judged under the lock, the provider told without it. */
  async #decide(organizationId: string, judge: (tx: PlatformTransaction, locked: LockedSubscription) => Promise<LockedSubscription | ProviderStep>): Promise<Subscription> {
    const decided = await this.platform.$transaction(async (tx) => judge(tx, await this.store.lock(tx, organizationId)));
    if (typeof decided !== 'function') return decided.subscription;
    await decided();
    const subscription = await this.platform.subscription.findFirst({ where: { organizationId } });
    if (subscription === null) throw new SubscriptionNotFoundError();
    return subscription;
  }
}
