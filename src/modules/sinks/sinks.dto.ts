import { BooleanField, ChoiceField, choices, IntegerField, ListField, TextField, TimeField } from '../../common/http/fields.js';
import { WholeList } from '../../common/http/pages/page.js';
import { sinkNames, type SinkName } from './sink-destinations.js';
import { maxReason } from './sink-stream.queries.js';

export class EventSinkDto {
  @ChoiceField(choices('EventSinkName', sinkNames), {
    example: 'http',
    description: 'The server of EVENT_SINK_URL (`http`), or the folder or bucket of EVENT_SINK_STORAGE_URL (`storage`)',
  })
  name!: SinkName;

  @BooleanField({ description: 'Whether the replica that answers has the setting of the sink. If none has it, the sink gets nothing, and its place is removed after 30 days.' })
  configured!: boolean;

  @TimeField({ nullable: true, description: 'When the stream to the sink began; null before a replica has begun to serve it' })
  startedAt!: Date | null;

  @TimeField({ nullable: true, description: 'When the sink last received a batch; null if it has not received any' })
  lastDeliveredAt!: Date | null;

  @TimeField({ nullable: true, description: 'When the oldest events that the sink has not received were written; null if it has received everything' })
  waitingSince!: Date | null;

  @IntegerField({ min: 0, max: 2_147_483_647, description: 'The number of attempts that have failed since the last successful one' })
  failures!: number;

  @TimeField({ nullable: true, description: 'When an attempt last failed; null if none has' })
  lastFailedAt!: Date | null;

  @TextField({ nullable: true, max: maxReason, example: 'The server of EVENT_SINK_URL answered 503.', description: 'Why the last failed attempt failed; null if none has' })
  lastFailure!: string | null;

  @TimeField({ nullable: true, description: 'When the next attempt is made after a failed one; null after a successful one' })
  nextAttemptAt!: Date | null;
}

export class EventSinkListDto extends WholeList {
  @ListField(() => EventSinkDto, { description: 'The sinks that are configured or have a place in the stream' })
  data!: EventSinkDto[];
}
