import { Injectable } from '@nestjs/common';
import { hash } from '@node-rs/argon2';
import { readPasswordHash, UnusablePasswordHashError, type PasswordHash } from './password-hashes.js';

/** The parameters that OWASP recommends for argon2id: 19 MiB, two passes, one lane (Password Storage Cheat Sheet). */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * Hashes passwords with argon2id (RFC 9106), and verifies them with that or with an imported hash. Both normalize the password to NFC first, because
 * keyboards and operating systems write the same characters differently (NIST SP 800-63B, section 3.1.1.2).
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
   *
   * @param decoy the hash to compare with instead, of a kind that an account could have; by default one of this application
   */
  async verifyPassword(password: string, passwordHash: string | undefined, decoy?: string): Promise<boolean> {
    this.#decoy ??= this.hashPassword('a password that nobody has');
    const known = usableHashOf(passwordHash);
    const compared = known ?? readPasswordHash(decoy ?? (await this.#decoy));
    // Other applications have hashed the password as it was typed.
    const forms = new Set([password.normalize('NFC'), password]);
    const matches = await Promise.all([...forms].map((form) => compared.matches(form)));
    return matches.includes(true) && known !== undefined;
  }
}

/** A hash that is not accepted matches no password, and takes the time of another one. */
function usableHashOf(text: string | undefined): PasswordHash | undefined {
  if (text === undefined) return undefined;
  try {
    return readPasswordHash(text);
  } catch (error) {
    if (error instanceof UnusablePasswordHashError) return undefined;
    throw error;
  }
}
