import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, IntegerField, IntegerQueryField, ObjectField, TextField, TimeField, UuidField, ListField } from '../../../common/http/fields.js';
import { pageOf } from '../../../common/http/page.js';
import type { CsvColumns } from '../../../common/http/csv.js';
import { FormatField, type LogFormat } from '../log-file.js';

const actorKinds = ['user', 'key', 'operator', 'job', 'system', 'anonymous'] as const;
const outcomes = ['done', 'refused'] as const;

/** What may be asked for; the export knows the same. */
export class AuditFilterQuery {
  @TextField({ optional: true, description: 'The operationId of a route, `job <name>` or `cli <command>`', example: 'addMember' })
  action?: string;

  @TextField({ optional: true, description: 'The id of the user or key, or the name of the job' })
  actorId?: string;

  @TextField({ optional: true, max: 300, description: 'The id of the row that was changed first' })
  targetId?: string;

  @ChoiceField(outcomes, { optional: true })
  outcome?: string;

  @TextField({ optional: true, description: '`X-Request-Id` of the request' })
  requestId?: string;

  @TimeField({ optional: true, description: 'Not before' })
  from?: string;

  @TimeField({ optional: true, description: 'Before' })
  to?: string;
}

export class ListAuditLogsQuery extends AuditFilterQuery {
  @IntegerQueryField({ min: 1, max: 100, default: 20, description: 'Events a page' })
  limit?: number;

  @TextField({ optional: true, max: 1000, description: '`nextCursor` of the page before' })
  cursor?: string;
}

export class ListPlatformAuditLogsQuery extends ListAuditLogsQuery {
  @UuidField({ optional: true, description: "An organization; the platform's own events when left out" })
  organizationId?: string;
}

export class ExportAuditLogsQuery extends AuditFilterQuery {
  @FormatField()
  format!: LogFormat;
}

export class AuditActorDto {
  @ChoiceField(actorKinds)
  kind!: string;

  @TextField({ nullable: true })
  id!: string | null;

  @TextField({ nullable: true, description: 'Null when it is not known, or was erased' })
  name!: string | null;
}

export class AuditTargetDto {
  @TextField()
  table!: string;

  @TextField({ nullable: true })
  id!: string | null;
}

export class AuditChangeDto {
  @TextField()
  table!: string;

  @TextField({ nullable: true })
  id!: string | null;

  @ChoiceField(['insert', 'update', 'delete'])
  operation!: string;

  @ApiProperty({ type: 'object', nullable: true, additionalProperties: true, description: 'The columns that were changed, as they were; secrets are blotted out' })
  before!: Record<string, unknown> | null;

  @ApiProperty({ type: 'object', nullable: true, additionalProperties: true })
  after!: Record<string, unknown> | null;
}

export class AuditEventDto {
  @UuidField()
  id!: string;

  @IntegerField({ min: 1, max: Number.MAX_SAFE_INTEGER, description: 'Its place in the chain of the organization: no number is missing' })
  sequence!: number;

  @TimeField()
  occurredAt!: string;

  @TextField({ nullable: true })
  requestId!: string | null;

  @ObjectField(() => AuditActorDto)
  actor!: AuditActorDto;

  @TextField()
  action!: string;

  @ChoiceField(outcomes)
  outcome!: string;

  @TextField({ nullable: true, description: 'Why it was refused' })
  code!: string | null;

  @IntegerField({ min: 1, max: 2_147_483_647, description: 'How often, for refusals of the same thing within a moment' })
  times!: number;

  @ObjectField(() => AuditTargetDto, { nullable: true })
  target!: AuditTargetDto | null;

  @TextField({ nullable: true })
  ip!: string | null;

  @TextField({ nullable: true, max: 400 })
  userAgent!: string | null;

  @IntegerField({ min: 0, max: 2_147_483_647, description: 'How many rows were changed; `changes` lists the first thousand' })
  changeCount!: number;

  @ListField(() => AuditChangeDto, { nullable: true, description: 'Null when they were erased' })
  changes!: AuditChangeDto[] | null;

  @TextField({ description: 'SHA-256 over the event and the hash before it, in hex' })
  hash!: string;
}

export class AuditEventPageDto extends pageOf(AuditEventDto) {}

export const auditColumns: CsvColumns<AuditEventDto> = {
  sequence: ({ sequence }) => sequence,
  occurredAt: ({ occurredAt }) => occurredAt,
  actorKind: ({ actor }) => actor.kind,
  actorId: ({ actor }) => actor.id,
  actorName: ({ actor }) => actor.name,
  action: ({ action }) => action,
  outcome: ({ outcome }) => outcome,
  code: ({ code }) => code,
  times: ({ times }) => times,
  targetTable: ({ target }) => target?.table,
  targetId: ({ target }) => target?.id,
  ip: ({ ip }) => ip,
  userAgent: ({ userAgent }) => userAgent,
  requestId: ({ requestId }) => requestId,
  changes: ({ changes }) => (changes === null ? null : JSON.stringify(changes)),
  id: ({ id }) => id,
  hash: ({ hash }) => hash,
};
