import type { EventRow } from '../hash-chain/event-hash.js';
import type { AuditEventDto } from './audit-log.dto.js';

/** Returns an audit event as the API lists it and sinks receive it. */
export function toAuditEventDto(row: EventRow): AuditEventDto {
  const { id, occurredAt, requestId, actorKind, actorId, actorName, action, outcome, code, times, targetTable, targetId, ip, userAgent, changes, changesText } = row;
  return {
    id,
    sequence: Number(row.sequence),
    occurredAt,
    requestId,
    actor: { kind: actorKind, id: actorId, name: actorName },
    action,
    outcome,
    code,
    times,
    target: targetTable === null ? null : { table: targetTable, id: targetId },
    ip,
    userAgent,
    changeCount: changes,
    changes: changesText === null ? null : (JSON.parse(changesText) as AuditEventDto['changes']),
    hash: Buffer.from(row.hash).toString('hex'),
  };
}
