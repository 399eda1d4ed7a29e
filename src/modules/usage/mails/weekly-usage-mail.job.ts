import { dayLength, dayOf, startOfDay } from '../../../common/calendar.js';
import { AppConfig } from '../../../config/app-config.js';
import { Catalog, type MeterDefinition } from '../../../config/catalog/catalog.js';
import { quantityOf } from '../../../config/catalog/quantities.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';
import type { MeterLine } from '../../mail/mail.templates.js';
import { OutboxService, type OutgoingMail } from '../../mail/outbox.service.js';
import { MetersService } from '../metering/meters.service.js';
import { findOwnersToMail, readLimits, sumUsage, type LimitReading, type Recipient, type UsageSum } from './usage-mail.queries.js';

/** The organizations of one step: limits the rows in memory. */
const batchSize = 1000;

interface Week {
  readonly firstDay: string;
  readonly lastDay: string;
  /** The day after the last day. */
  readonly end: string;
}

/** Mails owners the usage of the previous week, in organizations where the setting `weekly_reports` is on. */
@ScheduledJob({ name: 'weekly-usage-mail', cron: '0 0 7 * * 1', period: 'week' })
export class WeeklyUsageMailJob implements Job {
  constructor(
    private readonly catalog: Catalog,
    private readonly meters: MetersService,
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
  ) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    if (!this.catalog.settings.has('weekly_reports')) return { organizations: 0, mails: 0 };
    const week = weekBefore(now);
    const counts = { organizations: 0, mails: 0 };
    for (let lastId = '00000000-0000-0000-0000-000000000000'; ;) {
      const batch = await tx.organization.findMany({ where: { id: { gt: lastId }, deletedAt: null }, orderBy: { id: 'asc' }, take: batchSize, select: { id: true } });
      const ids = batch.map(({ id }) => id);
      const mails = await this.#mailsFor(tx, ids, week, now);
      await this.outbox.addMails(tx, mails);
      counts.organizations += new Set(mails.map(({ organizationId }) => organizationId)).size;
      counts.mails += mails.length;
      if (batch.length < batchSize) return counts;
      lastId = ids.at(-1) ?? lastId;
    }
  }

  async #mailsFor(tx: PlatformTransaction, organizationIds: string[], week: Week, now: Date): Promise<OutgoingMail<'weekly-usage'>[]> {
    const defaultsToOn = this.catalog.settings.get('weekly_reports')?.default === true;
    const owners = await findOwnersToMail(tx, { setting: 'weekly_reports', defaultsToOn, organizationIds });
    const ids = [...new Set(owners.map(({ organizationId }) => organizationId))];
    if (ids.length === 0) return [];
    const sums = byOrganization(await sumUsage(tx, ids, week.firstDay, week.end));
    const limits = byOrganization(await readLimits(tx, ids, this.meters.readingBasis(), now));
    return owners.map((owner) => this.#mailOf(owner, week, sums.get(owner.organizationId) ?? [], limits.get(owner.organizationId) ?? []));
  }

  #mailOf({ organizationId, organization, email }: Recipient, week: Week, sums: readonly UsageSum[], limits: readonly LimitReading[]): OutgoingMail<'weekly-usage'> {
    const sumOf = (key: string): UsageSum | undefined => sums.find(({ meter }) => meter === key);
    const limitOf = (key: string): LimitReading | undefined => limits.find(({ meter }) => meter === key);
    const meters = [...this.catalog.meters.values()].map((meter) => lineOf(meter, sumOf(meter.tracks === 'requests' ? '' : meter.key), limitOf(meter.key)));
    const data = { organization, from: week.firstDay, to: week.lastDay, meters, requests: Number(sumOf('')?.sum ?? 0n), link: this.config.appUrl };
    return { template: 'weekly-usage', to: email, organizationId, data };
  }
}

/** Returns the week from Monday to Sunday that ended before the current week. */
function weekBefore(now: Date): Week {
  const monday = startOfDay(now).getTime() - ((now.getUTCDay() + 6) % 7) * dayLength;
  return { firstDay: dayOf(new Date(monday - 7 * dayLength)), lastDay: dayOf(new Date(monday - dayLength)), end: dayOf(new Date(monday)) };
}

function byOrganization<Row extends { readonly organizationId: string }>(rows: readonly Row[]): ReadonlyMap<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.organizationId);
    if (group === undefined) groups.set(row.organizationId, [row]);
    else group.push(row);
  }
  return groups;
}

/** A gauge has its current value only. */
function lineOf({ name, kind, aggregation, decimals }: MeterDefinition, sum: UsageSum | undefined, reading: LimitReading | undefined): MeterLine {
  const quantity = (parts: bigint): number => quantityOf(decimals, Number(parts));
  const limit = reading?.limit ?? null;
  const values = { name, used: quantity(reading?.used ?? 0n), limit: limit === null ? null : quantity(limit) };
  if (kind === 'gauge') return { ...values, shows: 'value', ofWeek: 0 };
  if (kind === 'concurrent') return { ...values, shows: 'peak', ofWeek: quantity(sum?.greatest ?? 0n) };
  if (aggregation === 'unique') return { ...values, shows: 'period', ofWeek: 0 };
  return { ...values, shows: 'week', ofWeek: quantity((aggregation === 'max' ? sum?.greatest : sum?.sum) ?? 0n) };
}
