import { Injectable } from '@nestjs/common';
import { verifiedAddressOf } from '../../../access/managed-accounts.js';
import type { UserPrincipal } from '../../../access/principal/principal.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { isUniqueViolation } from '../../../database/database-errors.js';
import { lockOrganization } from '../../../database/locks.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import { OutboxService } from '../../mail/outbox.service.js';
import type { CheckedReturn } from '../providers/provider-sign-ins.service.js';
import { assertBegunBy } from '../providers/provider-visits.service.js';
import { IdentityNotFoundError, IdentityTakenError } from '../providers/providers.errors.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SignInMethodsService } from '../sign-in-methods.service.js';
import type { SsoLink } from './sso.dto.js';
import { SsoDiscoveryService, type UsableConnection } from './sso-discovery.service.js';
import { assertNoOperator, SsoVisitsService } from './sso-visits.service.js';

/** Links the accounts of members to those at the identity provider of their organization, by their own consent. */
@Injectable()
export class SsoLinksService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly discovery: SsoDiscoveryService,
    private readonly visits: SsoVisitsService,
    private readonly sessions: SessionsService,
    private readonly methods: SignInMethodsService,
    private readonly outbox: OutboxService,
  ) {}

  /** Returns the accounts at identity providers of organizations that are linked to that of a user, the first linked one first. */
  async listLinks(userId: string): Promise<SsoLink[]> {
    return this.platform.ssoIdentity.findMany({
      where: await ofMember(this.platform, userId),
      include: { connection: true, organization: true },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
  }

  /**
   * Begins the visit that links the account of a member to one at the identity provider, whatever addresses they have: the member, who has proved the account in this session, consents.
   *
   * @returns the page of the identity provider
   * @throws {NotFoundError} for a user who is not a member
   * @throws {ProviderRefusedError} for an operator, whom no organization signs in
   */
  async beginLink({ userId, sessionId }: UserPrincipal, connectionId: string, challenge: string): Promise<string> {
    const connection = await this.discovery.findConnection(connectionId);
    await assertMayLink(this.platform, connection, userId);
    return this.visits.beginVisit(connection, { link: { sessionId } }, challenge);
  }

  /**
   * Links the account at the identity provider to that of the session in which the visit was begun.
   *
   * @throws {NotFoundError | ProviderUnavailableError | ProviderRefusedError | ProviderVisitEndedError}
   * @throws {IdentityTakenError} when it is linked to another account
   */
  async completeLink({ userId, sessionId }: UserPrincipal, connectionId: string, returned: CheckedReturn): Promise<void> {
    const connection = await this.discovery.findConnection(connectionId);
    const { organizationId, name: label } = connection;
    const visit = await this.visits.takeVisit(connection, returned);
    assertBegunBy(visit, 'link', sessionId);
    await this.visits.noted(connection, 'linked', async (note) => {
      const asserted = await this.visits.identify(connection, visit, returned);
      note(asserted.email);
      try {
        await this.platform.$transaction(async (tx) => {
          await lockOrganization(tx, organizationId);
          await this.sessions.lockUser(tx, userId);
          await this.sessions.lockLiveSession(tx, sessionId);
          await this.visits.lockUnchanged(tx, connection);
          await assertMayLink(tx, connection, userId);
          const known = await this.visits.findIdentity(tx, connection, asserted);
          if (known?.userId === userId) return;
          if (known !== null) throw new IdentityTakenError(label);
          const { issuer, subject } = asserted;
          await tx.ssoIdentity.create({ data: { organizationId, connectionId, userId, issuer, subject } });
          await this.#announce(tx, connection, userId, 'added');
        });
      } catch (error) {
        throw isUniqueViolation(error, 'subject') ? new IdentityTakenError(label) : error;
      }
    });
  }

  /**
   * Unlinks the user's own account at the identity provider of a connection, and ends the user's other sessions, which can have begun with it.
   *
   * @throws {IdentityNotFoundError}
   * @throws {LastSignInMethodError} when the user could no longer sign in
   */
  async unlink({ userId, sessionId }: UserPrincipal, connectionId: string): Promise<void> {
    await this.platform.$transaction(async (tx) => {
      await this.sessions.lockUser(tx, userId);
      const identity = await tx.ssoIdentity.findFirst({ where: { ...(await ofMember(tx, userId)), connectionId }, include: { connection: { include: { organization: true } } } });
      if (identity === null) throw new IdentityNotFoundError();
      await tx.ssoIdentity.deleteMany({ where: { organizationId: identity.organizationId, connectionId, userId } });
      if ((await tx.ssoIdentity.count({ where: await ofMember(tx, userId) })) === 0) await this.methods.assertCanSignIn(tx, userId);
      await this.sessions.endOtherSessions(tx, userId, sessionId);
      await this.#announce(tx, identity.connection, userId, 'removed');
    });
  }

  async #announce(tx: PlatformTransaction, { organization }: UsableConnection, userId: string, change: 'added' | 'removed'): Promise<void> {
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    const provider = `the identity provider of ${organization.name}`;
    const to = verifiedAddressOf(user);
    if (to !== null) await this.outbox.addMail(tx, { template: 'identity-changed', to, data: { name: user.name, provider, change } });
  }
}

/** Returns what finds the identities of a member by an index: they are kept with the membership. */
async function ofMember(db: PlatformDb | PlatformTransaction, userId: string): Promise<{ userId: string; organizationId: { in: string[] } }> {
  const memberships = await db.membership.findMany({ where: { userId }, select: { organizationId: true } });
  return { userId, organizationId: { in: memberships.map(({ organizationId }) => organizationId) } };
}

async function assertMayLink(db: PlatformDb | PlatformTransaction, { organizationId, name: label }: UsableConnection, userId: string): Promise<void> {
  if ((await db.membership.count({ where: { organizationId, userId } })) === 0) throw new NotFoundError();
  await assertNoOperator(db, userId, label);
}
