import { Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';
import { SystemClock } from '../../../common/clock.js';
import { AppConfig, lifetimes } from '../../../config/app-config.js';
import { SigningKeysService } from './signing-keys.service.js';

export const accessTokenAudience = 'tenantry';

export interface AccessTokenSubject {
  readonly userId: string;
  readonly sessionId: string;
  readonly organizationId: string | null;
  readonly platformAdmin: boolean;
  /** The operator who acts as the user. */
  readonly impersonatorId?: string | null;
  /** The ways in which the user was authenticated (`amr`, RFC 8176); undefined for an impersonation. */
  readonly amr?: readonly string[];
  /** 15 minutes from now when left out. */
  readonly expiresAt?: Date;
}

/** Issues access tokens: JWTs (RFC 9068) signed with ES256 that expire after 15 minutes. */
@Injectable()
export class AccessTokensService {
  constructor(
    private readonly keys: SigningKeysService,
    private readonly config: AppConfig,
    private readonly clock: SystemClock,
  ) {}

  /** The token names the user (`sub`) and, in an impersonation, the operator (`act`, RFC 8693). It has no role. Roles are read for every request, so that changes are effective immediately. */
  async issueAccessToken({ userId, sessionId, organizationId, platformAdmin, impersonatorId = null, amr, expiresAt }: AccessTokenSubject): Promise<string> {
    const { kid, key } = await this.keys.getSigningKey();
    const now = this.clock.now();
    const claims = {
      sid: sessionId,
      ...(organizationId === null ? {} : { org: organizationId }),
      ...(amr === undefined ? {} : { amr }),
      ...(platformAdmin ? { platform_admin: true } : {}),
      ...(impersonatorId === null ? {} : { act: { sub: impersonatorId } }),
    };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
      .setSubject(userId)
      .setIssuer(this.config.tokenIssuer)
      .setAudience(accessTokenAudience)
      .setIssuedAt(now)
      .setExpirationTime(expiresAt ?? new Date(now.getTime() + 1000 * lifetimes.accessToken))
      .sign(key);
  }
}
