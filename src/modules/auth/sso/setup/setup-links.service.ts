import { Injectable } from '@nestjs/common';
import { setupLinkFormat } from '../../../../access/principal/key-token.js';
import { ownerRole } from '../../../../access/roles.js';
import { Clock } from '../../../../common/clock.js';
import { NotFoundError } from '../../../../common/errors/app-error.js';
import { AppConfig } from '../../../../config/app-config.js';
import { lockOrganization } from '../../../../database/locks.js';
import { PlatformDb, type PlatformTransaction } from '../../../../database/platform-db.js';
import { TenantDb, type TenantTransaction } from '../../../../database/tenant-db.js';
import type { SsoSetupLink } from '../../../../generated/prisma/client.js';
import { TenantContext } from '../../../../tenancy/tenant-context.js';
import { SecurityNoticesService } from '../../../mail/security-notices.service.js';
import { MembershipsService } from '../../../members/memberships.service.js';
import type { CreateSsoSetupLinkDto, CreateTenantSetupLinkDto, NewSetupLink } from './setup.dto.js';
import { SsoDiscoveryService } from '../sso-discovery.service.js';
import { NoOwnerForSetupLinkError, TooManySetupLinksError } from '../sso.errors.js';

const maxLinks = 10;
const usualHours = 7 * 24;
const hour = 3_600_000;

/** Makes, lists and revokes the links with which administrators of identity providers, who have no account, set up connections. */
@Injectable()
export class SsoSetupLinksService {
  constructor(
    private readonly db: TenantDb,
    private readonly platform: PlatformDb,
    private readonly context: TenantContext,
    private readonly memberships: MembershipsService,
    private readonly discovery: SsoDiscoveryService,
    private readonly notices: SecurityNoticesService,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** Returns the links that have not expired, the newest first. */
  async listLinks(): Promise<SsoSetupLink[]> {
    return this.db.ssoSetupLink.findMany({ where: { expiresAt: { gt: this.clock.now() } }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take: maxLinks });
  }

  /** Makes a link for a member. Every owner is notified. @throws {TooManySetupLinksError} */
  async createLink(actorId: string, link: CreateSsoSetupLinkDto): Promise<NewSetupLink> {
    return this.memberships.withMembershipLock(actorId, async (tx) => {
      const made = await this.#insert(tx, this.context.organizationId, { ...link, createdById: actorId, operatorReason: null });
      await this.notices.announce(tx, { userId: actorId, setupLink: { name: link.name, byOperator: false } }, { change: 'setup_link', reason: null });
      return made;
    });
  }

  /**
   * Makes a link for an operator, in the name of the owner who joined first: it works while this user is an owner, and grants what an owner can. Every owner is notified.
   *
   * @param reason recorded in the audit log and sent to the owners
   * @throws {NotFoundError | NoOwnerForSetupLinkError | TooManySetupLinksError | FeatureNotInPlanError | FeatureDisabledError}
   */
  async createLinkForOperator(organizationId: string, { reason, ...link }: CreateTenantSetupLinkDto): Promise<NewSetupLink> {
    return this.platform.$transaction(async (tx) => {
      if (!(await lockOrganization(tx, organizationId))) throw new NotFoundError();
      await this.discovery.assertHasFeature(await tx.organization.findUniqueOrThrow({ where: { id: organizationId } }));
      const owner = await tx.membership.findFirst({
        where: { organizationId, role: ownerRole, user: { is: { disabledAt: null } } },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        select: { userId: true },
      });
      if (owner === null) throw new NoOwnerForSetupLinkError();
      const made = await this.#insert(tx, organizationId, { ...link, createdById: owner.userId, operatorReason: reason });
      const author = { userId: owner.userId, setupLink: { name: link.name, byOperator: true } };
      await this.notices.announce(tx, author, { change: 'setup_link', reason }, organizationId);
      return made;
    });
  }

  async #insert(
    tx: TenantTransaction | PlatformTransaction,
    organizationId: string,
    { name, expiresInHours = usualHours, createdById, operatorReason }: CreateSsoSetupLinkDto & Pick<SsoSetupLink, 'createdById' | 'operatorReason'>,
  ): Promise<NewSetupLink> {
    const now = this.clock.now();
    const token = setupLinkFormat.newKey(organizationId);
    const { ssoSetupLink } = tx as PlatformTransaction;
    await ssoSetupLink.deleteMany({ where: { organizationId, expiresAt: { lte: now } } });
    if ((await ssoSetupLink.count({ where: { organizationId } })) >= maxLinks) throw new TooManySetupLinksError(maxLinks);
    const expiresAt = new Date(now.getTime() + expiresInHours * hour);
    const data = { organizationId, name, ...setupLinkFormat.secretColumns(token), expiresAt, createdById, operatorReason };
    const [row] = await ssoSetupLink.createManyAndReturn({ data });
    if (row === undefined) throw new NotFoundError();
    return { row, token, url: `${this.config.appUrl}/sso-setup#token=${token}` };
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
