import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '../../../config/app-config.js';
import { BreachedPasswordError, WeakPasswordError } from '../auth.errors.js';
import { UserSettingsService } from '../user-settings.service.js';
import { assertStrongPassword } from './password.policy.js';

/** A person who gets a password. */
export interface PasswordOwner {
  readonly name: string;
  /** The address, or the user name of a managed account. */
  readonly email: string;
  /** The account, if it exists. The rules of its organizations apply. */
  readonly userId?: string;
  /** The organization that a new account joins. */
  readonly organizationId?: string;
}

/** Milliseconds to wait for the list of breached passwords. */
const lookupTimeout = 2000;

/** Decides which passwords are accepted: by their strength, by the rules of organizations, and by a list of breached passwords. */
@Injectable()
export class PasswordRulesService {
  readonly #logger = new Logger(PasswordRulesService.name);

  constructor(
    private readonly config: AppConfig,
    private readonly settings: UserSettingsService,
  ) {}

  /**
   * @param pointer the place of the password in the body
   * @throws {WeakPasswordError | BreachedPasswordError}
   */
  async assertAccepted(password: string, owner: PasswordOwner, pointer: string): Promise<void> {
    assertStrongPassword(password, [owner.email, owner.name], pointer);
    // The strictest organization of the account decides.
    const least = Math.max(0, ...(await this.settings.valuesOf('password_min_length', owner)).map(Number));
    // Characters are code points (NIST SP 800-63B, section 3.1.1.2).
    if ([...password.normalize('NFC')].length < least)
      throw new WeakPasswordError(`Your organization requires passwords of at least ${least} characters. Use a longer phrase.`, pointer);
    if (await this.#isBreached(password)) throw new BreachedPasswordError(pointer);
  }

  /** Returns whether a list of breached passwords has this one. Without an answer it has not: nobody is kept out while the list cannot be reached. */
  async #isBreached(password: string): Promise<boolean> {
    const baseUrl = this.config.breachedPasswordsUrl;
    if (baseUrl === undefined) return false;
    const { pwnedPassword } = await import('hibp');
    try {
      return (await pwnedPassword(password.normalize('NFC'), { baseUrl, addPadding: true, timeoutMs: lookupTimeout, userAgent: 'tenantry' })) > 0;
    } catch (error) {
      this.#logger.warn({ err: error }, 'the list of breached passwords did not answer; the password is accepted');
      return false;
    }
  }
}
