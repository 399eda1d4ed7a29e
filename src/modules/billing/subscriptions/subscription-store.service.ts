import { Injectable, Logger } from '@nestjs/common';
import { dayLength, startOfDay } from '../../../common/calendar.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { lockOrganization } from '../../../database/locks.js';
import type { PlatformDb } from '../../../database/platform-db.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Organization, Prisma, Subscription } from '../../../generated/prisma/client.js';
import { ChangeInProgressError, ImpossibleTransitionError, SubscriptionNotFoundError } from '../billing.errors.js';
import { BillingModesService } from '../providers/billing-modes.service.js';
import type { Period } from '../terms/prices.policy.js';
import { agreedUsage } from '../terms/usage-prices.policy.js';
import { anchorDayOf, isSame, leadsTo, organizationStatusOf, paidPeriodOf, standings } from '../terms/subscription-status.policy.js';

export type SubscriptionChanges = Omit<Prisma.SubscriptionUncheckedUpdateInput, 'organizationId' | 'id' | 'version'> &
  Partial<Pick<Subscription, 'status' | 'plan' | 'trialEndsAt'>>;

type UsageColumns = Pick<Prisma.SubscriptionPeriodUncheckedCreateInput, 'usagePrices' | 'usageFrom' | 'usageDueAt'>;

/** A change that the payment provider carries out. */
export interface ProviderChange {
  readonly organizationId: string;
  readonly until: Date;
}

/** Milliseconds after which a change at the payment provider counts as abandoned. */
const longestProviderChange = 60_000;

/** A subscription with its organization, both locked until the transaction ends. */
export interface LockedSubscription {
  readonly subscription: Subscription;
  readonly organization: Organization;
}

/**
 * Writes all changes of subscriptions. Refuses transitions that the policy does not allow, and writes the consequences for the
 * organization (its plan in effect and its status) in the same transaction.
 */
@Injectable()
export class SubscriptionStoreService {
  readonly #logger = new Logger(SubscriptionStoreService.name);

  constructor(
    private readonly catalog: Catalog,
    private readonly modes: BillingModesService,
  ) {}

  /** Locks an organization and reads it with its subscription. Changes of its members take the same lock. @throws {SubscriptionNotFoundError} */
  async lockSubscription(tx: PlatformTransaction, organizationId: string): Promise<LockedSubscription> {
    await lockOrganization(tx, organizationId);
    const organization = await tx.organization.findUnique({ where: { id: organizationId }, include: { subscription: true } });
    if (organization?.subscription == null) throw new SubscriptionNotFoundError();
    const { subscription, ...rest } = organization;
    return { organization: rest, subscription };
  }

  /**
   * Writes a change of a locked subscription. If no column differs, writes nothing and records no event.
   *
   * @param at when the change takes effect
   * @param event the type of the domain event, e.g. `subscription.activated`; undefined records none
   * @throws {ImpossibleTransitionError} if the transition of the status is not allowed
   */
  async writeSubscription(
    tx: PlatformTransaction,
    { subscription, organization }: LockedSubscription,
    changes: SubscriptionChanges,
    at: Date,
    event?: string,
  ): Promise<LockedSubscription> {
    const { organizationId, id, status } = subscription;
    if (changes.status !== undefined && !leadsTo(status, changes.status)) throw new ImpossibleTransitionError(status, changes.status);
    if (!differs(subscription, changes)) return { subscription, organization };
    const changed = await tx.subscription.update({ where: { organizationId_id: { organizationId, id } }, data: { ...changes, version: { increment: 1 } } });
    await this.recordPeriod(tx, subscription, changed, at);
    const data = this.#consequences(subscription, changed, organization, at);
    const after = Object.keys(data).length === 0 ? organization : await tx.organization.update({ where: { id: organizationId }, data: { ...data, version: { increment: 1 } } });
    if (event !== undefined) await tx.domainEvent.create({ data: { organizationId, type: event, occurredAt: at, data: eventData(changed) } });
    return { subscription: changed, organization: after };
  }

  /** Writes the paid period that a change begins, and ends the one that it cuts short. @param before undefined for a new subscription */
  async recordPeriod(tx: PlatformTransaction, before: Subscription | undefined, after: Subscription, at: Date): Promise<void> {
    const [was, is] = [before === undefined ? undefined : paidPeriodOf(before), paidPeriodOf(after)];
    if (was?.start.getTime() === is?.start.getTime() && was?.end.getTime() === is?.end.getTime()) return;
    const { organizationId } = after;
    if (was !== undefined && was.start.getTime() !== is?.start.getTime()) await this.#cutPeriod(tx, organizationId, was, is?.start ?? at);
    if (is === undefined) return;
    const key = { organizationId_startsAt: { organizationId, startsAt: is.start } };
    const usage = await this.#usageColumns(tx, after, is);
    await tx.subscriptionPeriod.upsert({
      where: key,
      create: { organizationId, startsAt: is.start, endsAt: is.end, ...usage },
      update: { endsAt: is.end, ...('usageDueAt' in usage ? { usageDueAt: is.end } : {}) },
    });
  }

