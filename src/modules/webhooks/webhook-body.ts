import type { DomainEvent } from '../../generated/prisma/client.js';
import { toEventDto } from '../events/event-body.js';

/** The type of the event with which a member tests a webhook. It is in no log: its `sequence` is 0. */
export const testEventType = 'webhook.test';

/** Returns the body of the requests with an event. An event does not change, so that all its requests have the same bytes. */
export const webhookBody = (event: DomainEvent): string => JSON.stringify(toEventDto(event));
