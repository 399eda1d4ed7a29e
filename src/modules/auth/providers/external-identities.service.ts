import { Injectable } from '@nestjs/common';
import { addressOf, verifiedAddressOf } from '../../../access/managed-accounts.js';
import { OperatorSecondFactorRequiredError } from '../../../access/access.errors.js';
import type { UserPrincipal } from '../../../access/principal/principal.js';
import { isUniqueViolation } from '../../../database/database-errors.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { ExternalIdentity, User } from '../../../generated/prisma/client.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { MailboxesService } from '../accounts/mailboxes.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SignInMethodsService } from '../sign-in-methods.service.js';
import { IdentityProvidersService } from './identity-providers.service.js';
import type { CheckedReturn } from './provider-sign-ins.service.js';
import { assertBegunBy, ProviderVisitsService } from './provider-visits.service.js';
import { IdentityNotFoundError, IdentityTakenError } from './providers.errors.js';

/** Links the accounts of users at identity providers, lists and unlinks them. Only the user of an account links it. */
@Injectable()
export class ExternalIdentitiesService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly providers: IdentityProvidersService,
    private readonly visits: ProviderVisitsService,
    private readonly mailboxes: MailboxesService,
    private readonly sessions: SessionsService,
    private readonly methods: SignInMethodsService,
    private readonly outbox: OutboxService,
  ) {}

  /** Returns the identities of a user, the first linked one first. */
  async listIdentities(userId: string): Promise<ExternalIdentity[]> {
    return this.platform.externalIdentity.findMany({ where: { userId }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
  }

  /**
   * @returns the page of the provider
   * @throws {UnknownProviderError | ProviderUnavailableError}
   * @throws {OperatorSecondFactorRequiredError} when an operator links in a session without a second factor
   */
  async beginLink(principal: UserPrincipal, providerName: string, challenge: string): Promise<string> {
    const provider = this.providers.findProvider(providerName);
    if (principal.platformAdmin && !principal.secondFactor) throw new OperatorSecondFactorRequiredError();
    const { url, secrets } = await this.providers.beginVisit(provider);
    await this.visits.keepVisit({ provider: providerName, purpose: { link: { sessionId: principal.sessionId } }, challenge, ...secrets });
    return url;
  }

  /**
   * Links the account at the provider to that of the session in which the visit was begun.
   *
   * @throws {UnknownProviderError | ProviderUnavailableError | ProviderRefusedError | ProviderVisitEndedError}
   * @throws {IdentityTakenError} when it is linked to another account
   */
  async completeLink({ userId, sessionId }: UserPrincipal, providerName: string, { state, verifier, ...returned }: CheckedReturn): Promise<ExternalIdentity> {
    const provider = this.providers.findProvider(providerName);
    const visit = await this.visits.takeVisit(providerName, state, verifier);
    assertBegunBy(visit, 'link', sessionId);
    const { issuer, subject, email } = await this.providers.completeVisit(provider, visit, returned);
    try {
      return await this.platform.$transaction(async (tx) => {
        const user = await this.mailboxes.lockAccount(tx, userId);
        addressOf(user);
        await this.sessions.lockLiveSession(tx, sessionId);
        const linked = await tx.externalIdentity.findUnique({ where: { provider_issuer_subject: { provider: providerName, issuer, subject } } });
        if (linked !== null && linked.userId !== userId) throw new IdentityTakenError(provider.label);
        if (linked !== null) return linked;
        await this.#announce(tx, user, provider.label, 'added');
        return tx.externalIdentity.create({ data: { userId, provider: providerName, issuer, subject, email } });
      });
    } catch (error) {
      throw isUniqueViolation(error, 'subject') ? new IdentityTakenError(provider.label) : error;
    }
  }

  /**
   * Unlinks an identity and ends the user's other sessions, which can have begun with it.
   *
   * @throws {IdentityNotFoundError}
   * @throws {LastSignInMethodError} when the account has no password, no other identity and no passkey
   */
  async unlinkIdentity({ userId, sessionId }: UserPrincipal, identityId: string): Promise<void> {
    await this.platform.$transaction(async (tx) => {
      const user = await this.mailboxes.lockAccount(tx, userId);
      const identity = await tx.externalIdentity.findFirst({ where: { id: identityId, userId } });
      if (identity === null) throw new IdentityNotFoundError();
      await tx.externalIdentity.delete({ where: { id: identityId } });
      await this.methods.assertCanSignIn(tx, userId);
      await this.sessions.endOtherSessions(tx, userId, sessionId);
      const label = this.providers.listProviders().find(({ name }) => name === identity.provider)?.label ?? identity.provider;
      await this.#announce(tx, user, label, 'removed');
    });
  }

  /** An unverified address may belong to somebody else. */
  async #announce(tx: PlatformTransaction, user: User, provider: string, change: 'added' | 'removed'): Promise<void> {
    const to = verifiedAddressOf(user);
    if (to !== null) await this.outbox.addMail(tx, { template: 'identity-changed', to, data: { name: user.name, provider, change } });
  }
}