  /**
   * Agrees on the prices of usage for a period that begins, if no payment provider collects. The first day counts only if the usage of the
   * day before it was charged: on the day of a purchase, usage is free.
   */
  async #usageColumns(tx: PlatformTransaction, subscription: Subscription, { start, end }: Period): Promise<UsageColumns> {
    const { organizationId, provider, interval, currency } = subscription;
    if (provider !== 'manual' || currency === null || !this.modes.bills(subscription)) return {};
    const agreed = agreedUsage(this.catalog.meters, interval, currency);
    if (agreed.prices.length === 0) return {};
    const before = await tx.subscriptionPeriod.findFirst({ where: { organizationId, endsAt: start, usageFrom: { not: null } } });
    const day = startOfDay(start);
    const from = before?.usageFrom == null ? new Date(day.getTime() + dayLength) : new Date(Math.max(day.getTime(), before.usageFrom.getTime()));
    return { usagePrices: JSON.parse(JSON.stringify(agreed)) as Prisma.InputJsonObject, usageFrom: from, usageDueAt: end };
  }

  async #cutPeriod(tx: PlatformTransaction, organizationId: string, { start, end }: Period, at: Date): Promise<void> {
    const where = { organizationId, startsAt: start };
    if (start >= at) await tx.subscriptionPeriod.deleteMany({ where });
    else if (end > at) {
      await tx.subscriptionPeriod.updateMany({ where: { ...where, endsAt: { gt: at }, usageDueAt: { not: null } }, data: { usageDueAt: at } });
      await tx.subscriptionPeriod.updateMany({ where: { ...where, endsAt: { gt: at } }, data: { endsAt: at } });
    }
  }

  /** Gives a locked subscription a new version without changing it. Requests that name the version before are refused from then on. */
  async touchSubscription(tx: PlatformTransaction, { subscription: { organizationId, id } }: LockedSubscription): Promise<void> {
    await tx.subscription.update({ where: { organizationId_id: { organizationId, id } }, data: { version: { increment: 1 } } });
  }

  /**
   * Lets no other change begin at the payment provider until {@link endProviderChange}: concurrent ones would be computed from the same
   * items, and buy twice. Call it in the transaction that decides.
   *
   * @returns the claim, which ends by itself if the process does
   * @throws {ChangeInProgressError}
   */
  async beginProviderChange(tx: PlatformTransaction, { subscription }: Pick<LockedSubscription, 'subscription'>, now: Date): Promise<ProviderChange> {
    const { organizationId, id, changingUntil } = subscription;
    if (changingUntil !== null && changingUntil > now) throw new ChangeInProgressError();
    const until = new Date(now.getTime() + longestProviderChange);
    await tx.subscription.update({ where: { organizationId_id: { organizationId, id } }, data: { changingUntil: until } });
    return { organizationId, until };
  }

  /** Ends a claim. One that cannot be ended, such as by a member who was removed meanwhile, ends by itself. */
  async endProviderChange(platform: PlatformDb, { organizationId, until }: ProviderChange): Promise<void> {
    const end = (tx: PlatformTransaction): Promise<unknown> => tx.subscription.updateMany({ where: { organizationId, changingUntil: until }, data: { changingUntil: null } });
    await platform.$transaction(end, { locksOrganization: organizationId }).catch((error: unknown) => this.#logger.warn({ organizationId, err: error }, 'A change was not ended'));
  }

  #consequences(before: Subscription, subscription: Subscription, organization: Organization, at: Date): Prisma.OrganizationUncheckedUpdateInput {
    const { entitledTo } = standings[subscription.status];
    const plan = entitledTo === 'plan' ? subscription.plan : this.catalog.billing.fallbackPlan;
    const { trialEndsAt } = subscription;
    const usageAnchorDay = anchorDayOf(before, subscription, organization);
    return {
      ...(plan === organization.plan ? {} : { plan }),
      ...(trialEndsAt?.getTime() === organization.trialEndsAt?.getTime() ? {} : { trialEndsAt }),
      ...(usageAnchorDay === organization.usageAnchorDay ? {} : { usageAnchorDay, usageAnchorSince: at }),
      ...statusOf(organization, organizationStatusOf(subscription.status, this.catalog.billing.canceledOrganizations), at),
    };
  }
}

function differs(subscription: Subscription, changes: SubscriptionChanges): boolean {
  return Object.entries(changes).some(([key, wanted]) => wanted !== undefined && !isSame(subscription[key as keyof Subscription], wanted));
}

/** Returns the columns for the status that billing wants. A suspension by the operator stays; billing's status then applies once the operator lifts it. */
function statusOf(organization: Organization, wanted: Organization['status'], at: Date): Prisma.OrganizationUncheckedUpdateInput {
  if (organization.status === 'pending') return {};
  if (organization.suspendedBy === 'operator')
    return organization.suspendedFrom === 'pending' || organization.suspendedFrom === wanted || wanted === 'suspended' ? {} : { suspendedFrom: wanted };
  if (organization.status === wanted) return {};
  if (wanted === 'suspended')
    return { status: wanted, suspendedBy: 'billing', suspendedFrom: organization.status, suspendedAt: at, suspendedReason: 'The subscription is unpaid or paused.' };
  return { status: wanted, suspendedBy: null, suspendedFrom: null, suspendedAt: null, suspendedReason: null };
}

/** The data of a domain event. */
const eventData = ({ plan, status, interval, seats, addOns, periodEnd, trialEndsAt, cancelAtPeriodEnd }: Subscription): Prisma.InputJsonObject => ({
  plan,
  status,
  interval,
  seats,
  addOns,
  periodEnd: periodEnd?.toISOString() ?? null,
  trialEndsAt: trialEndsAt?.toISOString() ?? null,
  cancelAtPeriodEnd,
});
