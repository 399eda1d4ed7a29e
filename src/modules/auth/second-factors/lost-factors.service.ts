import { Injectable } from '@nestjs/common';
import { verifiedAddressOf } from '../../../access/managed-accounts.js';
import type { PlatformTransaction } from '../../../database/platform-db.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { OwnSecondFactorError } from '../auth.errors.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SecondFactorsService } from './second-factors.service.js';

/** Removes the second factors of somebody who has lost them, when somebody else has verified who asks. */
@Injectable()
export class LostFactorsService {
  constructor(
    private readonly factors: SecondFactorsService,
    private readonly sessions: SessionsService,
    private readonly outbox: OutboxService,
  ) {}

  /**
   * Removes the authenticator app, the recovery codes and the passkeys of a user, and the trust in devices. Their sessions end, and the verified address gets a mail.
   * The password stays. Does nothing when the user has no second factor.
   *
   * @param actorId who removes them; undefined for the command line
   * @returns whether there was one; false also for a user who does not exist
   * @throws {OwnSecondFactorError} when it is the actor's own: a stolen session must not be able to remove it without a code
   */
  async removeLostFactors(tx: PlatformTransaction, userId: string, actorId: string | undefined): Promise<boolean> {
    if (userId === actorId) throw new OwnSecondFactorError();
    // An enrolment that is on its way is committed before, and removed.
    await tx.$queryRaw`select id from users where id = ${userId}::uuid for no key update`;
    const user = await tx.user.findUnique({ where: { id: userId }, include: { secondFactor: true, _count: { select: { passkeys: true } } } });
    if (user === null || (user.secondFactor === null && user._count.passkeys === 0)) return false;
    await this.factors.endSecondFactor(tx, userId);
    await tx.passkey.deleteMany({ where: { userId } });
    await this.sessions.endAllSessions(tx, [userId], 'factor_changed');
    const email = verifiedAddressOf(user);
    if (email !== null) await this.outbox.addMail(tx, { template: 'second-factor-removed', to: email, data: { name: user.name } });
    return true;
  }
}
