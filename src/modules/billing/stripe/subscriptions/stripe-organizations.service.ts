import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../../common/clock.js';
import { PlatformDb } from '../../../../database/platform-db.js';
import type { Subscription } from '../../../../generated/prisma/client.js';

/** The values that identify the organization of a Stripe object. Email addresses are not used: anybody can enter any address. */
export interface OrganizationReferences {
  readonly subscriptionId?: string | undefined;
  readonly customerId: string | undefined;
  /** The organization ids in the metadata of the object and of its customer. */
  readonly named: readonly (string | undefined)[];
}

export type Problem = 'unknown_customer' | 'conflicting_owners' | 'second_subscription' | 'unknown_price' | 'missing_there' | 'impossible_transition';

export type Ownership = { readonly organizationId: string } | { readonly problem: Problem; readonly organizationIds: readonly string[] };

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Finds the organization that a Stripe object belongs to. If it is not exactly one, the object is reported and nothing changes. */
@Injectable()
export class StripeOrganizationsService {
  readonly #logger = new Logger(StripeOrganizationsService.name);

  constructor(
    private readonly platform: PlatformDb,
    private readonly clock: Clock,
  ) {}

  /** All references must name the same organization, and the organization must have no other customer. */
  async findOrganization({ subscriptionId, customerId, named }: OrganizationReferences): Promise<Ownership> {
    const ids = named.filter((name): name is string => name !== undefined && uuid.test(name));
    const or = [
      ...(subscriptionId === undefined ? [] : [{ providerSubscriptionId: subscriptionId }]),
      ...(customerId === undefined ? [] : [{ providerCustomerId: customerId }]),
      ...(ids.length === 0 ? [] : [{ organizationId: { in: ids } }]),
    ];
    const found = or.length === 0 ? [] : await this.platform.subscription.findMany({ where: { OR: or } });
    // A copy that was restored from an archive has its own customer. The organization id in the metadata means the original.
    const isLinked = (row: Subscription): boolean => row.providerCustomerId === (customerId ?? '') || row.providerSubscriptionId === (subscriptionId ?? '');
    const rows = found.filter((row) => !row.providerDetached || isLinked(row));
    const unknownIds = ids.filter((id) => !rows.some(({ organizationId }) => organizationId === id));
    const organizationIds = rows.map(({ organizationId }) => organizationId);
    const [row] = rows;
    if (row === undefined) return { problem: 'unknown_customer', organizationIds: [] };
    const anotherCustomer = row.providerCustomerId !== null && row.providerCustomerId !== customerId;
    return rows.length > 1 || unknownIds.length > 0 || anotherCustomer ? { problem: 'conflicting_owners', organizationIds } : { organizationId: row.organizationId };
  }

  /** Logs a problem, and records a domain event for each organization. The events do not name the other organizations. */
  async reportProblem(problem: Problem, organizationIds: readonly string[], ids: Readonly<Record<string, string | undefined>>): Promise<void> {
    this.#logger.warn({ problem, organizationIds, ...ids }, 'a Stripe object does not belong to exactly one organization, and was not copied');
    const at = this.clock.now();
    const data = organizationIds.map((organizationId) => ({ organizationId, type: 'billing.conflict', occurredAt: at, data: { problem } }));
    if (data.length > 0) await this.platform.domainEvent.createMany({ data });
  }
}
