import { Injectable } from '@nestjs/common';
import { addressOf } from '../../../access/managed-accounts.js';
import { AddressNotVerifiedError, OperatorSecondFactorRequiredError } from '../../../access/access.errors.js';
import type { UserPrincipal } from '../../../access/principal/principal.js';
import { Clock } from '../../../common/clock.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { AppConfig } from '../../../config/app-config.js';
import { linkTo } from '../../../config/front-end-pages.js';
import { isUniqueViolation } from '../../../database/database-errors.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { Passkey } from '../../../generated/prisma/client.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { MailboxesService } from '../accounts/mailboxes.service.js';
import { MailedTokensService } from '../accounts/mailed-tokens.service.js';
import { isOperator } from '../platform/is-operator.js';
import { SecondFactorsService } from '../second-factors/second-factors.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SignInMethodsService } from '../sign-in-methods.service.js';
import {
  algorithms,
  bytesOf,
  challengeOf,
  credentialIdOf,
  textOfBytes,
  userHandleOf,
  verifiedCounter,
  verifiedRegistration,
  webauthn,
  type CredentialJson,
} from './authenticator-answers.js';
import { PasskeyChallengesService, type ChallengePurpose } from './passkey-challenges.service.js';
import { InvalidPasskeyError, InvalidRegistrationError, PasskeyCounterError, PasskeyExistsError, TooManyPasskeysError } from './passkeys.errors.js';
import { RelyingPartiesService, type RelyingParty } from './relying-parties.service.js';

const maxPasskeys = 20;

/** Options of a WebAuthn ceremony as JSON, which a page hands to its browser. */
export type CeremonyOptions = Readonly<Record<string, unknown>>;

/** A passkey whose answer was verified, with the counter of the answer. */
export interface VerifiedPasskey {
  readonly passkey: Passkey;
  readonly counter: number;
}

const userHandle = (userId: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(userId.replaceAll('-', ''), 'hex'));

/** A counter that has not grown shows that two devices use one key. Authenticators that do not count always send 0. */
const hasRegressed = ({ signCount }: Passkey, counter: number): boolean => (counter > 0 || signCount > 0n) && BigInt(counter) <= signCount;

