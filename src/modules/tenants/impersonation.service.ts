import { Injectable } from '@nestjs/common';
import { ownerRole } from '../../access/roles.js';
import { lifetimes } from '../../config/app-config.js';
import { PlatformDb } from '../../database/platform-db.js';
import type { Device } from '../auth/sessions/device.js';
import { SessionsService } from '../auth/sessions/sessions.service.js';
import { NobodyToImpersonateError, TenantNotFoundError } from './tenants.errors.js';
import type { ImpersonateDto, ImpersonationDto } from './tenants.dto.js';

/** Lets an operator act as a member for 15 minutes. The reason is recorded, the member can see the session, and it cannot manage credentials. */
@Injectable()
export class ImpersonationService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly sessions: SessionsService,
  ) {}

  /** @throws {TenantNotFoundError | NobodyToImpersonateError | OrganizationClosedError} */
  async startImpersonation(operatorId: string, organizationId: string, { userId, reason }: ImpersonateDto, device: Device): Promise<ImpersonationDto> {
    if ((await this.platform.organization.count({ where: { id: organizationId } })) === 0) throw new TenantNotFoundError();
    const criterion = userId === undefined ? { role: ownerRole } : { userId };
    const where = { organizationId, ...criterion, user: { is: { disabledAt: null, platformAdmin: { is: null } } } };
    const member = await this.platform.membership.findFirst({ where, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
    if (member === null) throw new NobodyToImpersonateError();
    await this.sessions.assertMayWorkIn(member.userId, organizationId);
    const accessToken = await this.sessions.startImpersonation(this.platform, { userId: member.userId, organizationId, impersonatorId: operatorId, reason, device });
    return { accessToken, expiresIn: lifetimes.impersonation, userId: member.userId };
  }
}
