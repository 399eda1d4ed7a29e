import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { answerOfStorage } from '../../../common/storage/storage-answers.js';
import { mapPage, Pages, type Page } from '../../../common/http/pages/page.js';
import { TenantDb } from '../../../database/tenant-db.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { assertMayExport } from './export-limits.js';
import { ExportLinksService } from './export-links.service.js';
import { unfinished } from './export-status.js';
import { exportKey, ExportStorage } from './export-storage.js';
import { toExportDto, type ExportLinkDto, type ListExportsQuery, type OrganizationExportDto } from './exports.dto.js';
import { ExportNotReadyError } from './exports.errors.js';

/** Exports of an organization by its members. They have no credentials, and exports of operators, which have some, do not exist for members. */
const own = { byOperator: false } as const;

/** Creates and shows the exports of an organization, for its members. */
@Injectable()
export class OrganizationExportsService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly pages: Pages,
    private readonly links: ExportLinksService,
    private readonly storage: ExportStorage,
    private readonly clock: Clock,
  ) {}

  /** @throws {OrganizationExportRunningError | TooManyExportsError} */
  async createExport(userId: string): Promise<OrganizationExportDto> {
    const now = this.clock.now();
    return this.db.$transaction(
      async (tx) => {
        await assertMayExport(tx, this.context.organizationId, now);
        const [row] = await tx.organizationExport.createManyAndReturn({ data: { ...own, requestedById: userId, createdAt: now, dueAt: now } });
        if (row === undefined) throw new NotFoundError();
        return toExportDto(row);
      },
      { locksOrganization: true },
    );
  }

  async listExports(request: ListExportsQuery): Promise<Page<OrganizationExportDto>> {
    const filter = { ...own, ...(request.status === undefined ? {} : { status: request.status }) };
    const page = await this.pages.list(request, {
      scope: `exports ${this.context.organizationId}`,
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.db.organizationExport.findMany({ where: { AND: [filter, where] }, orderBy, take }),
      count: () => this.db.organizationExport.count({ where: filter }),
    });
    return mapPage(page, toExportDto);
  }

  /** @throws {NotFoundError} */
  async getExport(id: string): Promise<OrganizationExportDto> {
    const row = await this.db.organizationExport.findFirst({ where: { ...own, id } });
    if (row === null) throw new NotFoundError();
    return toExportDto(row);
  }

  /** Cancels an export, or deletes its file. @throws {NotFoundError | StorageUnavailableError} */
  async cancelExport(id: string): Promise<void> {
    const row = await this.db.organizationExport.findFirst({ where: { ...own, id } });
    if (row === null) throw new NotFoundError();
    await this.db.organizationExport.updateMany({
      where: { ...own, id, status: { in: [...unfinished, 'ready'] } },
      data: { status: 'canceled', dueAt: null, finishedAt: this.clock.now() },
    });
    if (row.lease !== null) await answerOfStorage(this.storage.objects.delete(exportKey(row.organizationId, row.lease)));
  }

  /** @throws {NotFoundError | ExportNotReadyError} */
  async createLink(id: string, userId: string): Promise<ExportLinkDto> {
    const now = this.clock.now();
    const rows = await this.db.organizationExport.updateManyAndReturn({ where: { ...own, id, status: 'ready', expiresAt: { gt: now } }, data: { linkedAt: now } });
    if (rows[0] === undefined) {
      await this.getExport(id);
      throw new ExportNotReadyError();
    }
    return this.links.makeLink({ organizationId: this.context.organizationId, exportId: id, userId });
  }
}
