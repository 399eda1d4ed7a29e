import type { DomainEvent } from '../../generated/prisma/client.js';
import type { EventDto } from './events.dto.js';

/** Returns an event as the API lists it and webhooks send it. */
export function toEventDto({ id, sequence, type, version, occurredAt, organizationId, data }: DomainEvent): EventDto {
  return { id, sequence: Number(sequence), type, version, timestamp: occurredAt, organizationId, data: data as object };
}

/** The version of the schemas of `data`, of all types so far. */
export const schemaVersion = 1;

/** Returns the content of an event whose data could not be written: version 0, with the id of the changed row. */
export const withoutData = (rowId: string): { readonly version: number; readonly data: string } => ({ version: 0, data: JSON.stringify({ id: rowId }) });
