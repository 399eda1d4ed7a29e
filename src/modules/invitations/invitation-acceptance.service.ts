import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { AddressNotVerifiedError } from '../../access/access.errors.js';
import type { UserPrincipal } from '../../access/principal/principal.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { PlatformDb, type PlatformTransaction } from '../../database/platform-db.js';
import type { Invitation, Organization } from '../../generated/prisma/client.js';
import { EmailVerificationService } from '../auth/accounts/email-verification.service.js';
import { MailboxesService } from '../auth/accounts/mailboxes.service.js';
import type { Device } from '../auth/sessions/device.js';
import { SessionsService, type TokenPair } from '../auth/sessions/sessions.service.js';
import { SignInMethodsService } from '../auth/sign-in-methods.service.js';
import { UsersService, type PreparedUser } from '../auth/users.service.js';
import { AdmissionService } from '../members/admission.service.js';
import { readInvitationToken } from './invitation-token.js';
import { invitationStatus, type AcceptInvitationDto, type InvitationPreviewDto } from './invitations.dto.js';
import { AccountExistsError, InvitationClosedError, InvitationNotFoundError, NewAccountNeededError, OtherAddressError } from './invitations.errors.js';

type OpenInvitation = Invitation & { readonly organization: Organization };

export interface AcceptedInvitation {
  readonly organization: Organization;
  readonly role: string;
  readonly userId: string;
  /** Whether the user had accepted it before: a second click on the link. */
  readonly alreadyMember: boolean;
  /** Only for a new account. */
  readonly tokens: TokenPair | undefined;
}

