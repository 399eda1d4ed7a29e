import type { DomainEvent } from '../../generated/prisma/client.js';
import type { EventDto } from './events.dto.js';

/** Returns an event as the API lists it and webhooks send it. */
export function toEventDto({ id, sequence, type, version, occurredAt, organizationId, data }: DomainEvent): EventDto {
  return { id, sequence: Number(sequence), type, version, timestamp: occurredAt, organizationId, data: data as object };
}
