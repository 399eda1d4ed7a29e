import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { hashOpaqueToken, newOpaqueToken } from '../../common/crypto/opaque-token.js';
import { AppConfig, lifetimes } from '../../config/app-config.js';
import { isUniqueViolation } from '../../database/database-errors.js';
import { PlatformDb, type PlatformTransaction } from '../../database/platform-db.js';
import type { User } from '../../generated/prisma/client.js';
import { OutboxService } from '../mail/outbox.service.js';
import { EmailTakenError, InvalidVerificationTokenError } from './auth.errors.js';

const purpose = 'verify_email';

/** Verifies email addresses by a mailed link, which works once and for one day. */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** Sends a new link. Previous links of the user stop working. */
  async sendVerificationMail(tx: PlatformTransaction, user: Pick<User, 'id' | 'email' | 'name'>): Promise<void> {
    const token = newOpaqueToken();
    await tx.userToken.updateMany({ where: { userId: user.id, purpose, usedAt: null }, data: { usedAt: this.clock.now() } });
    await tx.userToken.create({
      data: { userId: user.id, purpose, tokenHash: hashOpaqueToken(token), expiresAt: new Date(this.clock.now().getTime() + 1000 * lifetimes.emailVerification) },
    });
    await this.outbox.addMail(tx, { template: 'verify-email', to: user.email, data: { name: user.name, link: `${this.config.appUrl}/verify-email?token=${token}` } });
  }

  /** Sends a new link in its own transaction. Does nothing when the address is already verified. */
  async resendVerificationMail(userId: string): Promise<void> {
    await this.platform.$transaction(async (tx) => {
      const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
      if (user.emailVerifiedAt === null) await this.sendVerificationMail(tx, user);
    });
  }

  /**
   * @throws {InvalidVerificationTokenError} when the link was used, replaced or has expired
   * @throws {EmailTakenError} when another account has already verified the address
   */
  async verifyEmail(token: string): Promise<void> {
    const tokenHash = hashOpaqueToken(token);
    try {
      await this.platform.$transaction(async (tx) => {
        const [used] = await tx.userToken.updateManyAndReturn({
          where: { tokenHash, purpose, usedAt: null, expiresAt: { gt: this.clock.now() } },
          data: { usedAt: this.clock.now() },
        });
        if (used === undefined) throw new InvalidVerificationTokenError();
        await tx.user.update({ where: { id: used.userId }, data: { emailVerifiedAt: this.clock.now() } });
      });
    } catch (error) {
      if (isUniqueViolation(error, 'email')) throw new EmailTakenError();
      throw error;
    }
  }
}
