import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import type { ByteRange } from '../../../common/storage/object-storage.js';
import { answerOfStorage } from '../../../common/storage/storage-answers.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { ownerRole } from '../../../config/catalog/catalog.js';
import { ExportLinksService } from './export-links.service.js';
import { exportKey, ExportStorage } from './export-storage.js';
import { ExportFileMissingError, ExportLinkError } from './exports.errors.js';

/** The file of an export, which is never changed. */
export interface ExportFile {
  readonly name: string;
  readonly bytes: number;
  /** Identifies the bytes. */
  readonly version: string;
  readonly read: (range: ByteRange) => Readable;
}

/** Finds the file of a link. Its maker must still be an owner, or an operator for the exports of operators. */
const fileSql = `
  select e.lease::text as lease, e.bytes::text as bytes, o.slug
    from organization_exports e join organizations o on o.id = e.organization_id join users u on u.id = $3 and u.disabled_at is null
   where e.organization_id = $1 and e.id = $2 and e.status = 'ready' and e.expires_at > $4
     and case when e.by_operator then exists (select from platform_admins a where a.user_id = $3)
              else exists (select from memberships m where m.organization_id = $1 and m.user_id = $3 and m.role = $5) end`;

/** Gives the files of exports to those who have a link. */
@Injectable()
export class ExportDownloadsService {
  constructor(
    private readonly pool: PlatformPool,
    private readonly links: ExportLinksService,
    private readonly storage: ExportStorage,
    private readonly clock: Clock,
  ) {}

  /** @throws {ExportLinkError | ExportFileMissingError | StorageUnavailableError} */
  async findFile(exportId: string, link: string): Promise<ExportFile> {
    const { organizationId, userId } = this.links.readLink(exportId, link);
    const { rows } = await this.pool.read<{ lease: string; bytes: string; slug: string }>({
      text: fileSql,
      values: [organizationId, exportId, userId, this.clock.now(), ownerRole],
    });
    const [row] = rows;
    if (row === undefined) throw new ExportLinkError();
    const key = exportKey(organizationId, row.lease);
    const bytes = await answerOfStorage(this.storage.objects.sizeOf(key));
    if (bytes !== Number(row.bytes)) throw new ExportFileMissingError();
    return { name: `${row.slug}.zip`, bytes, version: row.lease, read: (range) => this.storage.objects.read(key, range) };
  }
}
