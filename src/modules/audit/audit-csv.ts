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

/**
 * A field by RFC 4180. What a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection):
 * names and user agents are chosen by strangers.
 */
function field(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'number' ? String(value) : value.replace(/^(?=[=+\-@\t\r])/, "'");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csvTitles = `${Object.keys(columns).join(',')}\r\n`;

export const csvLine = (event: AuditEventDto): string =>
  `${Object.values(columns)
    .map((read) => field(read(event)))
    .join(',')}\r\n`;
