import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { isUniqueViolation } from '../../database/database-errors.js';
import { PlatformDb, type PlatformTransaction } from '../../database/platform-db.js';
import type { User } from '../../generated/prisma/client.js';
import { EmailTakenError } from './auth.errors.js';
import { assertStrongPassword } from './passwords/password.policy.js';
import { PasswordsService } from './passwords/passwords.service.js';

export interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/** A user to insert, with the password already hashed: hashing is slow and must not run in the transaction. */
export interface PreparedUser {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
}

/**
 * The number of accounts with the same address that a login checks: the one that has verified it, and the newest others.
 * The login always checks this number of hashes, so that the response time does not reveal how many accounts exist.
 */
const maxAccountsChecked = 3;

/**
 * Creates and finds users, and checks their passwords.
 *
 * Sign-up does not reveal whether an address is known: several accounts can have the same unverified address, each with its
 * own password. Once an account has verified the address, it is the only owner of it.
 */
@Injectable()
export class UsersService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly passwords: PasswordsService,
    private readonly clock: Clock,
  ) {}

  /** @throws {WeakPasswordError} */
  async prepareUser({ email, name, password }: NewUser): Promise<PreparedUser> {
    assertStrongPassword(password, [email, name]);
    return { email, name, passwordHash: await this.passwords.hashPassword(password) };
  }

  /**
   * @param emailVerified whether the user has verified the address
   * @throws {EmailTakenError} when another account has verified the address
   */
  async createUser(tx: PlatformTransaction, { email, name, passwordHash }: PreparedUser, emailVerified: boolean): Promise<User> {
    try {
      return await tx.user.create({ data: { email, name, emailVerifiedAt: emailVerified ? this.clock.now() : null, credential: { create: { passwordHash } } } });
    } catch (error) {
      if (isUniqueViolation(error, 'email')) throw new EmailTakenError();
      throw error;
    }
  }

  /** Returns the user with this address and password, or undefined. Takes the same time in both cases. */
  async findByCredentials(email: string, password: string): Promise<User | undefined> {
    const users = await this.platform.user.findMany({
      where: { email, disabledAt: null },
      include: { credential: true },
      orderBy: [{ emailVerifiedAt: { sort: 'desc', nulls: 'last' } }, { createdAt: 'desc' }],
      take: maxAccountsChecked,
    });
    const hashes = Array.from({ length: maxAccountsChecked }, (_, index) => users[index]?.credential?.passwordHash);
    const matches = await Promise.all(hashes.map((passwordHash) => this.passwords.verifyPassword(password, passwordHash)));
    return users.find((_, index) => matches[index] === true);
  }

  /** Returns whether the password of the user is correct. */
  async hasPassword(userId: string, password: string): Promise<boolean> {
    const credential = await this.platform.credential.findUnique({ where: { userId } });
    return this.passwords.verifyPassword(password, credential?.passwordHash);
  }

  /** Checks and hashes a new password of a user. @throws {WeakPasswordError} */
  async hashNewPassword(password: string, { email, name }: Pick<User, 'email' | 'name'>): Promise<string> {
    assertStrongPassword(password, [email, name], '/newPassword');
    return this.passwords.hashPassword(password);
  }

  /** Returns the active user who has verified this address, or null. */
  async findVerifiedUser(email: string): Promise<User | null> {
    return this.platform.user.findFirst({ where: { email, emailVerifiedAt: { not: null }, disabledAt: null } });
  }
}
