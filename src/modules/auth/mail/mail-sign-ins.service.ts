import { Injectable } from '@nestjs/common';
import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import { SessionEndedError } from '../../../access/access.errors.js';
import { dayOf } from '../../../common/calendar.js';
import { Clock } from '../../../common/clock.js';
import { deriveKey } from '../../../common/crypto/derived-key.js';
import { hashOpaqueToken, newOpaqueToken } from '../../../common/crypto/opaque-token.js';
import { AppConfig, lifetimes } from '../../../config/app-config.js';
import { linkTo } from '../../../config/front-end-pages.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { MailSignIn } from '../../../generated/prisma/client.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { AccountEndingsService } from '../accounts/account-endings.service.js';
import { LateMailsService } from '../accounts/late-mails.service.js';
import { MailboxesService } from '../accounts/mailboxes.service.js';
import { AccountLockedError } from '../auth.errors.js';
import { AuthService, type MfaChallenge } from '../auth.service.js';
import { LoginAttemptsService } from '../passwords/login-attempts.service.js';
import { isOperator } from '../platform/is-operator.js';
import { SecondFactorsService } from '../second-factors/second-factors.service.js';
import type { Device } from '../sessions/device.js';
import type { TokenPair } from '../sessions/sessions.service.js';
import { SignInMethodsService } from '../sign-in-methods.service.js';
import { SignInQueries } from '../sign-in.queries.js';
import { InvalidMailSignInError, MailProofNeededError } from './mail-sign-ins.errors.js';

/** The codes that can be tried with one request. */
const maxAttempts = 5;
const codeDigits = 8;

/** A sign-in that a page asks for. */
export interface WantedMailSignIn {
  readonly email: string;
  readonly rememberMe?: boolean;
  readonly organizationId?: string;
}

/** The proof of a mailbox: the token of a link, or a code with the token of the request. */
export interface MailProof {
  readonly token?: string;
  readonly requestToken?: string;
  readonly code?: string;
}

/** The wishes of the page that completes a sign-in. */
export interface MailSignInWishes {
  readonly deviceToken?: string | undefined;
  /** As the page wanted that began it, if that has the code; otherwise false. */
  readonly rememberMe?: boolean | undefined;
  /** As the page wanted that began it, if that has the code; otherwise the default of the user. */
  readonly organizationId?: string | undefined;
}

/** Signs users in who prove their mailbox, with a link or a code. */
@Injectable()
export class MailSignInsService {
  readonly #key: Buffer;

