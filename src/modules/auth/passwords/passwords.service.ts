import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';

/** The parameters that OWASP recommends for argon2id: 19 MiB, two passes, one lane (Password Storage Cheat Sheet). */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * Hashes and verifies passwords with argon2id (RFC 9106). Both normalize the password to NFC first, because keyboards and
 * operating systems write the same characters differently (NIST SP 800-63B, section 3.1.1.2).
 */
@Injectable()
export class PasswordsService {
  #decoy: Promise<string> | undefined;

  /** @returns the hash in PHC string format */
  hashPassword(password: string): Promise<string> {
    return this.hashNormalized(password.normalize('NFC'));
  }

  /** Hashes a password in NFC. Tests replace it with a cheaper one. */
  hashNormalized(password: string): Promise<string> {
    return hash(password, parameters);
  }

  /**
   * Returns whether the password is correct. Without a hash it does the same work, so that the response time does not reveal
   * whether an account exists.
   */
  async verifyPassword(password: string, passwordHash: string | undefined): Promise<boolean> {
    this.#decoy ??= this.hashPassword('a password that nobody has');
    const matches = await verify(passwordHash ?? (await this.#decoy), password.normalize('NFC'));
    return matches && passwordHash !== undefined;
  }
}
