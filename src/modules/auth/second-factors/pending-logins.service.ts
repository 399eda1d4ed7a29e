import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { SecretBox } from '../../../common/crypto/secret-box.js';
import { AppConfig, lifetimes } from '../../../config/app-config.js';
import { InvalidMfaTokenError } from '../auth.errors.js';

/** A login with a correct password that still needs the second factor. */
export interface PendingLogin {
  readonly userId: string;
  readonly rememberMe: boolean;
  readonly organizationId: string | null;
}

/** Encrypts a pending login into the MFA token and decrypts it again. The server stores nothing for logins that are not completed. */
@Injectable()
export class PendingLoginsService {
  readonly #box: SecretBox;

  constructor(
    config: AppConfig,
    private readonly clock: Clock,
  ) {
    this.#box = new SecretBox(config.appSecret, 'mfa-login', config.previousSecrets);
  }

  sealPendingLogin(login: PendingLogin): string {
    return Buffer.from(this.#box.seal(JSON.stringify({ ...login, expiresAt: this.clock.now().getTime() + 1000 * lifetimes.pendingLogin }))).toString('base64url');
  }

  /** @throws {InvalidMfaTokenError} when the token is invalid or has expired */
  openPendingLogin(token: string): PendingLogin {
    let login: PendingLogin & { readonly expiresAt: number };
    try {
      login = JSON.parse(this.#box.open(Buffer.from(token, 'base64url'))) as typeof login;
    } catch {
      throw new InvalidMfaTokenError();
    }
    if (login.expiresAt <= this.clock.now().getTime()) throw new InvalidMfaTokenError();
    return { userId: login.userId, rememberMe: login.rememberMe, organizationId: login.organizationId };
  }
}
