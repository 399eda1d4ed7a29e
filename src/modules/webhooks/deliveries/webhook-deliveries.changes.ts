import type { Prisma } from '../../../generated/prisma/client.js';
import { latestFirst, type ReplayWebhookDto, type WebhookReplayDto } from './webhook-deliveries.dto.js';

const maxReplayed = 1000;
/** The attempts of a delivery that are shown. */
export const maxLog = 50;
export const deliveriesWithLast = { log: { ...latestFirst(1), select: { result: true, status: true } } } as const;

/** The tables of a transaction with deliveries: of an organization, or of the platform. */
type Deliveries = Pick<Prisma.TransactionClient, 'webhookDelivery' | 'domainEvent'>;

/** Lets deliveries have all attempts again. The result of an attempt that is under way is only noted in the log. */
export async function replayDeliveries(tx: Pick<Deliveries, 'webhookDelivery'>, where: Prisma.WebhookDeliveryWhereInput, now: Date): Promise<void> {
  const data = { status: 'pending', attempts: 0, replays: { increment: 1 }, nextAttemptAt: now, endedAt: null } as const;
  await tx.webhookDelivery.updateMany({ where, data });
}

export interface Replay {
  /** The organization; nothing in a transaction of a tenant, which has one. */
  readonly owner: { readonly organizationId?: string };
  readonly webhook: { readonly webhookId: string; readonly ofPlatform: boolean };
  /** The types that the webhook receives. */
  readonly type: { readonly type?: { readonly in: string[] } };
  readonly range: ReplayWebhookDto;
  readonly now: Date;
}

/** Makes the deliveries of a range that were not delivered wait again, and those that are missing. A delivery that waits is sent anyway. */
export async function replayEvents(tx: Deliveries, { owner, webhook, type, range: { after, until, includeDelivered = false }, now }: Replay): Promise<WebhookReplayDto> {
  const found = await tx.domainEvent.findMany({
    where: { ...owner, ...type, sequence: { gt: after, ...(until === undefined ? {} : { lte: until }) } },
    orderBy: { sequence: 'asc' },
    take: maxReplayed + 1,
    select: { id: true, type: true, sequence: true },
  });
  const events = found.slice(0, maxReplayed);
  const known = await tx.webhookDelivery.findMany({
    where: { ...owner, ...webhook, eventId: { in: events.map(({ id }) => id) } },
    select: { id: true, eventId: true, status: true },
  });
  const again = known.filter(({ status }) => status === 'failed' || (includeDelivered && status === 'delivered')).map(({ id }) => id);
  if (again.length > 0) await replayDeliveries(tx, { ...owner, ...webhook, id: { in: again } }, now);
  const delivered = new Set(known.map(({ eventId }) => eventId));
  const missing = events.filter(({ id }) => !delivered.has(id));
  const data = missing.map(({ id, type: eventType, sequence }) => ({ ...owner, ...webhook, eventId: id, eventType, sequence, nextAttemptAt: now }));
  if (data.length > 0) await tx.webhookDelivery.createMany({ data, skipDuplicates: true });
  return { deliveries: again.length + missing.length, nextAfter: found.length > maxReplayed ? Number(events.at(-1)?.sequence) : null };
}
