import { Injectable } from '@nestjs/common';
import { lockForErasure, lockOrganizations } from '../../../database/locks.js';
import { isHeldOrganization, UnderLegalHoldError } from '../../../database/legal-holds.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { Prisma } from '../../../generated/prisma/client.js';
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
   * @param refuseHeld whether to refuse organizations under a legal hold; they are left out otherwise
   * @returns how many were erased
   * @throws {UnderLegalHoldError}
   */
  async eraseOrganizations(tx: PlatformTransaction, which: Prisma.OrganizationWhereInput, { moved = false, refuseHeld = false } = {}): Promise<number> {
    await lockForErasure(tx);
    const found = await tx.organization.findMany({ where: which, select: { id: true }, orderBy: { id: 'asc' } });
    const ids = found.map(({ id }) => id);
    // Before the organizations, as audit.chain() does.
    await tx.$executeRaw`select audit.lock_heads(${ids}::uuid[])`;
    await lockOrganizations(tx, ids);
    // Waits for the work of the platform, which locks the organization as a row that its rows reference.
    await tx.$queryRaw`select id from organizations where id = any(${ids}::uuid[]) order by id for update`;
    const held = await tx.$queryRaw<{ id: string }[]>`select o.id from organizations o where o.id = any(${ids}::uuid[]) and ${isHeldOrganization(Prisma.sql`o.id`)}`;
    if (held.length > 0 && refuseHeld) throw new UnderLegalHoldError('The organization, or a member of it,');
    const free = ids.filter((id) => !held.some((each) => each.id === id));
    // An organization that was restored meanwhile stays.
    const erased = { AND: [which, { id: { in: free } }] };
    if (!moved) await this.erasedSubscriptions.endErasedSubscriptions(tx, erased);
    let count = 0;
    // One after the other: one statement would lock the heads of their audit chains in an order of its own.
    for (const id of free) count += (await tx.organization.deleteMany({ where: { AND: [which, { id }] } })).count;
    return count;
  }
}
