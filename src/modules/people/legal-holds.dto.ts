import { ChoiceField, choices, TextField, TimeField, UuidField } from '../../common/http/fields.js';
import { pageOf, pageQuery } from '../../common/http/pages/page.js';
import type { LegalHold } from '../../generated/prisma/client.js';

const kinds = choices('LegalHoldKind', ['user', 'organization']);

export class CreateLegalHoldDto {
  @ChoiceField(kinds, { example: 'user', description: 'The kind of the subject' })
  kind!: 'user' | 'organization';

  @UuidField({ example: '01a1fbfe-dfd7-7469-bc28-6f4aa9bf4024', description: 'The id of the user or the organization' })
  subjectId!: string;

  @TextField({ min: 5, max: 500, example: 'Case 4711, letter of the court of 2026-11-21', description: 'Why the data is held' })
  reason!: string;
}

export class ListLegalHoldsQuery extends pageQuery(['createdAt']) {
  @ChoiceField(kinds, { optional: true, description: 'Only holds of subjects of this kind' })
  kind?: 'user' | 'organization';

  @UuidField({ optional: true, description: 'Only the hold of this user or organization' })
  subjectId?: string;
}

export class LegalHoldDto {
  @UuidField({ description: 'The id of the hold' })
  id!: string;

  @ChoiceField(kinds, { description: 'The kind of the subject' })
  kind!: 'user' | 'organization';

  @UuidField({ description: 'The id of the user or the organization' })
  subjectId!: string;

  @TextField({ description: 'Why the data is held' })
  reason!: string;

  @UuidField({ nullable: true, description: 'The operator who placed the hold; null for a hold by SQL' })
  createdById!: string | null;

  @TimeField({ description: 'When the hold was placed' })
  createdAt!: Date;
}

export class LegalHoldPageDto extends pageOf(LegalHoldDto) {}

export const toLegalHoldDto = ({ id, kind, subjectId, reason, createdById, createdAt }: LegalHold): LegalHoldDto => ({
  id,
  kind: kind === 'user' ? 'user' : 'organization',
  subjectId,
  reason,
  createdById,
  createdAt,
});
