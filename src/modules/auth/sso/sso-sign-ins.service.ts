import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { AppError } from '../../../common/errors/app-error.js';
import { emailDomainOf, emailLocalPartOf } from '../../../common/text/internet-names.js';
import { isUniqueViolation } from '../../../database/database-errors.js';
import { lockOrganization } from '../../../database/locks.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { SsoConnection, SsoIdentity } from '../../../generated/prisma/client.js';
import { MailboxesService } from '../accounts/mailboxes.service.js';
import { AuthService, type MfaChallenge } from '../auth.service.js';
import type { CheckedReturn } from '../providers/provider-sign-ins.service.js';
import { assertBegunBy } from '../providers/provider-visits.service.js';
import { ProviderRefusedError, ProviderVisitEndedError } from '../providers/providers.errors.js';
import type { Device } from '../sessions/device.js';
import { SessionsService, type TokenPair } from '../sessions/sessions.service.js';
import { UsersService } from '../users.service.js';
import { AdmissionService } from '../../members/admission.service.js';
import { SsoConnectionsService, type ConnectionAuthor } from './sso-connections.service.js';
import { provedDomain, SsoDiscoveryService, type UsableConnection } from './sso-discovery.service.js';
import { assertNoOperator, SsoVisitsService } from './sso-visits.service.js';
import { SsoSignOutsService } from './sso-sign-outs.service.js';
import { mappingsOf, roleOf, type SsoUser } from './sso-roles.policy.js';
import { SsoAddressNotProvedError, SsoMemberAboveAuthorError, SsoRoleNotGrantableError } from './sso.errors.js';

/** The result of a test sign-in. */
export interface SsoTest {
  readonly subject: string;
  readonly email: string | null;
  readonly name: string | null;
  /** The role that a new member would get. */
  readonly role: string;
  /** Whether the organization has proved the domain of the address. */
  readonly addressProved: boolean;
  /** The names of all claims. */
  readonly claims: readonly string[];
}