  constructor(
    private readonly platform: PlatformDb,
    private readonly methods: SignInMethodsService,
    private readonly queries: SignInQueries,
    private readonly mailboxes: MailboxesService,
    private readonly endings: AccountEndingsService,
    private readonly attempts: LoginAttemptsService,
    private readonly factors: SecondFactorsService,
    private readonly auth: AuthService,
    private readonly outbox: OutboxService,
    private readonly mails: LateMailsService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {
    this.#key = deriveKey(config.appSecret, 'mail-sign-in');
  }

  /** Mails the users who can sign in with an address. Returns before the lookup, so that the response time does not reveal whether the address is known. @throws {SignInMethodOffError} */
  beginSignIn(wanted: WantedMailSignIn, device: Device): { readonly requestToken: string; readonly expiresIn: number } {
    this.methods.assertOffered('mail');
    const requestToken = newOpaqueToken();
    this.mails.writeLater('the mail with the link to sign in', () => this.#sendMails(requestToken, wanted, device));
    return { requestToken, expiresIn: lifetimes.mailSignIn };
  }

  /**
   * Signs in the user who was mailed. Of parallel calls with one link or code, one succeeds.
   *
   * @throws {SignInMethodOffError | MailProofNeededError | InvalidMailSignInError | AccountLockedError}
   * @throws {EmailTakenError} when another account has verified the address in the meantime
   * @throws {OrganizationNotFoundError | OrganizationClosedError} when the user cannot work in the requested organization
   */
  async completeSignIn({ token, requestToken, code }: MailProof, device: Device, { deviceToken, ...wishes }: MailSignInWishes): Promise<TokenPair | MfaChallenge> {
    this.methods.assertOffered('mail');
    const byCode = requestToken !== undefined && code !== undefined;
    if ((token === undefined) === !byCode || (token !== undefined && (requestToken ?? code) !== undefined)) throw new MailProofNeededError();
    const found = byCode ? await this.#findByCode(requestToken, code.replace(' ', ''), device) : await this.#findByLink(token ?? '');
    if (found === undefined || found.userId === null) throw new InvalidMailSignInError();
    const signIn = { ...found, userId: found.userId };
    const { userId } = signIn;
    // The page that has the code asked for it. Anybody can have asked for the link, so that its request decides nothing about the session of the page that opens it.
    const rememberMe = wishes.rememberMe ?? (byCode && signIn.rememberMe);
    const organizationId = wishes.organizationId ?? (byCode ? signIn.wantedOrganizationId : null);
    await this.#proveAddress(signIn);
    const proof = { holds: (tx: PlatformTransaction) => this.#take(tx, signIn), refusal: () => new InvalidMailSignInError() };
    return this.auth.logInByProof({ userId, rememberMe, organizationId, device, method: 'mail' }, proof, deviceToken);
  }

  async #findByLink(token: string): Promise<MailSignIn | undefined> {
    return (await this.platform.mailSignIn.findFirst({ where: { linkHash: hashOpaqueToken(token), ...this.#alive() } })) ?? undefined;
  }

  /** Counts the attempt before the code is compared, so that parallel ones cannot exceed the maximum: for the request, and for the address. */
  async #findByCode(requestToken: string, code: string, device: Device): Promise<MailSignIn | undefined> {
    const requestHash = hashOpaqueToken(requestToken);
    const known = await this.platform.mailSignIn.findMany({ where: { requestHash, ...this.#alive() } });
    const [{ email } = { email: undefined }] = known;
    if (email === undefined) return undefined;
    const candidates = await this.queries.findSignInCandidates(email, device);
    const knowsNetwork = candidates.some((candidate) => candidate.knowsNetwork && known.some(({ userId }) => userId === candidate.id));
    const [attempt] = await this.attempts.beginAttempts([{ mailedCodesTo: email, knowsNetwork }]);
    if (attempt?.lockedFor !== undefined) throw new AccountLockedError(attempt.lockedFor);
    const tried = await this.platform.mailSignIn.updateManyAndReturn({
      where: { requestHash, ...this.#alive(), attempts: { lt: maxAttempts } },
      data: { attempts: { increment: 1 } },
    });
    const hash = this.#hashCode(requestToken, code);
    const match = tried.find(({ codeHash }) => timingSafeEqual(codeHash, hash));
    await (match === undefined ? attempt?.failed() : attempt?.succeeded());
    return match;
  }

  /**
   * Verifies the address of an account that has not done so. The mail proves the mailbox and not who made the account: what gave access to it before is removed,
   * as by a reset of the password.
   */
  async #proveAddress({ id, userId, email }: MailSignIn & { readonly userId: string }): Promise<void> {
    const verified = await this.platform.user.count({ where: { id: userId, email, emailVerifiedAt: { not: null } } });
    if (verified > 0) return;
    try {
      await this.mailboxes.proveMailbox(email, { userId, losesAccess: true }, async (tx) => {
        const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
        if (user.email !== email || (await tx.mailSignIn.count({ where: { id, ...this.#alive() } })) === 0) throw new InvalidMailSignInError();
        // A parallel call can have verified it.
        if (user.emailVerifiedAt !== null) return;
        const used = await tx.mailSignIn.findUniqueOrThrow({ where: { id } });
        await this.endings.removeAllAccess(tx, userId, 'password_changed');
        // It ended this sign-in, too.
        await tx.mailSignIn.create({ data: used });
        await this.mailboxes.verifyAddress(tx, userId, email);
      });
    } catch (error) {
      throw error instanceof SessionEndedError ? new InvalidMailSignInError() : error;
    }
  }

  /** Takes a sign-in, with all others that were mailed to the user. */
  async #take(tx: PlatformTransaction, { id, userId, email }: MailSignIn & { readonly userId: string }): Promise<boolean> {
    const { count } = await tx.mailSignIn.deleteMany({ where: { id, ...this.#alive() } });
    await tx.mailSignIn.deleteMany({ where: { userId } });
    const proved = await tx.user.count({ where: { id: userId, email, emailVerifiedAt: { not: null } } });
    return count > 0 && proved > 0 && (await this.#maySignIn(tx, userId));
  }

  /** A mailbox alone does not sign an operator in who can set up a second factor otherwise. */
  async #maySignIn(tx: PlatformTransaction, userId: string): Promise<boolean> {
    return !this.methods.offers('password') || !(await isOperator(tx, userId)) || (await this.factors.hasSecondFactor(userId, tx));
  }

  #alive() {
    return { expiresAt: { gt: this.clock.now() } };
  }

  #hashCode(requestToken: string, code: string): Uint8Array<ArrayBuffer> {
    return new Uint8Array(createHmac('sha256', this.#key).update(`${requestToken} ${code}`).digest());
  }

  /** Mails the account that has verified the address, or else the claims that can sign in with it. */
  async #sendMails(requestToken: string, wanted: WantedMailSignIn, device: Device): Promise<void> {
    const { email } = wanted;
    const candidates = await this.queries.findSignInCandidates(email, device);
    const mailed = candidates[0]?.verified === true ? candidates.slice(0, 1) : candidates;
    const users = await this.platform.user.findMany({ where: { id: { in: mailed.map(({ id }) => id) } }, orderBy: { createdAt: 'asc' } });
    await this.platform.$transaction(async (tx) => {
      await this.mailboxes.lockAddresses(tx, email);
      let sent = 0;
      for (const user of users) {
        const known = mailed.some(({ id, knowsNetwork }) => id === user.id && knowsNetwork);
        // Strangers can use up the mails to an address, but not those that are asked for from a network of the user.
        const template = known ? 'sign-in-known-network' : 'sign-in';
        if (!(await this.#maySignIn(tx, user.id)) || !(await this.outbox.hasBudget(tx, template, email))) continue;
        sent += 1;
        const { token, code, linkExpiresAt } = await this.#store(tx, requestToken, wanted, user.id);
        const signedUpOn = users.length > 1 ? dayOf(user.createdAt) : null;
        const data = { name: user.name, signedUpOn, code: `${code.slice(0, 4)} ${code.slice(4)}`, link: linkTo(this.config, 'signInByMail', { token }) };
        await this.outbox.addMail(tx, { template, to: email, data, linkExpiresAt });
      }
      if (sent === 0) await this.#store(tx, requestToken, wanted, null);
    });
  }

  async #store(tx: PlatformTransaction, requestToken: string, { email, rememberMe = false, organizationId }: WantedMailSignIn, userId: string | null) {
    const [token, code] = [newOpaqueToken(), String(randomInt(10 ** codeDigits)).padStart(codeDigits, '0')];
    const linkExpiresAt = new Date(this.clock.now().getTime() + 1000 * lifetimes.mailSignIn);
    const hashes = { requestHash: hashOpaqueToken(requestToken), linkHash: hashOpaqueToken(token), codeHash: this.#hashCode(requestToken, code) };
    await tx.mailSignIn.create({ data: { userId, email, ...hashes, rememberMe, wantedOrganizationId: organizationId ?? null, expiresAt: linkExpiresAt } });
    return { token, code, linkExpiresAt };
  }
}
