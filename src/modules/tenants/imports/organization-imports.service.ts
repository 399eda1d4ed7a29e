import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { MalformedRequestError } from '../../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../../common/http/pages/page.js';
import { answerOfStorage } from '../../../common/storage/storage-answers.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { assertNotReserved } from '../../organizations/slug.policy.js';
import { BackupsService } from '../backups/backups.service.js';
import { mostUnfinished } from './import-status.js';
import { toBackupDto, toImportDto, type BackupDto, type CreateOrganizationImportDto, type ListOrganizationImportsQuery, type OrganizationImportDto } from './imports.dto.js';
import { OrganizationImportNotFoundError, TooManyImportsError } from './imports.errors.js';

/** Creates and shows restorations of organizations for the operator. A replica runs them: see `RunImportsWorker`. */
@Injectable()
export class OrganizationImportsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly backups: BackupsService,
    private readonly pages: Pages,
    private readonly clock: Clock,
  ) {}

  /** @throws {MalformedRequestError | ReservedSlugError | TooManyImportsError} */
  async createImport({ backup, exportId, organization, slug, newId = false }: CreateOrganizationImportDto, operatorId: string): Promise<OrganizationImportDto> {
    if ((backup === undefined) === (exportId === undefined))
      throw new MalformedRequestError('Send either backup or exportId.', [{ pointer: '/backup', code: 'required', message: 'send either backup or exportId' }]);
    if (slug !== undefined) assertNotReserved(slug);
    const now = this.clock.now();
    if ((await this.platform.organizationImport.count({ where: { dueAt: { not: null } } })) >= mostUnfinished) throw new TooManyImportsError(mostUnfinished);
    const data = { backup: backup ?? null, exportId: exportId ?? null, source: organization, slug: slug ?? null, newId, requestedById: operatorId, createdAt: now, dueAt: now };
    return toImportDto(await this.platform.organizationImport.create({ data }));
  }

  async listImports(request: ListOrganizationImportsQuery): Promise<Page<OrganizationImportDto>> {
    const page = await this.pages.list(request, {
      scope: 'organization imports',
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.platform.organizationImport.findMany({ where, orderBy, take }),
      count: () => this.platform.organizationImport.count(),
    });
    return mapPage(page, toImportDto);
  }

  /** @throws {OrganizationImportNotFoundError} */
  async getImport(id: string): Promise<OrganizationImportDto> {
    const row = await this.platform.organizationImport.findUnique({ where: { id } });
    if (row === null) throw new OrganizationImportNotFoundError();
    return toImportDto(row);
  }

  /** @throws {StorageUnavailableError} */
  async listBackups(): Promise<BackupDto[]> {
    return (await answerOfStorage(this.backups.listBackups())).map(toBackupDto);
  }
}
