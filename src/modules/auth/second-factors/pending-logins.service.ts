import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { SecretBox } from '../../../common/crypto/secret-box.js';
import { AppConfig, lifetimes } from '../../../config/app-config.js';
import { InvalidMfaTokenError } from '../auth.errors.js';

/** A login whose password was right, and whose second factor is still to be shown. */
export interface PendingLogin {
  readonly userId: string;
  readonly rememberMe: boolean;
  readonly organizationId: string | null;
}

/** Hands a half-done login to the caller and takes it back, sealed, so that nothing is stored for those who give up. */
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

  /** @throws {InvalidMfaTokenError} when it is not ours, or too old */
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
