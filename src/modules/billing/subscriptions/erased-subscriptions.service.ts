import { Injectable } from '@nestjs/common';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Prisma } from '../../../generated/prisma/client.js';
import { PaymentProvider } from '../providers/payment-provider.js';

/** Ends what the payment provider collects for organizations that are erased. */
@Injectable()
export class ErasedSubscriptionsService {
  constructor(private readonly provider: PaymentProvider) {}

  /** Call it in the transaction that erases the organizations, before their rows are deleted. The provider is asked once it has committed. */
  async endErasedSubscriptions(tx: PlatformTransaction, organizations: Prisma.OrganizationWhereInput): Promise<void> {
    const found = await tx.organization.findMany({ where: organizations, select: { id: true } });
    const ids = found.map(({ id }) => id);
    for (const subscription of await tx.subscription.findMany({ where: { organizationId: { in: ids } } })) await this.provider.endErasedSubscription(tx, subscription);
  }
}
