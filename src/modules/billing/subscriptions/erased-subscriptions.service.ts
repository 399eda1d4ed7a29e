import { Injectable } from '@nestjs/common';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Prisma } from '../../../generated/prisma/client.js';
import { PaymentProvider } from '../providers/payment-provider.js';

/** Sees to it that nobody pays for what is erased. */
@Injectable()
export class ErasedSubscriptionsService {
  constructor(private readonly provider: PaymentProvider) {}

  /** To be called on the transaction that erases, before the rows are gone: what organizations pay ends when it has committed. */
  async end(tx: PlatformTransaction, organizations: Prisma.OrganizationWhereInput): Promise<void> {
    const found = await tx.organization.findMany({ where: organizations, select: { id: true } });
    const ids = found.map(({ id }) => id);
    // Whoever is about to buy has bought before the row is read, or finds no organization.
    await tx.$queryRaw`select id from organizations where id = any(${ids}::uuid[]) order by id for update`;
    for (const subscription of await tx.subscription.findMany({ where: { organizationId: { in: ids } } })) await this.provider.erased(tx, subscription);
  }
}
