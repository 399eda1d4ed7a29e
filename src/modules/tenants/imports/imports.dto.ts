import { ApiProperty } from '@nestjs/swagger';
import { BooleanField, choices, ChoiceField, IntegerField, TextField, TimeField, UuidField } from '../../../common/http/fields.js';
import { pageOf, pageQuery, WholeList } from '../../../common/http/pages/page.js';
import type { OrganizationImport } from '../../../generated/prisma/client.js';
import { slugRule } from '../../organizations/slug.policy.js';
import type { BackupSummary } from '../backups/backup-index.js';
import { importStatuses, type ImportStatus } from './import-status.js';

const most = Number.MAX_SAFE_INTEGER;
const backupName = { min: 6, max: 20, example: 'latest' } as const;

export class CreateOrganizationImportDto {
  @TextField({ ...backupName, optional: true, description: 'The name of a backup, or `latest` for the newest one that has the organization. Not together with `exportId`.' })
  backup?: string;

  @UuidField({ optional: true, description: 'The id of an export that an operator has created and whose file is there. Not together with `backup`.' })
  exportId?: string;

  @TextField({ min: 1, max: 63, example: 'acme', description: 'The id or the slug that the organization had at the time of the backup; with `exportId`, its id' })
  organization!: string;

  @TextField({ ...slugRule, optional: true, example: 'acme-restored', description: 'The slug that the organization gets instead of its own' })
  slug?: string;

  @BooleanField({ optional: true, description: 'Whether the organization gets a new id, so that it is restored next to its original. Default: false.' })
  newId?: boolean;
}

export class ListOrganizationImportsQuery extends pageQuery(['createdAt']) {}

export class OrganizationImportDto {
  @UuidField({ description: 'The id of the restoration' })
  id!: string;

  @ChoiceField(choices('OrganizationImportStatus', importStatuses), {
    description: '`queued` and `running`: ask again. `restored`: see `organizationId`. `failed`: nothing was written; see `failure`.',
  })
  status!: ImportStatus;

  @TextField({ nullable: true, description: 'The name of the backup, or `latest`; null when the file of an export is restored' })
  backup!: string | null;

  @UuidField({ nullable: true, description: 'The id of the export; null when a backup is restored' })
  exportId!: string | null;

  @TextField({ description: 'The id or the slug of the organization in the archive' })
  organization!: string;

  @TextField({ nullable: true, description: 'The slug that the organization gets; null for its own' })
  slug!: string | null;

  @BooleanField({ description: 'Whether the organization gets a new id' })
  newId!: boolean;

  @IntegerField({ min: 0, max: most, description: 'The rows that were written so far' })
  rowsDone!: number;

  @IntegerField({ min: 0, max: most, nullable: true, description: 'The rows of the archive; null until it was checked' })
  rowsTotal!: number | null;

  @UuidField({ nullable: true, description: 'The id of the restored organization; null until it is restored' })
  organizationId!: string | null;

  @TextField({ nullable: true, description: 'Why nothing was restored; null unless it has failed' })
  failure!: string | null;

  @UuidField({ nullable: true, description: 'The operator who asked for it; null if it was not asked for over HTTP' })
  requestedById!: string | null;

  @TimeField({ description: 'The time of creation' })
  createdAt!: Date;

  @TimeField({ nullable: true, description: 'When it was restored, or has failed; null before that' })
  finishedAt!: Date | null;
}

export class OrganizationImportPageDto extends pageOf(OrganizationImportDto) {}

export class BackupDto {
  @TextField({ description: 'The name of the backup: the time at which it was due or begun', example: '2026-11-29T02-00-00Z' })
  backup!: string;

  @TimeField({ description: 'When it was begun' })
  startedAt!: string;

  @TimeField({ description: 'When it was complete' })
  finishedAt!: string;

  @IntegerField({ min: 0, max: most, description: 'The organizations in the backup' })
  organizations!: number;

  @IntegerField({ min: 0, max: most, description: 'The bytes of its archives' })
  bytes!: number;

  @IntegerField({ min: 0, max: most, description: 'The organizations that could not be backed up' })
  failed!: number;
}

export class BackupListDto extends WholeList {
  @ApiProperty({ type: [BackupDto], description: 'The complete backups, newest first' })
  data!: BackupDto[];
}

export const toImportDto = (row: OrganizationImport): OrganizationImportDto => ({
  id: row.id,
  status: row.status as ImportStatus,
  backup: row.backup,
  exportId: row.exportId,
  organization: row.source,
  slug: row.slug,
  newId: row.newId,
  rowsDone: Number(row.rowsDone),
  rowsTotal: row.rowsTotal === null ? null : Number(row.rowsTotal),
  organizationId: row.restoredId,
  failure: row.failure,
  requestedById: row.requestedById,
  createdAt: row.createdAt,
  finishedAt: row.finishedAt,
});

export const toBackupDto = ({ backup, startedAt, finishedAt, organizations, bytes, failed }: BackupSummary): BackupDto => ({
  backup,
  startedAt,
  finishedAt,
  organizations,
  bytes,
  failed: failed.length,
});
