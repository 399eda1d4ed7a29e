import { BooleanField, choices, ChoiceField, IntegerField, TextField, TimeField, UuidField } from '../../../common/http/fields.js';
import { pageOf, pageQuery } from '../../../common/http/pages/page.js';
import type { OrganizationExport } from '../../../generated/prisma/client.js';
import { exportStatuses, type ExportStatus } from './export-status.js';

const most = Number.MAX_SAFE_INTEGER;

export class ListExportsQuery extends pageQuery(['createdAt']) {
  @ChoiceField(choices('OrganizationExportStatus', exportStatuses), { optional: true, description: 'Only exports with this status' })
  status?: ExportStatus;
}

export class OrganizationExportDto {
  @UuidField({ description: 'The id of the export' })
  id!: string;

  @ChoiceField(choices('OrganizationExportStatus', exportStatuses), {
    description: '`queued` and `running`: ask again. `ready`: the file can be downloaded until `expiresAt`. `failed`, `canceled` and `expired`: there is no file.',
  })
  status!: ExportStatus;

  @IntegerField({ min: 0, max: most, description: 'The rows that were written so far' })
  rowsDone!: number;

  @IntegerField({ min: 0, max: most, nullable: true, description: 'The rows of the organization when the export began; null before that' })
  rowsTotal!: number | null;

  @IntegerField({ min: 0, max: most, nullable: true, description: 'The bytes of the file; null until the export is ready' })
  bytes!: number | null;

  @UuidField({ nullable: true, description: 'The user who created the export; null if it was not created over HTTP' })
  requestedById!: string | null;

  @BooleanField({ description: 'Whether an operator has created it. Only then does the file have the credentials of the members, and can be restored.' })
  byOperator!: boolean;

  @TimeField({ description: 'The time of creation' })
  createdAt!: Date;

  @TimeField({ nullable: true, description: 'When the export was ready, or ended without a file; null before that' })
  finishedAt!: Date | null;

  @TimeField({ nullable: true, description: 'When the file is deleted; null if there is none' })
  expiresAt!: Date | null;
}

export class OrganizationExportPageDto extends pageOf(OrganizationExportDto) {}

export class ExportLinkDto {
  @TextField({
    example: 'https://api.example.com/api/v1/organization-exports/01a1fbfe-dfd7-7469-bc28-6f4aa9bf4024/download?link=eyJ1IjoiMDFhMWZiZmUifQ',
    max: 2048,
    description: 'Downloads the file without another credential: keep it secret. It works until `expiresAt`, while its maker may export the organization.',
  })
  url!: string;

  @TimeField({ description: 'When the link stops working' })
  expiresAt!: Date;
}

const numberOf = (value: bigint | null): number | null => (value === null ? null : Number(value));

export const toExportDto = ({
  id,
  status,
  rowsDone,
  rowsTotal,
  bytes,
  requestedById,
  byOperator,
  createdAt,
  finishedAt,
  expiresAt,
}: OrganizationExport): OrganizationExportDto => ({
  id,
  status: status as ExportStatus,
  rowsDone: Number(rowsDone),
  rowsTotal: numberOf(rowsTotal),
  bytes: status === 'ready' ? numberOf(bytes) : null,
  requestedById,
  byOperator,
  createdAt,
  finishedAt,
  expiresAt: status === 'ready' ? expiresAt : null,
});
