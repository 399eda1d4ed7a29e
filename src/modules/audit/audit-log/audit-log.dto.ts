import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, IntegerField, ObjectField, TextField, TimeField, UuidField, ListField, choices } from '../../../common/http/fields.js';
import { BomField, FormatField, type LineFormat } from '../../../common/http/exports/line-file.js';
import { CursorField, LimitField, pageOf } from '../../../common/http/pages/page.js';
import type { CsvColumns } from '../../../common/http/exports/csv.js';

const actorKinds = ['user', 'key', 'service', 'operator', 'job', 'system', 'anonymous'] as const;
const outcomes = ['done', 'refused'] as const;

/** The filters of the list and of the export. */
export class AuditFilterQuery {
  @TextField({
    optional: true,
    description: 'The operationId of a route, `job <name>`, `cli <command>`, `sql` for a change by a statement in the database, or `several` for many refusals with the same code',
    example: 'addMember',
  })
  action?: string;

  @TextField({ optional: true, description: 'The id of the user, operator, API key or service key, or the name of the job' })
  actorId?: string;

  @TextField({ optional: true, max: 300, description: 'The id of the first record that was changed, as in `target`' })
  targetId?: string;

  @ChoiceField(choices('AuditOutcome', outcomes), { optional: true, description: 'Only events with this outcome' })
  outcome?: string;

  @TextField({ optional: true, description: 'The `X-Request-Id` of the request' })
  requestId?: string;

  @TimeField({ optional: true, description: 'Only events at or after this time' })
  from?: string;

  @TimeField({ optional: true, description: 'Only events before this time' })
  to?: string;
}

export class ListAuditLogsQuery extends AuditFilterQuery {
  @LimitField()
  limit?: number;

  @CursorField()
  cursor?: string;
}

export class ListPlatformAuditLogsQuery extends ListAuditLogsQuery {
  @UuidField({ optional: true, description: 'The id of the organization, also of an erased one. Default: the events of the platform.' })
  organizationId?: string;
}

export class ExportAuditLogsQuery extends AuditFilterQuery {
  @FormatField()
  format!: LineFormat;

  @BomField()
  bom?: boolean;
}

export class AuditActorDto {
  @ChoiceField(actorKinds, {
    description:
      '`user`: a member. `key`: an API key. `service`: a service key of the installation. `operator`: an operator of the platform, or the command line. `job`: a background job. `system`: a change by hand in the database. `anonymous`: a caller without credentials.',
  })
  kind!: string;

  @TextField({ nullable: true, description: 'The id of the user or key, or the name of the job; null if the actor has no id' })
  id!: string | null;

  @TextField({
    nullable: true,
    description:
      'Name and address of the user at that time, the name of the service key, the database role of a statement, or the address that a refused sign-in named; null if unknown or erased, and for API keys and jobs',
  })
  name!: string | null;
}

export class AuditTargetDto {
  @TextField({ description: 'The table of the first row that was changed' })
  table!: string;

  @TextField({ nullable: true, description: 'The id of this row; null if it has no id' })
  id!: string | null;
}

export class AuditChangeDto {
  @TextField({ description: 'The table of the record' })
  table!: string;

  @TextField({ nullable: true, description: 'The id of the record; null if it has no id' })
  id!: string | null;

  @ChoiceField(['insert', 'update', 'delete'], { description: 'Whether the record was added, changed or removed' })
  operation!: string;

  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    description:
      'The previous values: of the changed columns, or of all columns of a removed record. null for an added record, and after 1 MB of changes in the event. Secrets are masked.',
  })
  before!: Record<string, unknown> | null;

  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    description:
      'The new values: of the changed columns, or of all columns of an added record. null for a removed record, and after 1 MB of changes in the event. Secrets are masked.',
  })
  after!: Record<string, unknown> | null;
}

export class AuditEventDto {
  @UuidField({ description: 'The id of the event' })
  id!: string;

  @IntegerField({ min: 1, max: Number.MAX_SAFE_INTEGER, description: 'The position in the hash chain of the organization or of the platform, without gaps' })
  sequence!: number;

  @TimeField({ description: 'The time of the last change of the transaction. Refused requests are recorded every two seconds.' })
  occurredAt!: string;

  @TextField({ nullable: true, description: 'The X-Request-Id of the request; null if there was none' })
  requestId!: string | null;

  @ObjectField(() => AuditActorDto, { description: 'The user, key or process that made the change, or whose request was refused' })
  actor!: AuditActorDto;

  @TextField({ description: 'The operationId of the route, `job <name>`, `cli <command>`, `sql` for a change by hand, or `several` for many refusals' })
  action!: string;

  @ChoiceField(choices('AuditOutcome', outcomes), { description: '`done`: the changes were committed. `refused`: the request was refused.' })
  outcome!: string;

  @TextField({ nullable: true, description: 'The error code of a refused request; null if the action was done' })
  code!: string | null;

  @IntegerField({ min: 1, max: 2_147_483_647, description: 'The number of equal refusals within a short time; 1 for a change' })
  times!: number;

  @ObjectField(() => AuditTargetDto, { nullable: true, description: 'The first record that was changed; null for a refused request' })
  target!: AuditTargetDto | null;

  @TextField({ nullable: true, description: 'The IP address of the caller; null if there was no request, or after it was erased' })
  ip!: string | null;

  @TextField({ nullable: true, max: 400, description: 'The User-Agent of the request; null without one, or after it was erased' })
  userAgent!: string | null;

  @IntegerField({ min: 0, max: 2_147_483_647, description: 'The number of changed records; 0 for a refused request' })
  changeCount!: number;

  @ListField(() => AuditChangeDto, { nullable: true, description: 'The first 1,000 changed records; null if they were erased' })
  changes!: AuditChangeDto[] | null;

  @TextField({ description: 'The SHA-256 of the event and of the hash before it in the chain, as 64 hexadecimal digits' })
  hash!: string;
}

export class AuditEventPageDto extends pageOf(AuditEventDto, { counted: false }) {}

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
