import { csvLine, csvTitles } from '../../common/http/csv.js';
import type { AuditEventDto } from './audit-log.dto.js';

const columns: Readonly<Record<string, (event: AuditEventDto) => string | number | null | undefined>> = {
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

export const auditTitles = csvTitles(Object.keys(columns));

export const auditLine = (event: AuditEventDto): string => csvLine(Object.values(columns).map((read) => read(event)));