/** Signs users in with the connections of organizations, and makes them members. Uses the platform role, because they are not members yet. */
@Injectable()
export class SsoSignInsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly connections: SsoConnectionsService,
    private readonly discovery: SsoDiscoveryService,
    private readonly visits: SsoVisitsService,
    private readonly mailboxes: MailboxesService,
    private readonly users: UsersService,
    private readonly admission: AdmissionService,
    private readonly sessions: SessionsService,
    private readonly signOuts: SsoSignOutsService,
    private readonly auth: AuthService,
    private readonly clock: Clock,
  ) {}

  /** @returns the page of the identity provider @throws {NotFoundError | ProviderUnavailableError} */
  async beginSignIn(connectionId: string, challenge: string, rememberMe = false): Promise<string> {
    const connection = await this.discovery.findConnection(connectionId);
    return this.visits.beginVisit(connection, { signIn: { rememberMe, organizationId: connection.organizationId } }, challenge);
  }

  /**
   * Signs in the user whose account at the identity provider is known. A new one becomes a member first: their address must be at a domain of which the
   * organization has proved the ownership, so that it could receive the mail of the account anyway.
   *
   * @throws {NotFoundError | ProviderUnavailableError | ProviderRefusedError | ProviderVisitEndedError}
   * @throws {SsoAddressNotProvedError | SsoRoleNotGrantableError | NoSeatLeftError | AddressOutsideDomainsError} for a new member
   * @throws {SsoMemberAboveAuthorError} for the first sign-in of a member with more permissions than the author of the connection
   */
  async completeSignIn(connectionId: string, returned: CheckedReturn, device: Device): Promise<TokenPair | MfaChallenge> {
    const connection = await this.discovery.findConnection(connectionId);
    const { organizationId } = connection;
    const visit = await this.visits.takeVisit(connection, returned);
    if (!('signIn' in visit.purpose)) throw new ProviderVisitEndedError('provider_visit_other_purpose');
    const { rememberMe } = visit.purpose.signIn;
    return this.visits.noted(connection, 'signed_in', async (note) => {
      const asserted = await this.visits.identify(connection, visit, returned);
      note(asserted.email);
      const { id, userId } = (await this.visits.findIdentity(this.platform, connection, asserted)) ?? (await this.#admit(connection, asserted));
      const holds = async (tx: PlatformTransaction): Promise<boolean> => {
        // The user can have become an operator since the first sign-in. The user is locked, as when an operator is added.
        await assertNoOperator(tx, userId, connection.name);
        // A change that disables it waits, and ends the new session.
        await this.visits.lockUnchanged(tx, connection);
        const { count } = await tx.ssoIdentity.updateMany({ where: { organizationId, id, userId }, data: { lastUsedAt: this.clock.now() } });
        return count > 0;
      };
      const proof = { holds, refusal: () => new ProviderRefusedError(connection.name, 'identity_account_refused') };
      return this.auth.logInByProof(
        {
          userId,
          rememberMe,
          organizationId,
          device,
          method: 'sso',
          sso: { organizationId, connectionId, sid: asserted.sid, idToken: this.signOuts.sealIdToken(asserted.idToken) },
        },
        proof,
      );
    });
  }

  /** Begins a test sign-in. The connection need not be enabled. @returns the page of the identity provider @throws {NotFoundError | ProviderUnavailableError} */
  async beginTest(author: ConnectionAuthor, connectionId: string, challenge: string): Promise<string> {
    const connection = await this.connections.getConnection(connectionId, author);
    return this.visits.noted(connection, undefined, () => this.visits.beginVisit(connection, { test: { sessionId: author.testerId } }, challenge));
  }

  /** Completes a test sign-in, by the session or the set-up link that began it. Nobody is signed in. @throws {NotFoundError | ProviderUnavailableError | ProviderRefusedError | ProviderVisitEndedError} */
  async completeTest(author: ConnectionAuthor, connectionId: string, returned: CheckedReturn): Promise<SsoTest> {
    const connection = await this.connections.getConnection(connectionId, author);
    const { organizationId } = connection;
    const visit = await this.visits.takeVisit(connection, returned);
    assertBegunBy(visit, 'test', author.testerId);
    return this.visits.noted(connection, 'tested', async (note) => {
      const asserted = await this.visits.identify(connection, visit, returned);
      const { subject, email, name, claims } = asserted;
      note(email);
      const proved = email === null ? 0 : await this.platform.domain.count({ where: { organizationId, ...provedDomain(email) } });
      await this.visits.noteTest(connection);
      return { subject, email, name, role: this.#roleOf(connection, asserted), addressProved: proved > 0, claims: Object.keys(claims).sort() };
    });
  }

  /** Makes the user a member, after an account was made if the address has none. Parallel first sign-ins of one person take turns at the address. */
  async #admit(connection: UsableConnection, asserted: SsoUser): Promise<SsoIdentity> {
    const { organizationId, name: label } = connection;
    const { email } = asserted;
    if (email === null) throw new SsoAddressNotProvedError(label);
    try {
      return await this.mailboxes.proveMailbox(email, { organizationId }, (tx) => this.#admitUser(tx, connection, asserted, email));
    } catch (error) {
      // AdmissionService calls every grant an invitation.
      if (error instanceof AppError && error.code === 'invitation_void') throw new SsoRoleNotGrantableError();
      // The identity provider asserts another address than in a parallel sign-in.
      const identity = isUniqueViolation(error, 'subject') ? await this.visits.findIdentity(this.platform, connection, asserted) : null;
      if (identity === null) throw error;
      return identity;
    }
  }

  async #admitUser(tx: PlatformTransaction, connection: UsableConnection, asserted: SsoUser, email: string): Promise<SsoIdentity> {
    const { organizationId, organization, id: connectionId, name: label, grantedById, setUpByLink, defaultRole } = connection;
    const { issuer, subject, name } = asserted;
    const known = await this.visits.findIdentity(tx, connection, asserted);
    if (known !== null) return known;
    await lockOrganization(tx, organizationId);
    // Locked, because the daily check or another organization can end the verification.
    await tx.$queryRaw`select id from domains where organization_id = ${organizationId}::uuid and kind = 'email' and name = ${emailDomainOf(email)} for share`;
    if ((await tx.domain.count({ where: { organizationId, ...provedDomain(email) } })) === 0) throw new SsoAddressNotProvedError(label);
    const owner = await tx.user.findFirst({ where: { email, emailVerifiedAt: { not: null } } });
    if (owner !== null) await assertNoOperator(tx, owner.id, label);
    const user = owner ?? (await this.users.createUser(tx, { email, name: name ?? emailLocalPartOf(email) }, true));
    await this.sessions.lockUser(tx, user.id);
    await this.visits.lockUnchanged(tx, connection);
    const member = { organizationId, userId: user.id };
    if ((await tx.membership.count({ where: member })) > 0) {
      // The author of a connection, or the holder of a set-up link, who has no permission, controls the identity provider, and would become a member with more permissions.
      const vouched = await this.admission.mayVouchFor(tx, member, grantedById, setUpByLink ? defaultRole : undefined);
      if (!vouched) throw new SsoMemberAboveAuthorError();
    } else {
      await this.discovery.assertHasFeature(organization);
      await this.admission.admitMember(tx, { ...member, email, role: this.#roleOf(connection, asserted), invitedById: grantedById }, { invited: false });
      await tx.user.updateMany({ where: { id: user.id, defaultOrganizationId: null }, data: { defaultOrganizationId: organizationId } });
    }
    return tx.ssoIdentity.create({ data: { ...member, connectionId, issuer, subject } });
  }

  #roleOf(connection: SsoConnection, { claims }: SsoUser): string {
    return roleOf({ ...connection, roleMappings: mappingsOf(connection) }, claims);
  }
}
