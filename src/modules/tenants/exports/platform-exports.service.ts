import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../../common/http/pages/page.js';
import { answerOfStorage } from '../../../common/storage/storage-answers.js';
import { lockOrganization } from '../../../database/locks.js';
import { PlatformDb } from '../../../database/platform-db.js';
import type { OrganizationExport } from '../../../generated/prisma/client.js';
import { PlatformAccessLogService } from '../../audit/access-log/platform-access-log.service.js';
import { assertMayExport } from './export-limits.js';
import { ExportLinksService } from './export-links.service.js';
import { unfinished } from './export-status.js';
import { exportKey, ExportStorage } from './export-storage.js';
import { toExportDto, type ExportLinkDto, type ListExportsQuery, type OrganizationExportDto } from './exports.dto.js';
import { ExportNotReadyError } from './exports.errors.js';

/** Creates and shows exports of organizations for the operator. They have the credentials of members, as those of the command line do. */
@Injectable()
export class PlatformExportsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly accessLog: PlatformAccessLogService,
    private readonly pages: Pages,
    private readonly links: ExportLinksService,
    private readonly storage: ExportStorage,
    private readonly clock: Clock,
  ) {}

  /** @throws {NotFoundError | OrganizationExportRunningError | TooManyExportsError} */
  async createExport(organizationId: string, operatorId: string): Promise<OrganizationExportDto> {
    const now = this.clock.now();
    await this.accessLog.recordOrganizationRead(organizationId);
    return this.platform.$transaction(async (tx) => {
      if (!(await lockOrganization(tx, organizationId))) throw new NotFoundError();
      await assertMayExport(tx, organizationId, now);
      return toExportDto(await tx.organizationExport.create({ data: { organizationId, byOperator: true, requestedById: operatorId, createdAt: now, dueAt: now } }));
    });
  }

  /** @throws {NotFoundError | MalformedRequestError} when there is no such organization, or the cursor is not one of this list */
  async listExports(organizationId: string, request: ListExportsQuery): Promise<Page<OrganizationExportDto>> {
    if ((await this.platform.organization.count({ where: { id: organizationId } })) === 0) throw new NotFoundError();
    const filter = { organizationId, ...(request.status === undefined ? {} : { status: request.status }) };
    const page = await this.pages.list(request, {
      scope: `tenant exports ${organizationId}`,
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.platform.organizationExport.findMany({ where: { AND: [filter, where] }, orderBy, take }),
      count: () => this.platform.organizationExport.count({ where: filter }),
    });
    return mapPage(page, toExportDto);
  }

  /** @throws {NotFoundError} */
  async getExport(organizationId: string, id: string): Promise<OrganizationExportDto> {
    return toExportDto(await this.#find(organizationId, id));
  }

  /** Cancels an export, or deletes its file. @throws {NotFoundError | StorageUnavailableError} */
  async cancelExport(organizationId: string, id: string): Promise<void> {
    const { lease } = await this.#find(organizationId, id);
    const where = { organizationId, id, status: { in: [...unfinished, 'ready'] } };
    await this.platform.organizationExport.updateMany({ where, data: { status: 'canceled', dueAt: null, finishedAt: this.clock.now() } });
    if (lease !== null) await answerOfStorage(this.storage.objects.delete(exportKey(organizationId, lease)));
  }

  /** @throws {NotFoundError | ExportNotReadyError} */
  async createLink(organizationId: string, id: string, operatorId: string): Promise<ExportLinkDto> {
    const now = this.clock.now();
    const { count } = await this.platform.organizationExport.updateMany({ where: { organizationId, id, status: 'ready', expiresAt: { gt: now } }, data: { linkedAt: now } });
    if (count === 0) {
      await this.#find(organizationId, id);
      throw new ExportNotReadyError();
    }
    return this.links.makeLink({ organizationId, exportId: id, userId: operatorId });
  }

  async #find(organizationId: string, id: string): Promise<OrganizationExport> {
    const row = await this.platform.organizationExport.findUnique({ where: { organizationId_id: { organizationId, id } } });
    if (row === null) throw new NotFoundError();
    return row;
  }
}
