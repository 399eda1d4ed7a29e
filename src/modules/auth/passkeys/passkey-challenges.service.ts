import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { Clock } from '../../../common/clock.js';
import { hashOpaqueToken } from '../../../common/crypto/opaque-token.js';
import { lifetimes } from '../../../config/app-config.js';
import { PlatformDb } from '../../../database/platform-db.js';
import type { PasskeyChallenge } from '../../../generated/prisma/client.js';
import type { RelyingParty } from './relying-parties.service.js';

/** The use of an answer of an authenticator. Only a sign-in has no user yet. */
export type ChallengePurpose = { readonly purpose: 'sign_in' } | { readonly purpose: 'registration' | 'reauthentication'; readonly userId: string; readonly sessionId: string };

/** Issues the challenges that authenticators sign, and takes each once: for its purpose, its user and its session, within five minutes. */
@Injectable()
export class PasskeyChallengesService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly clock: Clock,
  ) {}

  /** Returns a new challenge in base64url. Only its hash is stored. */
  async issueChallenge(purpose: ChallengePurpose, { origin, rpId }: RelyingParty): Promise<string> {
    const challenge = randomBytes(32).toString('base64url');
    const expiresAt = new Date(this.clock.now().getTime() + 1000 * lifetimes.passkeyChallenge);
    await this.platform.passkeyChallenge.create({ data: { ...purpose, challengeHash: hashOpaqueToken(challenge), origin, rpId, expiresAt } });
    return challenge;
  }

  /**
   * Takes a challenge. Of parallel calls one gets it, and an answer that is refused afterwards has used it up.
   *
   * @returns undefined if it is unknown, taken, expired, or not for this
   */
  async takeChallenge(challenge: string, purpose: ChallengePurpose): Promise<PasskeyChallenge | undefined> {
    const { userId = null, sessionId = null } = 'userId' in purpose ? purpose : {};
    const taken = await this.platform.$queryRaw<PasskeyChallenge[]>`
      delete from passkey_challenges where challenge_hash = ${hashOpaqueToken(challenge)}
        returning challenge_hash as "challengeHash", purpose, user_id as "userId", session_id as "sessionId", origin, rp_id as "rpId", expires_at as "expiresAt"`;
    return taken.find((row) => row.expiresAt > this.clock.now() && row.purpose === purpose.purpose && row.userId === userId && row.sessionId === sessionId);
  }
}
