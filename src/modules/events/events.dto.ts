import { ApiProperty } from '@nestjs/swagger';
import { IntegerField, IntegerQueryField, ListField, TextField, TimeField, UuidField } from '../../common/http/fields.js';

const maxSequence = 999_999_999;

export class ListEventsQuery {
  @IntegerQueryField({
    min: 0,
    max: maxSequence,
    default: 0,
    description:
      'The `position` of the last answer, or the `sequence` of the last event that you have processed: the events after it are returned. 0: from the first event that is kept.',
  })
  after?: number;

  @IntegerQueryField({ min: 1, max: 100, default: 20, description: 'The maximum number of events' })
  limit?: number;
}

export class EventDto {
  @UuidField({ description: 'The id of the event. An event that you receive twice has the same id.' })
  id!: string;

  @IntegerField({ min: 1, max: maxSequence, description: 'The position in the log of the organization. It increases with each event; numbers can be missing.' })
  sequence!: number;

  @TextField({ example: 'member.added', description: 'The type of the event: `<object>.<what happened>`' })
  type!: string;

  @IntegerField({
    min: 0,
    max: 1000,
    example: 1,
    description: 'The version of the schema of `data`. 0: the data could not be written; `data` has only the `id` of the changed row.',
  })
  version!: number;

  @TimeField({ description: 'The time of the change' })
  timestamp!: Date;

  @UuidField({ description: 'The organization in which the change was made' })
  organizationId!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { userId: '0191d8a0-0000-7000-8000-000000000000', email: 'grace@example.com', name: 'Grace', role: 'member', createdAt: '2026-11-29T09:30:00.000Z' },
    description: 'The resource, in the schema of the type and the version',
  })
  data!: object;
}

export class EventListDto {
  @ListField(() => EventDto, { description: 'The events, in their order' })
  data!: EventDto[];

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Send it as `after` to get the next page, also if this one has no events. Null when you have all events so far.',
  })
  nextCursor!: string | null;

  @IntegerField({
    min: 0,
    max: maxSequence,
    example: 42,
    description: 'The position up to which you have the log. Send it as `after` in the next call, whether there is a next page or not.',
  })
  position!: number;
}
