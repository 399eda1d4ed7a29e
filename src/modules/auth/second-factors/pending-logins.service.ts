import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { SecretBox } from '../../../common/crypto/secret-box.js';
import { AppConfig } from '../../../config/app-config.js';
import type { PlatformTransaction } from '../../../database/platform-db.js';
import type { Session } from '../../../generated/prisma/client.js';
import { InvalidMfaTokenError } from '../auth.errors.js';
import { SessionsService, type SessionStart } from '../sessions/sessions.service.js';

/**
 * Manages logins with a correct password whose second factor is missing. Such a login is a session that is not alive yet: it
 * ends with the user's sessions, and can be completed once. The MFA token is its id, encrypted.
 */
@Injectable()
export class PendingLoginsService {
  readonly #box: SecretBox;

  constructor(
    private readonly sessions: SessionsService,
    config: AppConfig,
  ) {
    this.#box = new SecretBox(config.appSecret, 'mfa-login', config.previousSecrets);
  }

  /** @returns the MFA token */
  async beginLogin(tx: PlatformTransaction, start: SessionStart): Promise<string> {
    const { id } = await this.sessions.startPendingSession(tx, start);
    return Buffer.from(this.#box.seal(id)).toString('base64url');
  }

  /** Returns the login of an MFA token, without taking it. @throws {InvalidMfaTokenError} */
  async findLogin(token: string): Promise<Session> {
    const pending = await this.sessions.findPendingSession(this.#open(token));
    if (pending === undefined) throw new InvalidMfaTokenError();
    return pending;
  }

  /** Takes the login of an MFA token; of parallel calls one succeeds. @throws {InvalidMfaTokenError} */
  async takeLogin(tx: PlatformTransaction, { id }: Session): Promise<void> {
    if (!(await this.sessions.takePendingSession(tx, id))) throw new InvalidMfaTokenError();
  }

  #open(token: string): string {
    let id: string;
    try {
      id = this.#box.open(Buffer.from(token, 'base64url'));
    } catch {
      throw new InvalidMfaTokenError();
    }
    if (!isUUID(id)) throw new InvalidMfaTokenError();
    return id;
  }
}
