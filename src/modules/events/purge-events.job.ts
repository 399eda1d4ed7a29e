import { dayLength } from '../../common/calendar.js';
import { keptDays } from '../../config/retention.js';
import type { PlatformTransaction } from '../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../jobs/scheduled-job.decorator.js';
import { EventStreamsService } from './event-streams.service.js';

/** The events that one statement deletes, apart from those of the same millisecond. */
const batchSize = 10_000;
/** The events after which a run ends. The next one, an hour later, continues. */
const mostEvents = 1_000_000;
/** Milliseconds after which no further statement begins. */
const longestPurge = 300_000;

/** Deletes events with their deliveries after 30 days, the cursors of sinks that no replica has served for so long, and closes the streams of organizations whose events nobody has read. */
@ScheduledJob({
  name: 'purge-events',
  cron: '0 42 * * * *',
  period: 'hour',
  mayDelete: {
    domain_events: { rows: 2 * mostEvents, share: 0.25 },
    webhook_deliveries: { rows: 4 * mostEvents, share: 0.25 },
    webhook_attempts: { rows: 8 * mostEvents, share: 0.25 },
    event_sinks: { rows: 2, share: 1 },
    sink_ranges: { rows: mostEvents, share: 1 },
  },
})
export class PurgeEventsJob implements Job {
  constructor(private readonly streams: EventStreamsService) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const before = new Date(now.getTime() - keptDays.events * dayLength);
    // One purge or erasure at a time: they lock events and streams in another order than each other.
    await tx.$executeRaw`lock table event_streams in share update exclusive mode`;
    const events = await this.#deleteEvents(tx, before);
    const { count: sinks } = await tx.eventSink.deleteMany({ where: { servedAt: { lt: before } } });
    return { events, streams: await this.#closeStreams(tx, before, now), sinks };
  }

  /** Deletes the oldest events first, in the order of an index. Streams are locked at the end: readers and writers do not wait for the deletion. */
  async #deleteEvents(tx: PlatformTransaction, before: Date): Promise<number> {
    const end = performance.now() + longestPurge;
    const last = new Map<string, bigint>();
    let [events, from] = [0, new Date(0)];
    for (;;) {
      // The index entries of deleted rows remain until this transaction ends: the next statement begins after them. A range has no plan that is bad for a table that has grown.
      const [boundary] = await tx.$queryRaw<{ until: Date }[]>`
        select occurred_at as until from domain_events where occurred_at > ${from} and occurred_at < ${before} order by occurred_at offset ${batchSize} limit 1`;
      const until = boundary?.until ?? new Date(before.getTime() - 1);
      const batch = await tx.$queryRaw<{ organizationId: string; deleted: number; sequence: bigint | null }[]>`
        with deleted as (delete from domain_events where occurred_at > ${from} and occurred_at <= ${until} and not app.is_held(organization_id) returning organization_id, sequence)
        select organization_id::text as "organizationId", count(*)::int as deleted, max(sequence) as sequence from deleted group by 1`;
      for (const { organizationId, sequence } of batch) if (sequence !== null && sequence > (last.get(organizationId) ?? 0n)) last.set(organizationId, sequence);
      events += batch.reduce((sum, { deleted }) => sum + deleted, 0);
      if (boundary === undefined || events >= mostEvents || performance.now() > end) break;
      from = until;
    }
    await tx.$executeRaw`
      update event_streams s set kept_after = d.sequence
        from unnest(${[...last.keys()]}::uuid[], ${[...last.values()].map(String)}::bigint[]) d (organization_id, sequence)
       where s.organization_id = d.organization_id and s.kept_after < d.sequence`;
    return events;
  }

  /** The numbers continue when the stream is opened again. */
  async #closeStreams(tx: PlatformTransaction, before: Date, now: Date): Promise<number> {
    const idle = await tx.eventStream.findMany({ where: { closedAt: null, readAt: { lt: before } }, select: { organizationId: true } });
    const unread = await this.streams.findUnread(
      tx,
      idle.map(({ organizationId }) => organizationId),
    );
    return tx.$executeRaw`update event_streams set closed_at = ${now} where organization_id = any(${unread}::uuid[]) and closed_at is null and read_at < ${before}`;
  }
}
