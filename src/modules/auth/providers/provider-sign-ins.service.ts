import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { emailLocalPartOf } from '../../../common/text/internet-names.js';
import { isUniqueViolation } from '../../../database/database-errors.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { ExternalIdentity } from '../../../generated/prisma/client.js';
import { EmailVerificationService } from '../accounts/email-verification.service.js';
import { MailboxesService } from '../accounts/mailboxes.service.js';
import { EmailTakenError } from '../auth.errors.js';
import { AuthService, type MfaChallenge } from '../auth.service.js';
import type { Device } from '../sessions/device.js';
import type { TokenPair } from '../sessions/sessions.service.js';
import { UsersService } from '../users.service.js';
import { IdentityProvidersService, type AssertedIdentity, type ProviderReturn } from './identity-providers.service.js';
import { ProviderVisitsService } from './provider-visits.service.js';
import { AccountNotLinkedError, ProviderEmailNeededError, ProviderRefusedError, ProviderSignUpClosedError, ProviderVisitEndedError } from './providers.errors.js';

export interface ProviderSignIn {
  readonly challenge: string;
  readonly rememberMe?: boolean;
  readonly organizationId?: string;
}

/** The parameters of a return, and the secret of the page that began the visit. */
export interface CheckedReturn extends ProviderReturn {
  readonly state: string;
  readonly verifier: string;
  /** The token of a trusted device. */
  readonly deviceToken?: string;
}

/** Signs users in with their accounts at identity providers, and creates the accounts of new users. */
@Injectable()
export class ProviderSignInsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly providers: IdentityProvidersService,
    private readonly visits: ProviderVisitsService,
    private readonly users: UsersService,
    private readonly mailboxes: MailboxesService,
    private readonly verification: EmailVerificationService,
    private readonly auth: AuthService,
    private readonly clock: Clock,
  ) {}

  /** @returns the page of the provider @throws {UnknownProviderError | ProviderUnavailableError} */
  async beginSignIn(providerName: string, { challenge, rememberMe = false, organizationId }: ProviderSignIn): Promise<string> {
    const { url, secrets } = await this.providers.beginVisit(this.providers.findProvider(providerName));
    await this.visits.keepVisit({ provider: providerName, purpose: { signIn: { rememberMe, organizationId: organizationId ?? null } }, challenge, ...secrets });
    return url;
  }

  /**
   * Signs in the user whose account is linked, or a new one. The address that a provider asserts never finds an account: an
   * existing one is linked by its user alone (ExternalIdentitiesService).
   *
   * @throws {UnknownProviderError | ProviderUnavailableError | ProviderRefusedError | ProviderVisitEndedError}
   * @throws {ProviderSignUpClosedError | ProviderEmailNeededError | AccountNotLinkedError | TooManyClaimsError} for a new user
   * @throws {OrganizationNotFoundError | OrganizationClosedError} when the user cannot work in the requested organization
   */
  async completeSignIn(providerName: string, { state, verifier, deviceToken, ...returned }: CheckedReturn, device: Device): Promise<TokenPair | MfaChallenge> {
    const provider = this.providers.findProvider(providerName);
    const visit = await this.visits.takeVisit(providerName, state, verifier);
    if (!('signIn' in visit.purpose)) throw new ProviderVisitEndedError('provider_visit_other_purpose');
    const asserted = await this.providers.completeVisit(provider, visit, returned);
    const { id, userId } = (await this.#findIdentity(this.platform, asserted)) ?? (await this.#createAccount(asserted));
    const { rememberMe, organizationId } = visit.purpose.signIn;
    // It can have been unlinked in the meantime.
    const holds = async (tx: PlatformTransaction): Promise<boolean> =>
      (await tx.externalIdentity.updateMany({ where: { id, userId }, data: { lastUsedAt: this.clock.now() } })).count > 0;
    const proof = { holds, refusal: () => new ProviderRefusedError(provider.label, 'identity_account_refused') };
    return this.auth.logInByProof({ userId, rememberMe, organizationId, device, method: 'provider', secondFactor: asserted.secondFactor }, proof, deviceToken);
  }

  /** Creates an account. Parallel first sign-ins of one person make one: they take turns at the address. */
  async #createAccount(asserted: AssertedIdentity): Promise<ExternalIdentity> {
    const { provider, email, emailVerified } = asserted;
    if (!provider.signUp) throw new ProviderSignUpClosedError(provider.label);
    if (email === null) throw new ProviderEmailNeededError(provider.label);
    const create = (tx: PlatformTransaction): Promise<ExternalIdentity> => this.#createUser(tx, asserted, email);
    try {
      if (emailVerified) return await this.mailboxes.proveMailbox(email, {}, create);
      return await this.platform.$transaction(async (tx) => {
        await this.mailboxes.lockForClaim(tx, email);
        return create(tx);
      });
    } catch (error) {
      if (error instanceof EmailTakenError) throw new AccountNotLinkedError(provider.label);
      // The provider asserts another address than in a parallel sign-in.
      const identity = isUniqueViolation(error, 'subject') ? await this.#findIdentity(this.platform, asserted) : null;
      if (identity === null) throw error;
      return identity;
    }
  }

  async #createUser(tx: PlatformTransaction, asserted: AssertedIdentity, email: string): Promise<ExternalIdentity> {
    const existing = await this.#findIdentity(tx, asserted);
    if (existing !== null) return existing;
    const { provider, issuer, subject, emailVerified, name } = asserted;
    const user = await this.users.createUser(tx, { email, name: name ?? emailLocalPartOf(email) }, emailVerified);
    if (!emailVerified) await this.verification.sendVerificationMail(tx, user, email);
    return tx.externalIdentity.create({ data: { userId: user.id, provider: provider.name, issuer, subject, email } });
  }

  #findIdentity(db: PlatformDb | PlatformTransaction, { provider, issuer, subject }: AssertedIdentity): Promise<ExternalIdentity | null> {
    return db.externalIdentity.findUnique({ where: { provider_issuer_subject: { provider: provider.name, issuer, subject } } });
  }
}
