import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';

/** OWASP's parameters for argon2id: 19 MiB, two passes, one lane (Password Storage Cheat Sheet). */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Hashes and checks passwords with argon2id (RFC 9106). */
@Injectable()
export class PasswordsService {
  #decoy: Promise<string> | undefined;

  /** @returns the hash in PHC string format */
  hashPassword(password: string): Promise<string> {
    return hash(password, parameters);
  }

  /**
   * Whether the password fits. Without a hash it does the same work for nothing, so that the time does not tell whether
   * there is an account.
   */
  async verifyPassword(password: string, passwordHash: string | undefined): Promise<boolean> {
    this.#decoy ??= this.hashPassword('a password that nobody has');
    const matches = await verify(passwordHash ?? (await this.#decoy), password);
    return matches && passwordHash !== undefined;
  }
}
