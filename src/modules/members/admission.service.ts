import { Injectable } from '@nestjs/common';
import type { PlatformTransaction } from '../../database/transactions.js';
import { AlreadyMemberError } from './members.errors.js';
import { MembershipRulesService } from './membership-rules.service.js';

export interface NewMember {
  readonly organizationId: string;
  readonly userId: string;
  readonly email: string;
  readonly role: string;
  readonly invitedById: string | null;
}

/** Makes a user a member who is not signed in to the tenant: by an invitation or by a verified domain. Uses the platform's transaction. */
@Injectable()
export class AdmissionService {
  constructor(private readonly rules: MembershipRulesService) {}

  /**
   * Call it under the organization's lock.
   *
   * @param invited whether an invitation already holds a seat for the user
   * @throws {AlreadyMemberError | AddressOutsideDomainsError | NoSeatLeftError}
   */
  async admitMember(tx: PlatformTransaction, { email, ...member }: NewMember, { invited }: { readonly invited: boolean }): Promise<void> {
    await this.rules.assertMayJoin(tx, email, { organizationId: member.organizationId, invited });
    const { count } = await tx.membership.createMany({ data: { ...member }, skipDuplicates: true });
    if (count === 0) throw new AlreadyMemberError();
  }
}
