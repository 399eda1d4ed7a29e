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

/** A user that is ready to be inserted: the slow hash is made before the transaction begins. */
export interface PreparedUser {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
}

/**
 * How many accounts that claim one address a login tries: the one that has proved it, and the newest others. Always so
 * many passwords are checked, with decoys for what is missing, so that the time does not tell how many there are.
 */
const maxAccountsTried = 3;

/**
 * Users and their passwords.
 *
 * Signing up never says whether an address is known: until somebody proves that an address is theirs, several accounts
 * may claim it, and each is reached only with its own password. Once it is proved, that account alone owns it.
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
   * @param emailVerified whether the user has proved that the address is theirs
   * @throws {EmailTakenError} when another account owns the verified address
   */
  async createUser(tx: PlatformTransaction, { email, name, passwordHash }: PreparedUser, emailVerified: boolean): Promise<User> {
    try {
      return await tx.user.create({ data: { email, name, emailVerifiedAt: emailVerified ? this.clock.now() : null, credential: { create: { passwordHash } } } });
    } catch (error) {
      if (isUniqueViolation(error, 'email')) throw new EmailTakenError();
      throw error;
    }
  }

  /** The user with this address and password, or undefined; takes the same time either way. */
  async findByCredentials(email: string, password: string): Promise<User | undefined> {
    const users = await this.platform.user.findMany({
      where: { email, disabledAt: null },
      include: { credential: true },
      orderBy: [{ emailVerifiedAt: { sort: 'desc', nulls: 'last' } }, { createdAt: 'desc' }],
      take: maxAccountsTried,
    });
    const hashes = Array.from({ length: maxAccountsTried }, (_, index) => users[index]?.credential?.passwordHash);
    const fits = await Promise.all(hashes.map((passwordHash) => this.passwords.verifyPassword(password, passwordHash)));
    return users.find((_, index) => fits[index] === true);
  }

  /** Whether this is the user's password. */
  async hasPassword(userId: string, password: string): Promise<boolean> {
    const credential = await this.platform.credential.findUnique({ where: { userId } });
    return this.passwords.verifyPassword(password, credential?.passwordHash);
  }

  /** The hash of a new password of a user. @throws {WeakPasswordError} */
  async hashNewPassword(password: string, { email, name }: Pick<User, 'email' | 'name'>): Promise<string> {
    assertStrongPassword(password, [email, name], '/newPassword');
    return this.passwords.hashPassword(password);
  }

  /** The user who has proved that this address is theirs. */
  async findVerifiedUser(email: string): Promise<User | null> {
    return this.platform.user.findFirst({ where: { email, emailVerifiedAt: { not: null }, disabledAt: null } });
  }
}
