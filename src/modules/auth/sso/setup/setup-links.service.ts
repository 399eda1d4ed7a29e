import { Injectable } from '@nestjs/common';
import { setupLinkFormat } from '../../../../access/principal/key-token.js';
import { Clock } from '../../../../common/clock.js';
import { NotFoundError } from '../../../../common/errors/app-error.js';
import { AppConfig } from '../../../../config/app-config.js';
import { TenantDb } from '../../../../database/tenant-db.js';
import type { SsoSetupLink } from '../../../../generated/prisma/client.js';
import { TenantContext } from '../../../../tenancy/tenant-context.js';
import { MembershipsService } from '../../../members/memberships.service.js';
import type { CreateSsoSetupLinkDto, NewSetupLink } from './setup.dto.js';
import { TooManySetupLinksError } from '../sso.errors.js';

const maxLinks = 10;
const usualHours = 7 * 24;
const hour = 3_600_000;

/** Makes, lists and revokes the links with which administrators of identity providers, who have no account, set up connections. */
@Injectable()
export class SsoSetupLinksService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly memberships: MembershipsService,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** Returns the links that have not expired, the newest first. */
  async listLinks(): Promise<SsoSetupLink[]> {
    return this.db.ssoSetupLink.findMany({ where: { expiresAt: { gt: this.clock.now() } }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take: maxLinks });
  }

  /** @throws {TooManySetupLinksError} */
  async createLink(actorId: string, { name, expiresInHours = usualHours }: CreateSsoSetupLinkDto): Promise<NewSetupLink> {
    const now = this.clock.now();
    const token = setupLinkFormat.newKey(this.context.organizationId);
    return this.memberships.withMembershipLock(actorId, async (tx) => {
      await tx.ssoSetupLink.deleteMany({ where: { expiresAt: { lte: now } } });
      if ((await tx.ssoSetupLink.count()) >= maxLinks) throw new TooManySetupLinksError(maxLinks);
      const [row] = await tx.ssoSetupLink.createManyAndReturn({
        data: { name, ...setupLinkFormat.secretColumns(token), expiresAt: new Date(now.getTime() + expiresInHours * hour), createdById: actorId },
      });
      if (row === undefined) throw new NotFoundError();
      return { row, token, url: `${this.config.appUrl}/sso-setup#token=${token}` };
    });
  }

  /** Revokes a link. It stops working at once, on every replica. The connections that were created with it stay. @throws {NotFoundError} */
  async revokeLink(id: string): Promise<void> {
    const { count } = await this.db.ssoSetupLink.deleteMany({ where: { id } });
    if (count === 0) throw new NotFoundError();
  }

  /** Returns the name of the organization. */
  async nameOfOrganization(): Promise<string> {
    return (await this.db.organization.findFirstOrThrow({ select: { name: true } })).name;
  }
}
