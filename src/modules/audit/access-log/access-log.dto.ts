import type { AccessLogEntry } from '../../../generated/prisma/client.js';
import { ChoiceField, ObjectField, TextField, TextListField, TimeField, UuidField } from '../../../common/http/fields.js';
import { BomField, FormatField, type LineFormat } from '../../../common/http/exports/line-file.js';
import { CursorField, LimitField, pageOf } from '../../../common/http/pages/page.js';
import type { CsvColumns } from '../../../common/http/exports/csv.js';

/** The filters of the list and of the export. */
export class AccessFilterQuery {
  @TextField({ optional: true, description: 'The id of the user, operator, API key or service key' })
  actorId?: string;

  @TextField({ optional: true, max: 300, description: 'The id of a record that was read; of a member, the user id' })
  recordId?: string;

  @TimeField({ optional: true, description: 'Only entries at or after this time' })
  from?: string;

  @TimeField({ optional: true, description: 'Only entries before this time' })
  to?: string;
}

export class ListAccessLogsQuery extends AccessFilterQuery {
  @LimitField()
  limit?: number;

  @CursorField()
  cursor?: string;
}

export class ExportAccessLogsQuery extends AccessFilterQuery {
  @FormatField()
  format!: LineFormat;

  @BomField()
  bom?: boolean;
}

export class AccessActorDto {
  @ChoiceField(['user', 'key', 'service', 'operator'], {
    description: '`user`: a member. `key`: an API key. `service`: a service key of the installation. `operator`: an operator of the platform, or the command line.',
  })
  kind!: string;

  @TextField({ nullable: true, description: 'The id of the user or key; null for the command line' })
  id!: string | null;

  @TextField({ nullable: true, description: 'Name and address of a user at that time, or the name of a service key; null for API keys, and after it was erased' })
  name!: string | null;
}

export class AccessLogEntryDto {
  @UuidField({ description: 'The id of the entry' })
  id!: string;

  @TimeField({ description: 'The time of the request' })
  occurredAt!: string;

  @ObjectField(() => AccessActorDto, { description: 'The caller of the request' })
  actor!: AccessActorDto;

  @TextField({ description: 'The operationId of the route, or `cli <command>`' })
  action!: string;

  @TextListField({ description: 'The ids of the records that were read: those in the path and those in the JSON of the answer, sorted. Of a file, those in the path only.' })
  recordIds!: string[];

  @TextField({ nullable: true, description: 'The IP address of the caller; null if unknown' })
  ip!: string | null;

  @TextField({ nullable: true, max: 400, description: 'The User-Agent of the request; null without one' })
  userAgent!: string | null;

  @TextField({ nullable: true, description: 'The X-Request-Id of the request; null if there was no request' })
  requestId!: string | null;
}

export class AccessLogEntryPageDto extends pageOf(AccessLogEntryDto, { counted: false }) {}

export const accessColumns: CsvColumns<AccessLogEntryDto> = {
  occurredAt: ({ occurredAt }) => occurredAt,
  actorKind: ({ actor }) => actor.kind,
  actorId: ({ actor }) => actor.id,
  actorName: ({ actor }) => actor.name,
  action: ({ action }) => action,
  recordIds: ({ recordIds }) => recordIds.join(' '),
  ip: ({ ip }) => ip,
  userAgent: ({ userAgent }) => userAgent,
  requestId: ({ requestId }) => requestId,
  id: ({ id }) => id,
};

export function toAccessLogEntryDto(entry: AccessLogEntry & { readonly records: readonly { readonly recordId: string }[] }): AccessLogEntryDto {
  const { id, createdAt, actorKind, actorId, actorName, action, ip, userAgent, requestId, records } = entry;
  const recordIds = records.map(({ recordId }) => recordId).sort();
  return { id, occurredAt: createdAt.toISOString(), actor: { kind: actorKind, id: actorId, name: actorName }, action, recordIds, ip, userAgent, requestId };
}
