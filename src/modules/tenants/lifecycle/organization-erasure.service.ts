import { Injectable } from '@nestjs/common';
import { lockForErasure, lockOrganizations } from '../../../database/locks.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Prisma } from '../../../generated/prisma/client.js';
import { ErasedSubscriptionsService } from '../../billing/subscriptions/erased-subscriptions.service.js';

/** Erases organizations with all their rows. */
@Injectable()
export class OrganizationErasureService {
  constructor(private readonly erasedSubscriptions: ErasedSubscriptionsService) {}

  /**
   * Ends the subscriptions of the organizations, and erases these. The lock waits for the writes of requests that have begun, and later ones wait
   * for it and find no organization: none of them holds a row that the deletion needs.
   *
   * @param moved whether the organizations were moved to another installation, to which their subscriptions now belong
   * @returns how many were erased
   */
  async eraseOrganizations(tx: PlatformTransaction, which: Prisma.OrganizationWhereInput, { moved = false } = {}): Promise<number> {
    await lockForErasure(tx);
    const found = await tx.organization.findMany({ where: which, select: { id: true }, orderBy: { id: 'asc' } });
    const ids = found.map(({ id }) => id);
    // Before the organizations, as audit.chain() does.
    await tx.$executeRaw`select audit.lock_heads(${ids}::uuid[])`;
    await lockOrganizations(tx, ids);
    // Waits for the work of the platform, which locks the organization as a row that its rows reference.
    await tx.$queryRaw`select id from organizations where id = any(${ids}::uuid[]) order by id for update`;
    // An organization that was restored meanwhile stays.
    const erased = { AND: [which, { id: { in: ids } }] };
    if (!moved) await this.erasedSubscriptions.endErasedSubscriptions(tx, erased);
    let count = 0;
    // One after the other: one statement would lock the heads of their audit chains in an order of its own.
    for (const id of ids) count += (await tx.organization.deleteMany({ where: { AND: [which, { id }] } })).count;
    return count;
  }
}
