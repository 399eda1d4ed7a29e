import { SetMetadata, type Type as ClassType } from '@nestjs/common';
import { UuidField } from '../../common/http/fields.js';
import type { Permission } from '../../access/roles.js';

/** A committed change of a row. The values are those of the audit log: secrets are masked, and an update has the changed columns alone. */
export interface RowChange {
  readonly operation: 'insert' | 'update' | 'delete';
  /** By the names of the columns; null for a new row. */
  readonly before: Readonly<Record<string, unknown>> | null;
  /** Null for a deleted row. */
  readonly after: Readonly<Record<string, unknown>> | null;
}

/** The user whom a row is about. */
export interface EventUser {
  /** Null for a managed account. */
  readonly email: string | null;
  readonly name: string;
}

/** The resource that an event is about. */
export interface EventSubject<Row> {
  /** The row as it is when the event is written; of a deleted row, as it was, without masked columns. */
  readonly row: Row;
  readonly change: RowChange;
  /** Undefined without {@link EventSource.userOf}, and for a user who was deleted. */
  readonly user: EventUser | undefined;
}

/** A type of events. */
export interface EventType {
  /** When it occurs, as a sentence without a full stop. */
  readonly description: string;
  /** The schema of `data`. */
  readonly data: ClassType<object>;
}

/** A type with the permission that reading its events requires. */
export interface ReadableEventType extends EventType {
  readonly permission: Permission;
}

/** Derives the events of a table from the changes of its rows. The table has the key `id`, or is `organizations`. */
export interface EventSource<Row = never> {
  /** The name of the model in the Prisma schema. */
  readonly model: string;
  /** The permission with which the API shows the resource. `GET /events` lists its events to those who have it. */
  readonly permission: Permission;
  readonly types: Readonly<Record<string, EventType>>;
  /** Returns the type of a change; undefined when it is no event. */
  readonly typeOf: (change: RowChange) => string | undefined;
  /** Returns the data of an event. It shows nothing that the API does not show. */
  readonly dataOf: (subject: EventSubject<Row>) => object;
  /** The user whom a row is about; without it none is read. */
  readonly userOf?: (row: Row) => string;
}

/** States the rows of a source, which a list of sources does not know. */
export const eventSource = <Row>(source: EventSource<Row>): EventSource => source;

/** The data of the event of a resource that was deleted. */
export class DeletedResourceDto {
  @UuidField({ description: 'The id of the resource that was deleted' })
  id!: string;
}

/** A resource whose changes are events. */
export interface EventsOfResource<Row, Dto extends object> {
  /** The first part of the types, in the singular: `project` for `project.created`, `project.updated` and `project.deleted`. */
  readonly name: string;
  /** The name of the model in the Prisma schema. */
  readonly model: string;
  /** The permission of the routes that read the resource. Only those who have it read its events. */
  readonly permission: Permission;
  /** The resource in answers of the API, which is the data of its events. */
  readonly dto: ClassType<Dto>;
  readonly toDto: (row: Row) => Dto;
}

/** Returns the source of the events of a resource: it was created, updated or deleted. */
export function eventsOfResource<Row extends { readonly id: string }, Dto extends object>({ name, model, permission, dto, toDto }: EventsOfResource<Row, Dto>): EventSource {
  const noun = name.replaceAll('_', ' ');
  const article = /^[aeiou]/.test(noun) ? 'An' : 'A';
  const [created, updated, deleted] = [`${name}.created`, `${name}.updated`, `${name}.deleted`];
  return eventSource<Row>({
    model,
    permission,
    types: {
      [created]: { description: `${article} ${noun} was created`, data: dto },
      [updated]: { description: `${article} ${noun} was changed`, data: dto },
      [deleted]: { description: `${article} ${noun} was deleted`, data: DeletedResourceDto },
    },
    typeOf: ({ operation }) => ({ insert: created, update: updated, delete: deleted })[operation],
    dataOf: ({ row, change }) => (change.operation === 'delete' ? { id: row.id } : toDto(row)),
  });
}

export const emitsEventsKey = 'tenantry:emits-events';

/**
 * Makes the changes of a resource events (docs/webhooks.md): `<name>.created`, `<name>.updated` and `<name>.deleted`, with the resource as the API shows it. Put
 * it on the service of the resource. Events are registered nowhere else.
 */
export const EmitsEvents = <Row extends { readonly id: string }, Dto extends object>(resource: EventsOfResource<Row, Dto>): ClassDecorator =>
  SetMetadata(emitsEventsKey, eventsOfResource(resource));
