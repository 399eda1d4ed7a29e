import { Injectable } from '@nestjs/common';
import { SessionEndedError } from '../../access/access.errors.js';
import type { UserPrincipal } from '../../access/principal/principal.js';
import { ownerRole } from '../../access/roles.js';
import { lifetimes } from '../../config/app-config.js';
import { PlatformDb } from '../../database/platform-db.js';
import type { Device } from '../auth/sessions/device.js';
import { SessionsService } from '../auth/sessions/sessions.service.js';
import { NobodyToImpersonateError, TenantNotFoundError } from './tenants.errors.js';
import type { ImpersonateDto, ImpersonationDto } from './impersonation.dto.js';

/**
 * Lets an operator act as a member for 15 minutes, in one organization. The impersonation only reads unless it has the scope
 * `write`, never changes who has access, and ends with the operator's session and right (SessionJudgeService). The member sees
 * it in their list of sessions and can end it; the organization sees it in its audit log.
 */
@Injectable()
export class ImpersonationService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly sessions: SessionsService,
  ) {}

  /** @throws {TenantNotFoundError | NobodyToImpersonateError | OrganizationClosedError} */
  async startImpersonation(operator: UserPrincipal, organizationId: string, { userId, reason, scope = 'read' }: ImpersonateDto, device: Device): Promise<ImpersonationDto> {
    if ((await this.platform.organization.count({ where: { id: organizationId } })) === 0) throw new TenantNotFoundError();
    const criterion = userId === undefined ? { role: ownerRole } : { userId };
    const where = { organizationId, ...criterion, user: { is: { disabledAt: null, platformAdmin: { is: null } } } };
    const member = await this.platform.membership.findFirst({ where, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
    if (member === null) throw new NobodyToImpersonateError();
    await this.sessions.assertMayWorkIn(member.userId, organizationId);
    const [impersonatorId, impersonatorSessionId] = [operator.userId, operator.sessionId];
    const start = { userId: member.userId, organizationId, impersonatorId, impersonatorSessionId, reason, scope, device };
    const accessToken = await this.sessions.startImpersonation(start).catch(async (error: unknown) => {
      if (error instanceof SessionEndedError && (await this.platform.user.count({ where: { id: member.userId, disabledAt: null } })) === 0) throw new NobodyToImpersonateError();
      throw error;
    });
    return { accessToken, expiresIn: lifetimes.impersonation, userId: member.userId, scope };
  }
}
