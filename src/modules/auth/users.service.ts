import { Injectable } from '@nestjs/common';
import { PlatformDb, type PlatformTransaction } from '../../database/platform-db.js';
import type { User } from '../../generated/prisma/client.js';
import { MailboxesService } from './accounts/mailboxes.service.js';
import { NewPasswordNeededError } from './auth.errors.js';
import { generatePassword } from './passwords/password.policy.js';
import { PasswordRulesService } from './passwords/password-rules.service.js';
import { PasswordsService } from './passwords/passwords.service.js';
import { SignInMethodsService } from './sign-in-methods.service.js';

export interface NewUser {
  readonly email: string;
  readonly name: string;
  /** Required if the product offers passwords, and refused otherwise. */
  readonly password?: string | undefined;
}

/** A user to insert, with the password already hashed: hashing is slow and must not run in the transaction. Without one, they sign in another way. */
export interface PreparedUser {
  readonly email: string;
  readonly name: string;
  readonly passwordHash?: string;
}

/** Creates and finds users. An account owns its address once it has verified it; before, it only claims it (docs/accounts.md). */
@Injectable()
export class UsersService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly passwords: PasswordsService,
    private readonly rules: PasswordRulesService,
    private readonly mailboxes: MailboxesService,
    private readonly methods: SignInMethodsService,
  ) {}

  /**
   * @param organizationId the organization that the user joins; undefined for a new one
   * @throws {WeakPasswordError | BreachedPasswordError | NewPasswordNeededError | SignInMethodOffError}
   */
  async prepareUser({ email, name, password }: NewUser, organizationId?: string): Promise<PreparedUser> {
    if (password === undefined) {
      if (this.methods.offers('password')) throw new NewPasswordNeededError();
      // Nobody could sign in to the account.
      this.methods.assertOffered('mail');
      return { email, name };
    }
    this.methods.assertOffered('password');
    await this.rules.assertAccepted(password, { email, name, ...(organizationId === undefined ? {} : { organizationId }) }, '/password');
    return { email, name, passwordHash: await this.passwords.hashPassword(password) };
  }

  /**
   * @param emailVerified whether the mailbox is proved, which ends the claims of others on the address
   * @throws {EmailTakenError} when another account has verified the address
   * @throws {TooManyClaimsError} when very many accounts claim the address
   */
  async createUser(tx: PlatformTransaction, { email, name, passwordHash }: PreparedUser, emailVerified: boolean): Promise<User> {
    if (emailVerified) await this.mailboxes.lockForProof(tx, email);
    else await this.mailboxes.lockForClaim(tx, email);
    const user = await tx.user.create({ data: { email, name } });
    if (passwordHash !== undefined) await tx.credential.create({ data: { userId: user.id, passwordHash } });
    return emailVerified ? this.mailboxes.verifyAddress(tx, user.id, email) : user;
  }

  /** Returns a generated password for a new user; undefined if the product offers none. */
  generatePassword(): string | undefined {
    return this.methods.offers('password') ? generatePassword() : undefined;
  }

  /** Checks and hashes the password of a new account without an address. @throws {SignInMethodOffError | WeakPasswordError | BreachedPasswordError} */
  async hashFirstPassword(
    password: string,
    { userName, name, organizationId }: { readonly userName: string; readonly name: string; readonly organizationId: string },
  ): Promise<string> {
    this.methods.assertOffered('password');
    await this.rules.assertAccepted(password, { email: userName, name, organizationId }, '/password');
    return this.passwords.hashPassword(password);
  }

  /** Checks and hashes a new password of a user. @throws {SignInMethodOffError | WeakPasswordError | BreachedPasswordError} */
  async hashNewPassword(password: string, { id, email, userName, name }: Pick<User, 'id' | 'email' | 'userName' | 'name'>): Promise<string> {
    this.methods.assertOffered('password');
    await this.rules.assertAccepted(password, { userId: id, email: email ?? userName ?? '', name }, '/newPassword');
    return this.passwords.hashPassword(password);
  }

  /** Returns the active user who has verified this address, or null. */
  async findVerifiedUser(email: string): Promise<User | null> {
    return this.platform.user.findFirst({ where: { email, emailVerifiedAt: { not: null }, disabledAt: null } });
  }
}
