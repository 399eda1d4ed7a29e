import { ApiProperty } from '@nestjs/swagger';
import { TextField, TimeField, UuidField } from '../../common/http/fields.js';
import { pageOf, pageQuery } from '../../common/http/pages/page.js';
import type { Erasure } from '../../generated/prisma/client.js';

export class EraseUserDto {
  @TextField({ min: 5, max: 500, example: 'Request of the person by letter, 2026-11-21', description: 'Why you erase the user. Do not name them: the reason remains.' })
  reason!: string;
}

export class ListErasuresQuery extends pageQuery(['createdAt']) {}

export class ErasureDto {
  @UuidField({ description: 'The id of the erasure' })
  id!: string;

  @UuidField({ description: 'The id of the erased user' })
  userId!: string;

  @UuidField({ nullable: true, description: 'The operator who erased the user; null if the users deleted their account themselves' })
  requestedById!: string | null;

  @TextField({ nullable: true, description: 'Why the operator erased the user; null without an operator' })
  reason!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    example: { memberships: 2, sessions: 3 },
    description: 'The rows of each table that were deleted, or from which the person was removed. The counts of the audit log are added when the erasure is complete.',
  })
  tables!: Record<string, number>;

  @TextField({ nullable: true, description: 'A JSON Web Signature (RFC 7515) of the erasure, which `tenantry erasure:verify` verifies; null until it is complete' })
  receipt!: string | null;

  @TimeField({ description: 'When the account was deleted' })
  createdAt!: Date;

  @TimeField({ nullable: true, description: 'When the person was removed from the audit log; null until then' })
  completedAt!: Date | null;
}

export class ErasurePageDto extends pageOf(ErasureDto) {}

export const toErasureDto = ({ id, userId, requestedById, reason, deleted, receipt, createdAt, completedAt }: Erasure): ErasureDto => ({
  id,
  userId,
  requestedById,
  reason,
  tables: deleted as Record<string, number>,
  receipt,
  createdAt,
  completedAt,
});
