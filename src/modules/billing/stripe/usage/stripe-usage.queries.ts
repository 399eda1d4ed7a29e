import { Prisma, type PrismaClient } from '../../../../generated/prisma/client.js';

type Db = Pick<PrismaClient, '$executeRaw' | '$queryRaw'>;

/** A report that Stripe does not have yet: the usage of one day and meter, or a correction of it. */
export interface WaitingReport {
  readonly id: string;
  readonly organizationId: string;
  readonly meter: string;
  readonly day: Date;
  readonly quantity: bigint;
  /** When the first attempt was made; null before it. */
  readonly triedAt: Date | null;
  readonly customerId: string;
  readonly periodStart: Date;
}

/** Selects subscriptions whose usage is charged for. Usage in a trial is free. */
const isCharged = Prisma.sql`(s.provider = 'stripe' and s.provider_customer_id is not null and s.provider_subscription_id is not null and s.status not in ('trialing', 'canceled'))`;

/** Selects reports that still apply: usage of a subscription that has ended is not charged with the next one. */
const isDue = Prisma.sql`(${isCharged} and r.day >= s.usage_reported_since)`;

/**
 * Sets the day from which an organization is charged for usage: the first whole day of its subscription. Clears it when the
 * subscription ends, so that usage until the next purchase is not charged.
 */
export function recordChargeStarts(db: Db, day: Date): Promise<number> {
  const first = Prisma.sql`greatest(${day}::date, (s.period_start at time zone 'UTC')::date + 1)`;
  return db.$executeRaw`
    update subscriptions s set usage_reported_since = case when ${isCharged} then ${first} end
     where case when ${isCharged} then coalesce(s.usage_reported_since > ${first}, true) else s.usage_reported_since is not null end`;
}

export interface ReportRange {
  /** First and last day, both inclusive. */
  readonly first: Date;
  readonly last: Date;
  readonly meters: readonly string[];
  readonly now: Date;
}

/**
 * Inserts reports for each organization, meter and day whose usage differs from what was reported. It is one statement for
 * all organizations; two servers at the same time insert each row once.
 */
export function recordDifferences(db: Db, { first, last, meters, now }: ReportRange): Promise<number> {
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

/** Returns the next reports to send, ordered by organization. */
export function findWaiting(db: Db, after: WaitingReport | undefined, { meters, oldest, max }: WaitingSelection): Promise<readonly WaitingReport[]> {
  const beyond = after === undefined ? Prisma.sql`true` : Prisma.sql`(r.organization_id, r.id) > (${after.organizationId}::uuid, ${after.id}::uuid)`;
  return db.$queryRaw<WaitingReport[]>`
    select r.id, r.organization_id as "organizationId", r.meter, r.day, r.quantity, r.tried_at as "triedAt", s.provider_customer_id as "customerId", s.period_start as "periodStart"
      from usage_reports r join subscriptions s on s.organization_id = r.organization_id
     where r.sent_at is null and (r.tried_at is null or r.tried_at > ${oldest}) and r.meter = any(${meters}::text[]) and ${isDue} and ${beyond}
     order by r.organization_id, r.id limit ${max}::int`;
}

export interface WaitingSelection {
  readonly meters: readonly string[];
  /** Reports whose first attempt was earlier are doubtful, and are not sent again. */
  readonly oldest: Date;
  readonly max: number;
}

/**
 * Marks a report as tried, just before it is sent: after a crash it is unknown whether Stripe has it.
 *
 * @returns whether this server sends it; false if another server does
 */
export async function markTried(db: Db, { organizationId, id, triedAt }: WaitingReport, now: Date): Promise<boolean> {
  const isAsRead = Prisma.sql`tried_at is not distinct from ${triedAt}::timestamptz`;
  return (
    (await db.$executeRaw`update usage_reports set tried_at = coalesce(tried_at, ${now})
     where organization_id = ${organizationId}::uuid and id = ${id}::uuid and sent_at is null and ${isAsRead}`) > 0
  );
}

/** Marks reports that Stripe has. */
export const markSent = (db: Db, reports: readonly WaitingReport[], now: Date): Promise<number> =>
  db.$executeRaw`update usage_reports r set sent_at = ${now} from ${rowsOf(reports)} where r.organization_id = t.organization_id and r.id = t.id and r.sent_at is null`;

/** Marks reports that Stripe does not have, so that they may be sent again at any time. Reports with an earlier attempt stay as they are: that one may have arrived. */
export const markUnsent = (db: Db, reports: readonly WaitingReport[]): Promise<number> =>
  db.$executeRaw`update usage_reports r set tried_at = null from ${rowsOf(reports.filter(({ triedAt }) => triedAt === null))} where r.organization_id = t.organization_id and r.id = t.id and r.sent_at is null`;

const rowsOf = (reports: readonly WaitingReport[]): Prisma.Sql =>
  Prisma.sql`unnest(${reports.map(({ organizationId }) => organizationId)}::uuid[], ${reports.map(({ id }) => id)}::uuid[]) as t (organization_id, id)`;

/** Counts reports of which it is unknown whether Stripe has them, and whose identifier Stripe no longer recognizes. */
export async function countDoubtful(db: Db, oldest: Date): Promise<number> {
  const [row] = await db.$queryRaw<[{ doubtful: number }]>`
    select count(*)::int as doubtful from usage_reports r join subscriptions s on s.organization_id = r.organization_id
     where r.sent_at is null and r.tried_at <= ${oldest} and ${isDue}`;
  return row.doubtful;
}
