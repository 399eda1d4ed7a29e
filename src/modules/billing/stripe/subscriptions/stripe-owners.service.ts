import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../../common/clock.js';
import { PlatformDb } from '../../../../database/platform-db.js';
import type { Subscription } from '../../../../generated/prisma/client.js';

/** By what an object of Stripe's says whose it is. Never by an e-mail address: anybody can write any. */
export interface Claim {
  readonly subscriptionId?: string | undefined;
  readonly customerId: string | undefined;
  /** The organizations that its metadata, and that of its customer, name. */
  readonly named: readonly (string | undefined)[];
}

export type Problem = 'unknown_customer' | 'conflicting_owners' | 'second_subscription' | 'unknown_price' | 'missing_there' | 'impossible_transition';

export type Ownership = { readonly organizationId: string } | { readonly problem: Problem; readonly organizationIds: readonly string[] };

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whose an object of Stripe's is: one organization, or it is reported and nothing is changed. */
@Injectable()
export class StripeOwnersService {
  readonly #logger = new Logger(StripeOwnersService.name);

  constructor(
    private readonly platform: PlatformDb,
    private readonly clock: Clock,
  ) {}

  /** All that it says must name one organization, and its customer must not be another's, nor the organization have another customer. */
  async of({ subscriptionId, customerId, named }: Claim): Promise<Ownership> {
    const ids = named.filter((name): name is string => name !== undefined && uuid.test(name));
    const or = [
      ...(subscriptionId === undefined ? [] : [{ providerSubscriptionId: subscriptionId }]),
      ...(customerId === undefined ? [] : [{ providerCustomerId: customerId }]),
      ...(ids.length === 0 ? [] : [{ organizationId: { in: ids } }]),
    ];
    const found = or.length === 0 ? [] : await this.platform.subscription.findMany({ where: { OR: or } });
    // Restored beside its original, it is meant by its own customer only: by its name, the original is.
    const isItself = (row: Subscription): boolean => row.providerCustomerId === (customerId ?? '') || row.providerSubscriptionId === (subscriptionId ?? '');
    const rows = found.filter((row) => !row.providerDetached || isItself(row));
    const strangers = ids.filter((id) => !rows.some(({ organizationId }) => organizationId === id));
    const organizationIds = rows.map(({ organizationId }) => organizationId);
    const [row] = rows;
    if (row === undefined) return { problem: 'unknown_customer', organizationIds: [] };
    const anotherCustomer = row.providerCustomerId !== null && row.providerCustomerId !== customerId;
    return rows.length > 1 || strangers.length > 0 || anotherCustomer ? { problem: 'conflicting_owners', organizationIds } : { organizationId: row.organizationId };
  }

  /** Tells the log, and the organizations that it concerns; none of them is told of another. */
  async report(problem: Problem, organizationIds: readonly string[], ids: Readonly<Record<string, string | undefined>>): Promise<void> {
    this.#logger.warn({ problem, organizationIds, ...ids }, 'what Stripe says fits no organization, and was left alone');
    const at = this.clock.now();
    const data = organizationIds.map((organizationId) => ({ organizationId, type: 'billing.conflict', occurredAt: at, data: { problem } }));
    if (data.length > 0) await this.platform.domainEvent.createMany({ data });
  }
}
