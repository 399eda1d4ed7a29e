import { Injectable } from '@nestjs/common';
import { addressOf } from '../../access/managed-accounts.js';
import { emailDomainOf } from '../../common/text/internet-names.js';
import { AddressNotVerifiedError, OrganizationNotFoundError } from '../../access/access.errors.js';
import { closedState } from '../../access/organization/organization-state.policy.js';
import type { UserPrincipal } from '../../access/principal/principal.js';
import { ownerRole, Roles } from '../../access/roles.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { isUniqueViolation } from '../../database/database-errors.js';
import { lockOrganization } from '../../database/locks.js';
import { PlatformDb, type PlatformTransaction } from '../../database/platform-db.js';
import type { Domain } from '../../generated/prisma/client.js';
import { MailboxesService } from '../auth/accounts/mailboxes.service.js';
import { SessionsService } from '../auth/sessions/sessions.service.js';
import { AdmissionService } from '../members/admission.service.js';
import type { JoinableOrganizationDto, JoinedDto } from './domains.dto.js';
import { JoinRequestPendingError, AlreadyMemberOfOrganizationError } from './domains.errors.js';

/** Lets users join an organization that has verified the domain of their email address. Uses the platform role, because they are not members yet. */
@Injectable()
export class JoiningService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly mailboxes: MailboxesService,
    private readonly admission: AdmissionService,
    private readonly sessions: SessionsService,
    private readonly roles: Roles,
    private readonly catalog: Catalog,
  ) {}

  /** Returns the organizations that the user can join or request to join, without those of which they are already a member. */
  async listJoinableOrganizations({ userId, email, emailVerified }: UserPrincipal): Promise<JoinableOrganizationDto[]> {
    if (!emailVerified || email === null) return [];
    const domains = await this.platform.domain.findMany({
      where: { ...joinableDomain(email), organization: { deletedAt: null, memberships: { none: { userId } } } },
      include: { organization: { include: { joinRequests: { where: { userId, status: 'pending' } } } } },
      orderBy: [{ createdAt: 'asc' }],
      take: 100,
    });
    return domains
      .filter(({ organization }) => closedState(organization) === undefined)
      .map(({ joinPolicy, failingSince, organization: { id, name, slug, joinRequests } }) => ({
        id,
        name,
        slug,
        joinPolicy: joinsAtOnce({ joinPolicy, failingSince }) ? 'join' : 'request',
        requestedAt: joinRequests[0]?.createdAt ?? null,
      }));
  }

  /**
   * Makes the user a member, or creates a join request, depending on the join policy of the domain.
   *
   * @throws {ManagedAccountError | AddressNotVerifiedError | AlreadyMemberOfOrganizationError | JoinRequestPendingError | AddressOutsideDomainsError}
   * @throws {OrganizationNotFoundError} also when the organization exists but users with this address cannot join it
   */
  async joinOrganization(user: UserPrincipal, organizationId: string, message: string | undefined): Promise<JoinedDto> {
    const { userId, name, emailVerified } = user;
    const email = addressOf(user);
    if (!emailVerified) throw new AddressNotVerifiedError();
    const membership = await this.platform.membership.findUnique({ where: { organizationId_userId: { organizationId, userId } } });
    if (membership !== null) throw new AlreadyMemberOfOrganizationError();
    const domain = await this.platform.domain.findFirst({ where: { organizationId, ...joinableDomain(email) }, include: { organization: true } });
    if (domain === null || closedState(domain.organization) !== undefined) throw new OrganizationNotFoundError();
    const role = joinsAtOnce(domain) ? await this.#admit(organizationId, userId, email) : null;
    if (role !== null) return { status: 'joined', role };
    try {
      await this.platform.$transaction(async (tx) => {
        await this.#lockAddress(tx, userId, email);
        await tx.joinRequest.create({ data: { organizationId, userId, email, name, message: message ?? null } });
      });
    } catch (error) {
      if (isUniqueViolation(error, 'join_requests_pending')) throw new JoinRequestPendingError();
      throw error;
    }
    return { status: 'pending', role: null };
  }

  /**
   * Reads the domain again under the organization's lock, because its policy may have changed.
   *
   * @returns the role; null, without a change, when the member who set the policy can no longer grant the role: a present member must decide
   */
  async #admit(organizationId: string, userId: string, email: string): Promise<string | null> {
    const admit = async (tx: PlatformTransaction): Promise<string | null> => {
      await this.#lockAddress(tx, userId, email);
      await lockOrganization(tx, organizationId);
      await this.sessions.lockUser(tx, userId);
      // Locked, because the daily check or another organization can end the verification.
      await tx.$queryRaw`select id from domains where organization_id = ${organizationId}::uuid and kind = 'email' and name = ${emailDomainOf(email)} for share`;
      const domain = await tx.domain.findFirst({ where: { organizationId, ...joinableDomain(email) } });
      if (domain === null || !joinsAtOnce(domain)) return null;
      const role = this.#roleOf(domain);
      const member = { organizationId, userId, role, invitedById: joinGranterOf(domain) };
      if (!(await this.admission.mayStillAdmit(tx, member, 'joinPolicy'))) return null;
      await this.admission.admitMember(tx, { ...member, email }, { invited: false });
      await tx.user.updateMany({ where: { id: userId, defaultOrganizationId: null }, data: { defaultOrganizationId: organizationId } });
      return role;
    };
    return this.platform.$transaction(admit, { locksOrganizationLater: organizationId });
  }

  /** @throws {AddressNotVerifiedError} when the account got another address in the meantime */
  async #lockAddress(tx: PlatformTransaction, userId: string, email: string): Promise<void> {
    if ((await this.mailboxes.lockAddressOf(tx, userId, email)) === null) throw new AddressNotVerifiedError();
  }

  #roleOf({ joinRole }: Domain): string {
    const wanted = joinRole ?? this.catalog.defaultRole;
    return this.roles.find(wanted) === undefined || wanted === ownerRole ? this.catalog.defaultRole : wanted;
  }
}

/** Matches verified email domains through which this address can join. A check constraint requires DNS verification for the policy `join`. */
const joinableDomain = (email: string) => ({ kind: 'email', name: emailDomainOf(email), verifiedAt: { not: null }, joinPolicy: { not: 'none' } }) as const;

/** Whether users join through the domain without approval: not while its TXT record is missing. */
const joinsAtOnce = ({ joinPolicy, failingSince }: Pick<Domain, 'joinPolicy' | 'failingSince'>): boolean => joinPolicy === 'join' && failingSince === null;

/** The member whose present permissions limit the join policy. */
const joinGranterOf = ({ joinGrantedById, createdById }: Domain): string | null => joinGrantedById ?? createdById;
