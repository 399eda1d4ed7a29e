import { Prisma, type PrismaClient } from '../../../../generated/prisma/client.js';

type Db = Pick<PrismaClient, '$executeRaw' | '$queryRaw'>;

/** What Stripe is to be told of one day and meter. */
export interface WaitingReport {
  readonly id: string;
  readonly organizationId: string;
  readonly meter: string;
  readonly day: Date;
  readonly quantity: bigint;
  /** When it was first tried, if it was. */
  readonly triedAt: Date | null;
  readonly customerId: string;
  readonly periodStart: Date;
}

/** Whose usage is charged for; what is used in a trial is free. */
const isCharged = Prisma.sql`(s.provider = 'stripe' and s.provider_customer_id is not null and s.provider_subscription_id is not null and s.status not in ('trialing', 'canceled'))`;

/** Which reports are still to be made: what is left of a subscription that has ended is not charged with the next. */
const isDue = Prisma.sql`(${isCharged} and r.day >= s.usage_reported_since)`;

/**
 * Notes from which day on organizations are charged for usage: from the first whole day of what they bought. When they
 * stop, it is forgotten, so that what they use until they buy again is not charged for.
 */
export function noteBeginnings(db: Db, day: Date): Promise<number> {
  const first = Prisma.sql`greatest(${day}::date, (s.period_start at time zone 'UTC')::date + 1)`;
  return db.$executeRaw`
    update subscriptions s set usage_reported_since = case when ${isCharged} then ${first} end
     where case when ${isCharged} then coalesce(s.usage_reported_since > ${first}, true) else s.usage_reported_since is not null end`;
}

export interface ReportRange {
  /** Both included. */
  readonly first: Date;
  readonly last: Date;
  readonly meters: readonly string[];
  readonly now: Date;
}

/**
 * Writes down what is to be reported: of each organization, meter and day that which is not reported yet, or was
 * reported and is not so any more. One statement for all; two servers at once write each row once.
 */
export function noteDifferences(db: Db, { first, last, meters, now }: ReportRange): Promise<number> {
  return db.$executeRaw`
    with due as materialized (
      select s.organization_id, greatest(s.usage_reported_since, ${first}::date) as first from subscriptions s where s.usage_reported_since <= ${last}::date and ${isCharged}),
    used as (
      select d.organization_id, d.day, d.meter, sum(d.quantity) as quantity
        from due join usage_days d on d.organization_id = due.organization_id and d.day between due.first and ${last}::date and d.meter = any(${meters}::text[])
       group by 1, 2, 3),
    reported as (
      select r.organization_id, r.day, r.meter, sum(r.quantity) as quantity, max(r.number) as number
        from due join usage_reports r on r.organization_id = due.organization_id and r.day between due.first and ${last}::date
       group by 1, 2, 3)
    insert into usage_reports (organization_id, id, meter, day, number, quantity, created_at)
      select u.organization_id, usage.new_id(${now}), u.meter, u.day, coalesce(r.number, 0) + 1, u.quantity - coalesce(r.quantity, 0), ${now}
        from used u left join reported r using (organization_id, day, meter)
       where u.quantity <> coalesce(r.quantity, 0)
       order by u.organization_id, u.day, u.meter
      on conflict (organization_id, day, meter, number) do nothing`;
}

/** The next reports that wait, in the order of organizations. */
export function nextWaiting(db: Db, after: WaitingReport | undefined, { meters, oldest, most }: WaitingSelection): Promise<readonly WaitingReport[]> {
  const beyond = after === undefined ? Prisma.sql`true` : Prisma.sql`(r.organization_id, r.id) > (${after.organizationId}::uuid, ${after.id}::uuid)`;
  return db.$queryRaw<WaitingReport[]>`
    select r.id, r.organization_id as "organizationId", r.meter, r.day, r.quantity, r.tried_at as "triedAt", s.provider_customer_id as "customerId", s.period_start as "periodStart"
      from usage_reports r join subscriptions s on s.organization_id = r.organization_id
     where r.sent_at is null and (r.tried_at is null or r.tried_at > ${oldest}) and r.meter = any(${meters}::text[]) and ${isDue} and ${beyond}
     order by r.organization_id, r.id limit ${most}::int`;
}

export interface WaitingSelection {
  readonly meters: readonly string[];
  /** What was first tried before is in doubt, and not sent again. */
  readonly oldest: Date;
  readonly most: number;
}

/**
 * Notes a report as tried, just before it is sent: from then on nobody knows whether Stripe has it. What was never tried
 * is so by one server only.
 *
 * @returns whether it is still to be sent; else another server has it
 */
export async function noteTried(db: Db, { organizationId, id, triedAt }: WaitingReport, now: Date): Promise<boolean> {
  const isAsRead = Prisma.sql`tried_at is not distinct from ${triedAt}::timestamptz`;
  return (
    (await db.$executeRaw`update usage_reports set tried_at = coalesce(tried_at, ${now})
     where organization_id = ${organizationId}::uuid and id = ${id}::uuid and sent_at is null and ${isAsRead}`) > 0
  );
}

/** Notes that Stripe has these. */
export const noteSent = (db: Db, reports: readonly WaitingReport[], now: Date): Promise<number> =>
  db.$executeRaw`update usage_reports r set sent_at = ${now} from ${these(reports)} where r.organization_id = t.organization_id and r.id = t.id and r.sent_at is null`;

/** Notes that Stripe has not got these: they may be sent again at any time, unless they were tried before, and may have arrived then. */
export const noteUntaken = (db: Db, reports: readonly WaitingReport[]): Promise<number> =>
  db.$executeRaw`update usage_reports r set tried_at = null from ${these(reports.filter(({ triedAt }) => triedAt === null))} where r.organization_id = t.organization_id and r.id = t.id and r.sent_at is null`;

const these = (reports: readonly WaitingReport[]): Prisma.Sql =>
  Prisma.sql`unnest(${reports.map(({ organizationId }) => organizationId)}::uuid[], ${reports.map(({ id }) => id)}::uuid[]) as t (organization_id, id)`;

/** How many may have reached Stripe, or not, so long ago that it would take them for new ones. */
export async function countDoubtful(db: Db, oldest: Date): Promise<number> {
  const [row] = await db.$queryRaw<[{ doubtful: number }]>`
    select count(*)::int as doubtful from usage_reports r join subscriptions s on s.organization_id = r.organization_id
     where r.sent_at is null and r.tried_at <= ${oldest} and ${isDue}`;
  return row.doubtful;
}
