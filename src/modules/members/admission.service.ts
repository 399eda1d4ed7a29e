import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { PlatformTransaction } from '../../database/transactions.js';
import { ownerRole } from '../../access/roles.js';
import { SecurityNoticesService } from '../mail/security-notices.service.js';
import { MemberCeilingsService, type AdmissionMeans, type CeilingTables } from './member-ceilings.service.js';
import { beyondCeiling } from '../../access/permission-ceiling.js';
import { AlreadyMemberError, InvitationVoidError } from './members.errors.js';
import { deleteMembership } from './ended-memberships.js';
import { insertMembership } from './new-members.js';
import { MembershipRulesService } from './membership-rules.service.js';

export interface NewMember {
  readonly organizationId: string;
  readonly userId: string;
  readonly email: string;
  readonly role: string;
  /** The member who granted the role: who sent the invitation, or set the join policy of the domain. */
  readonly invitedById: string | null;
}

/** Makes a user a member who is not signed in to the tenant: by an invitation or by a verified domain. Uses the platform's transaction. */
@Injectable()
export class AdmissionService {
  constructor(
    private readonly rules: MembershipRulesService,
    private readonly ceilings: MemberCeilingsService,
    private readonly notices: SecurityNoticesService,
    private readonly clock: Clock,
  ) {}

  /**
   * Judges the grant by what its granter holds now. Call it under the organization's lock.
   *
   * @param invited whether an invitation already holds a seat for the user
   * @throws {InvitationVoidError} when the granter can no longer grant the role
   * @throws {RegistrationClosedError} when a person who is not invited would get a role for minors, and the organization lets minors not register
   * @throws {AlreadyMemberError | AddressOutsideDomainsError | NoSeatLeftError}
   */
  async admitMember(tx: PlatformTransaction, { email, ...member }: NewMember, { invited }: { readonly invited: boolean }): Promise<void> {
    if (!(await this.mayStillAdmit(tx, member, invited ? 'invitation' : 'joinPolicy'))) throw new InvitationVoidError();
    if (!invited) await this.rules.assertMayRegister(tx, member.role, member.organizationId);
    await this.rules.assertMayJoin(tx, email, { organizationId: member.organizationId, invited });
    if (!(await insertMembership(tx, { ...member, email }, this.clock.now()))) throw new AlreadyMemberError();
    const { organizationId, userId, role, invitedById } = member;
    if (role === ownerRole && invitedById !== null) await this.notices.announceOwner(tx, invitedById, 'owner_granted', userId, organizationId);
  }

  /**
   * Makes a user a member without a grant that waits: their directory adds them. Call it under the organization's lock.
   *
   * @returns false when the user is a member already
   * @throws {AddressOutsideDomainsError | NoSeatLeftError}
   */
  async admitUser(tx: PlatformTransaction, { email, ...member }: NewMember): Promise<boolean> {
    const { organizationId, userId } = member;
    if ((await tx.membership.count({ where: { organizationId, userId } })) > 0) return false;
    await this.rules.assertMayJoin(tx, email, { organizationId });
    return insertMembership(tx, { ...member, email }, this.clock.now());
  }

  /** Ends a membership, if there is one. Call it under the organization's lock. @throws {LastOwnerError} */
  async endMembership(tx: PlatformTransaction, organizationId: string, userId: string): Promise<void> {
    await deleteMembership(tx, userId, this.clock.now(), organizationId);
  }

  /** Whether the granter of an invitation or a join policy could let somebody in with this role now. */
  async mayStillAdmit(
    tx: CeilingTables,
    { organizationId, invitedById, role }: Pick<NewMember, 'organizationId' | 'invitedById' | 'role'>,
    means: AdmissionMeans,
  ): Promise<boolean> {
    const ceilings = invitedById === null ? undefined : await this.ceilings.readCeilings(tx, [invitedById], organizationId);
    return this.ceilings.mayAdmit(ceilings?.get(invitedById ?? ''), role, means);
  }

  /**
   * Whether a member who decides about security holds everything that another member holds. Otherwise they could become that member by what they decide.
   *
   * @param atMost the role that the other member may hold at most, for a decision that the granter has left to somebody without permissions
   */
  async mayVouchFor(
    tx: PlatformTransaction,
    { organizationId, userId }: Pick<NewMember, 'organizationId' | 'userId'>,
    granterId: string | null,
    atMost?: string,
  ): Promise<boolean> {
    const ceilings = await this.ceilings.readCeilings(tx, [...(granterId === null ? [] : [granterId]), userId], organizationId);
    const [granter, member] = [ceilings.get(granterId ?? ''), ceilings.get(userId)];
    if (granter?.permissions.has('security:write') !== true || member === undefined) return false;
    const { rank, permissions } = atMost === undefined ? granter : this.ceilings.grantOfRole(atMost);
    return beyondCeiling({ rank, permissions: new Set(permissions) }, member).length === 0;
  }
}
