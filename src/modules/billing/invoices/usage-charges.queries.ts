import type { PlatformTransaction } from '../../../database/transactions.js';
import { Prisma } from '../../../generated/prisma/client.js';
import type { AgreedUsage } from '../terms/usage-prices.policy.js';

type Db = Pick<PlatformTransaction, '$queryRaw'>;

/** A period whose usage tenantry charges for. */
export interface UsagePeriod {
  readonly id: string;
  readonly start: Date;
  readonly end: Date;
  readonly agreed: AgreedUsage;
  /** The first day that is charged. */
  readonly from: Date;
}

/** The units of a meter, in its smallest unit. */
export interface MeterUsage {
  readonly meter: string;
  readonly quantity: bigint;
}

/** The sum of the invoice lines for the usage of a period. */
export interface ChargedUsage extends MeterUsage {
  readonly start: Date;
  /** Less the credits for corrected usage. Credits of the operator are not deducted. */
  readonly amount: bigint;
}

const periodColumns = Prisma.sql`p.id, p.starts_at as start, p.ends_at as "end", p.usage_prices as agreed, p.usage_from as "from"`;

/** Returns the periods of an organization that have ended and whose usage is not invoiced for good, the earliest first. */
export const findEndedPeriods = (db: Db, organizationId: string, until: Date): Promise<readonly UsagePeriod[]> =>
  db.$queryRaw<UsagePeriod[]>`
    select ${periodColumns} from subscription_periods p
     where p.organization_id = ${organizationId}::uuid and p.ends_at <= ${until} and p.usage_due_at is not null and p.usage_prices is not null order by p.starts_at`;

/** Returns the period that runs at a moment; undefined if tenantry does not charge for usage then. */
export async function findRunningPeriod(db: Db, organizationId: string, at: Date): Promise<UsagePeriod | undefined> {
  const [period] = await db.$queryRaw<UsagePeriod[]>`
    select ${periodColumns} from subscription_periods p
     where p.organization_id = ${organizationId}::uuid and p.starts_at <= ${at} and p.ends_at > ${at} and p.usage_prices is not null order by p.starts_at desc limit 1`;
  return period;
}

/**
 * Returns the organizations for which usage is to be invoiced without a renewal: a period has ended, or late usage of it is not accepted any longer and
 * no further invoice follows.
 */
export async function findDueUsage(db: Db, now: Date): Promise<readonly { readonly organizationId: string }[]> {
  return db.$queryRaw`
    select distinct p.organization_id as "organizationId" from subscription_periods p join organizations o on o.id = p.organization_id
     where p.usage_due_at <= ${now} and p.ends_at <= ${now} and o.deleted_at is null
       and (p.usage_due_at = p.ends_at or not exists (
         select from subscription_periods r where r.organization_id = p.organization_id and r.starts_at <= ${now} and r.ends_at > ${now} and r.usage_prices is not null))`;
}

/** Sums usage by meter, from one day until before another. */
export const sumUsage = (
  db: Db,
  organizationId: string,
  meters: readonly string[],
  { from, before }: { readonly from: Date; readonly before: Date },
): Promise<readonly MeterUsage[]> =>
  db.$queryRaw<MeterUsage[]>`
    select meter, sum(quantity)::bigint as quantity from usage_days
     where organization_id = ${organizationId}::uuid and day >= ${from}::date and day < ${before}::date and meter = any(${[...meters]}::text[]) group by meter`;

/** Sums what was charged for the usage of periods, also by invoices that are void by now: their usage is not charged again. */
export const sumCharged = (db: Db, organizationId: string, starts: readonly Date[]): Promise<readonly ChargedUsage[]> =>
  db.$queryRaw<ChargedUsage[]>`
    select l.key as meter, l.period_start as start, sum(l.quantity)::bigint as quantity, (sum(l.amount) - sum(given.back))::bigint as amount
      from invoice_lines l join invoices i on i.organization_id = l.organization_id and i.id = l.invoice_id
     cross join lateral (select coalesce(sum(n.amount), 0) as back
                           from credit_note_lines n join credit_notes c on c.organization_id = n.organization_id and c.id = n.credit_note_id
                          where n.organization_id = l.organization_id and n.invoice_line_id = l.id and c.status = 'issued' and c.reason = 'usage') given
     where l.organization_id = ${organizationId}::uuid and l.kind = 'usage' and i.provider = 'manual' and l.period_start = any(${[...starts]}::timestamptz[])
     group by l.key, l.period_start`;