/** Previews, accepts and declines invitations for the invited person. Uses the platform role, because the person is not a member yet. */
@Injectable()
export class InvitationAcceptanceService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly users: UsersService,
    private readonly mailboxes: MailboxesService,
    private readonly verification: EmailVerificationService,
    private readonly sessions: SessionsService,
    private readonly admission: AdmissionService,
    private readonly methods: SignInMethodsService,
    private readonly catalog: Catalog,
    private readonly clock: Clock,
  ) {}

  /** @throws {InvitationNotFoundError | InvitationClosedError} */
  async previewInvitation(token: string): Promise<InvitationPreviewDto> {
    const invitation = await this.#getPendingInvitation(token);
    if (!(await this.admission.mayStillAdmit(this.platform, invitation, 'invitation'))) throw new InvitationClosedError('void');
    const { organization, email, role, message, expiresAt, invitedById } = invitation;
    const inviter = await this.platform.user.findUnique({ where: { id: invitedById }, select: { name: true } });
    const { id, name, slug } = organization;
    const roleName = this.catalog.roles.get(role)?.name ?? role;
    return { organization: { id, name, slug }, email, role, roleName, message, invitedBy: inviter?.name ?? null, expiresAt };
  }

  /** @throws {InvitationNotFoundError | InvitationClosedError} */
  async declineInvitation(token: string): Promise<void> {
    const invitation = await this.#getPendingInvitation(token);
    await this.platform.$transaction((tx) => this.#closeInvitation(tx, invitation, { status: 'declined' }));
  }

  /**
   * Accepts an invitation. Of several parallel calls only one accepts it; a member who has accepted it before gets the same answer.
   *
   * @throws {InvitationNotFoundError | InvitationClosedError | InvitationVoidError | AlreadyMemberError}
   * @throws {OtherAddressError | AddressNotVerifiedError} when the signed-in user does not own the invited address
   * @throws {NewAccountNeededError | AccountExistsError | WeakPasswordError | BreachedPasswordError | TooManyClaimsError} when the caller is not signed in
   */
  async acceptInvitation({ token, name, password }: AcceptInvitationDto, principal: UserPrincipal | undefined, device: Device): Promise<AcceptedInvitation> {
    if (principal !== undefined) return this.#acceptOnce(token, principal);
    const invitation = await this.#getPendingInvitation(token);
    if (name === undefined || (password === undefined && this.methods.offers('password'))) throw new NewAccountNeededError();
    const prepared = await this.users.prepareUser({ email: invitation.email, name, password }, invitation.organizationId);
    // Only the mailed link proves the mailbox. The holder of another link does not learn whether its address has an account, as with a sign-up.
    if (invitation.delivery === 'mail' && (await this.users.findVerifiedUser(invitation.email)) !== null) throw new AccountExistsError();
    return this.#acceptWithNewAccount(prepared, invitation, device);
  }

  async #acceptOnce(token: string, principal: UserPrincipal): Promise<AcceptedInvitation> {
    try {
      return await this.#acceptAsUser(principal, await this.#getPendingInvitation(token));
    } catch (error) {
      const accepted = error instanceof InvitationClosedError ? await this.#findAcceptedInvitation(token, principal.userId) : undefined;
      if (accepted === undefined) throw error;
      return accepted;
    }
  }

  /** Returns the invitation if the user has accepted it, and is still a member. */
  async #findAcceptedInvitation(token: string, userId: string): Promise<AcceptedInvitation | undefined> {
    const { organizationId, organization, status, acceptedById } = await this.#getInvitation(token);
    if (status !== 'accepted' || acceptedById !== userId) return undefined;
    const membership = await this.platform.membership.findUnique({ where: { organizationId_userId: { organizationId, userId } } });
    return membership === null ? undefined : { organization, role: membership.role, userId, alreadyMember: true, tokens: undefined };
  }

  /** A mailed link proves the mailbox, and the session proves the account: together they verify the address. */
  async #acceptAsUser({ userId }: UserPrincipal, invitation: OpenInvitation): Promise<AcceptedInvitation> {
    const { email, organizationId, organization, role } = invitation;
    return this.mailboxes.proveMailbox(email, { userId, organizationId }, async (tx) => {
      const user = await tx.user.findFirst({ where: { id: userId, email } });
      if (user === null) throw new OtherAddressError();
      const emailVerified = user.emailVerifiedAt !== null;
      if (!emailVerified && invitation.delivery !== 'mail') throw new AddressNotVerifiedError();
      await this.#admitInvited(tx, invitation, userId);
      if (!emailVerified) await this.mailboxes.verifyAddress(tx, userId, email);
      await tx.user.updateMany({ where: { id: userId, defaultOrganizationId: null }, data: { defaultOrganizationId: organizationId } });
      return { organization, role, userId, alreadyMember: false, tokens: undefined };
    });
  }

  /** A mailed link verifies the address. After a link that a member passed on, a verification mail is sent. */
  async #acceptWithNewAccount(prepared: PreparedUser, invitation: OpenInvitation, device: Device): Promise<AcceptedInvitation> {
    const { organizationId, organization, role } = invitation;
    const mailed = invitation.delivery === 'mail';
    return this.mailboxes.proveMailbox(prepared.email, { organizationId }, async (tx) => {
      const user = await this.users.createUser(tx, prepared, mailed);
      await this.#admitInvited(tx, invitation, user.id);
      await tx.user.update({ where: { id: user.id }, data: { defaultOrganizationId: organizationId } });
      if (!mailed) await this.verification.sendVerificationMail(tx, user, prepared.email);
      // Without a password, the mailed link alone proves something.
      const method = prepared.passwordHash !== undefined ? 'password' : mailed ? 'mail' : null;
      const tokens = await this.sessions.startSession(tx, { userId: user.id, organizationId, rememberMe: false, device, method });
      return { organization, role, userId: user.id, alreadyMember: false, tokens };
    });
  }

  /** Call it under the lock of the organization. */
  async #admitInvited(tx: PlatformTransaction, invitation: OpenInvitation, userId: string): Promise<void> {
    const { organizationId, email, role, invitedById } = invitation;
    await this.#closeInvitation(tx, invitation, { status: 'accepted', acceptedById: userId });
    await this.admission.admitMember(tx, { organizationId, userId, email, role, invitedById }, { invited: true });
  }

  /** Closes the invitation if it is still pending. Checks the token again, because the invitation may have been resent in the meantime. */
  async #closeInvitation(tx: PlatformTransaction, invitation: Invitation, outcome: { status: 'accepted' | 'declined'; acceptedById?: string }): Promise<void> {
    const { organizationId, id, tokenHash } = invitation;
    const where = { organizationId, id, tokenHash, status: 'pending', expiresAt: { gt: this.clock.now() }, organization: { deletedAt: null } } as const;
    const { count } = await tx.invitation.updateMany({ where, data: { ...outcome, closedAt: this.clock.now() } });
    if (count === 0) throw new InvitationClosedError('closed');
  }

  async #getPendingInvitation(token: string): Promise<OpenInvitation> {
    const invitation = await this.#getInvitation(token);
    const state = invitationStatus(invitation, this.clock.now());
    if (state !== 'pending') throw new InvitationClosedError(state);
    return invitation;
  }

  async #getInvitation(token: string): Promise<OpenInvitation> {
    const key = readInvitationToken(token);
    if (key === undefined) throw new InvitationNotFoundError();
    const invitation = await this.platform.invitation.findUnique({ where: { organizationId_tokenHash: key }, include: { organization: true } });
    if (invitation === null || invitation.organization.deletedAt !== null) throw new InvitationNotFoundError();
    return invitation;
  }
}