/** Registers, lists, verifies and removes the passkeys of users (WebAuthn level 3). */
@Injectable()
export class PasskeysService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly challenges: PasskeyChallengesService,
    private readonly parties: RelyingPartiesService,
    private readonly mailboxes: MailboxesService,
    private readonly tokens: MailedTokensService,
    private readonly factors: SecondFactorsService,
    private readonly sessions: SessionsService,
    private readonly methods: SignInMethodsService,
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns the options with which a browser creates a passkey of the user. An unverified account may claim the address of somebody else, to whom a passkey
   * would stay open. Operators need a session with a second factor: otherwise a stolen password would be enough to add one.
   *
   * @param origin of the page
   * @throws {AddressNotVerifiedError | OperatorSecondFactorRequiredError | TooManyPasskeysError | PasskeyOriginError}
   */
  async registrationOptions(user: UserPrincipal, origin: string | undefined): Promise<CeremonyOptions> {
    assertMayRegister(user);
    const { userId, sessionId, name } = user;
    const party = await this.parties.findRelyingParty(origin);
    const known = await this.listPasskeys(userId);
    if (known.length >= maxPasskeys) throw new TooManyPasskeysError(maxPasskeys);
    const challenge = await this.challenges.issueChallenge({ purpose: 'registration', userId, sessionId }, party);
    const { generateRegistrationOptions } = await webauthn();
    const options = await generateRegistrationOptions({
      rpName: this.config.catalog.product,
      rpID: party.rpId,
      userID: userHandle(userId),
      userName: addressOf(user),
      userDisplayName: name,
      challenge: bytesOf(challenge),
      attestationType: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: algorithms,
      excludeCredentials: known.filter(({ rpId }) => rpId === party.rpId).map(descriptorOf),
    });
    return { ...options };
  }

  /**
   * Stores the passkey with which an authenticator answered, and mails the user about it, with a link that removes it.
   *
   * @throws {InvalidRegistrationError | PasskeyExistsError | TooManyPasskeysError | AddressNotVerifiedError | OperatorSecondFactorRequiredError}
   */
  async addPasskey(user: UserPrincipal, name: string, answer: CredentialJson): Promise<Passkey> {
    assertMayRegister(user);
    const { userId, sessionId } = user;
    const [challenge, party] = await this.#takeChallenge(answer, { purpose: 'registration', userId, sessionId }, () => new InvalidRegistrationError());
    const registered = await verifiedRegistration(answer, challenge, party);
    if (registered === undefined) throw new InvalidRegistrationError();
    const { credential, credentialBackedUp: backedUp } = registered;
    const created = {
      userId,
      name,
      credentialId: bytesOf(credential.id),
      publicKey: new Uint8Array(credential.publicKey),
      rpId: party.rpId,
      hostOrganizationId: party.hostOrganizationId,
      signCount: credential.counter,
      transports: [...(credential.transports ?? [])],
      backedUp,
    };
    try {
      return await this.platform.$transaction(async (tx) => {
        const account = await this.mailboxes.lockAccount(tx, userId);
        const { id, name: person } = account;
        const email = addressOf(account);
        if (!user.secondFactor && (await isOperator(tx, userId))) throw new OperatorSecondFactorRequiredError();
        if ((await tx.passkey.count({ where: { userId } })) >= maxPasskeys) throw new TooManyPasskeysError(maxPasskeys);
        const passkey = await tx.passkey.create({ data: { ...created, createdAt: this.clock.now() } });
        const { token, linkExpiresAt } = await this.tokens.issueToken(tx, 'undo_passkey', id, email);
        await this.outbox.addMail(tx, {
          template: 'passkey-added',
          to: email,
          data: { name: person, passkey: name, link: linkTo(this.config, 'undoPasskey', { token }) },
          linkExpiresAt,
        });
        return passkey;
      });
    } catch (error) {
      if (isUniqueViolation(error, 'credential_id')) throw new PasskeyExistsError();
      throw error;
    }
  }

  /** Returns the passkeys of a user, oldest first. */
  async listPasskeys(userId: string): Promise<Passkey[]> {
    return this.platform.passkey.findMany({ where: { userId }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
  }

  /** @throws {NotFoundError} */
  async renamePasskey(userId: string, id: string, name: string): Promise<Passkey> {
    const [renamed] = await this.platform.passkey.updateManyAndReturn({ where: { id, userId }, data: { name } });
    if (renamed === undefined) throw new NotFoundError();
    return renamed;
  }

  /**
   * Removes a passkey, mails the user about it, and ends the user's other sessions, which can have begun with it.
   *
   * @throws {NotFoundError}
   * @throws {LastSignInMethodError} when the user could no longer sign in
   * @throws {SecondFactorNeededError} when an organization requires a second factor, and this is the last one
   */
  async removePasskey({ userId, sessionId }: UserPrincipal, id: string): Promise<void> {
    const withoutFactor = await this.factors.judgeWithoutFactor(userId);
    await this.platform.$transaction(async (tx) => {
      const account = await this.mailboxes.lockAccount(tx, userId);
      const passkey = await tx.passkey.findFirst({ where: { id, userId } });
      if (passkey === null) throw new NotFoundError();
      await tx.passkey.delete({ where: { id } });
      await this.methods.assertCanSignIn(tx, userId);
      await withoutFactor(tx);
      await this.sessions.endOtherSessions(tx, userId, sessionId);
      await this.outbox.addMail(tx, { template: 'passkey-removed', to: addressOf(account), data: { name: account.name, passkey: passkey.name } });
    });
  }

  /**
   * Returns the options with which a browser asks for a passkey: for any, in a sign-in, and for those of the user, in a session.
   *
   * @throws {PasskeyOriginError}
   */
  async requestOptions(user: UserPrincipal | undefined, origin: string | undefined): Promise<CeremonyOptions> {
    const party = await this.parties.findRelyingParty(origin);
    const own = user === undefined ? [] : (await this.listPasskeys(user.userId)).filter(({ rpId }) => rpId === party.rpId);
    const challenge = await this.challenges.issueChallenge(user === undefined ? { purpose: 'sign_in' } : reauthenticationOf(user), party);
    const { generateAuthenticationOptions } = await webauthn();
    return { ...(await generateAuthenticationOptions({ rpID: party.rpId, challenge: bytesOf(challenge), userVerification: 'required', allowCredentials: own.map(descriptorOf) })) };
  }

  /**
   * Verifies the answer of a passkey: its challenge, which it uses up, its page, the signature, and that the authenticator has verified its user. Complete it
   * with {@link noteUse}.
   *
   * @throws {InvalidPasskeyError | PasskeyCounterError}
   */
  async verifyAnswer(answer: CredentialJson, purpose: ChallengePurpose): Promise<VerifiedPasskey> {
    const [challenge, party] = await this.#takeChallenge(answer, purpose, () => new InvalidPasskeyError());
    const { rpId, hostOrganizationId } = party;
    const passkey = await this.platform.passkey.findFirst({ where: { credentialId: bytesOf(credentialIdOf(answer) ?? ''), rpId, hostOrganizationId, user: { disabledAt: null } } });
    if (passkey === null || ('userId' in purpose && purpose.userId !== passkey.userId)) throw new InvalidPasskeyError();
    const handle = userHandleOf(answer);
    if (handle !== undefined && handle !== textOfBytes(userHandle(passkey.userId))) throw new InvalidPasskeyError();
    const counter = await verifiedCounter(answer, challenge, party, passkey);
    if (counter === undefined) throw new InvalidPasskeyError();
    if (hasRegressed(passkey, counter)) {
      await this.platform.passkey.updateMany({ where: { id: passkey.id }, data: { counterRegressedAt: this.clock.now() } });
      throw new PasskeyCounterError();
    }
    return { passkey, counter };
  }

  /** Stores the counter and the time of a use. Of parallel uses with one counter, one succeeds. Call it with the user locked. @throws {InvalidPasskeyError} */
  async noteUse(tx: PlatformTransaction, { passkey, counter }: VerifiedPasskey): Promise<void> {
    const newer = counter === 0 ? { equals: 0 } : { lt: counter };
    const { count } = await tx.passkey.updateMany({ where: { id: passkey.id, signCount: newer }, data: { signCount: counter, lastUsedAt: this.clock.now() } });
    if (count === 0) throw new InvalidPasskeyError();
  }

  async #takeChallenge(answer: CredentialJson, purpose: ChallengePurpose, refusal: () => Error): Promise<[string, RelyingParty]> {
    const challenge = challengeOf(answer);
    const taken = challenge === undefined ? undefined : await this.challenges.takeChallenge(challenge, purpose);
    if (challenge === undefined || taken === undefined) throw refusal();
    // A custom domain can have changed hands since the challenge was issued.
    return [challenge, await this.parties.findRelyingParty(taken.origin)];
  }
}

/** The purpose of an answer that proves the user of a session again. */
export const reauthenticationOf = ({ userId, sessionId }: Pick<UserPrincipal, 'userId' | 'sessionId'>): ChallengePurpose => ({ purpose: 'reauthentication', userId, sessionId });

function assertMayRegister({ emailVerified, platformAdmin, secondFactor }: UserPrincipal): void {
  if (!emailVerified) throw new AddressNotVerifiedError();
  if (platformAdmin && !secondFactor) throw new OperatorSecondFactorRequiredError();
}

function descriptorOf({ credentialId, transports }: Passkey): { id: string; transports?: AuthenticatorTransport[] } {
  return { id: textOfBytes(credentialId), ...(transports.length === 0 ? {} : { transports: transports as AuthenticatorTransport[] }) };
}

type AuthenticatorTransport = 'ble' | 'cable' | 'hybrid' | 'internal' | 'nfc' | 'smart-card' | 'usb';
