import { dayLength, dayOf, startOfDay } from '../../../common/calendar.js';
import { AppConfig } from '../../../config/app-config.js';
import { Catalog, type MeterDefinition } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';
import { OutboxService, type OutgoingMail } from '../../mail/outbox.service.js';
import { MetersService } from '../metering/meters.service.js';
import { limitReadings, ownersToMail, weekSums, type LimitReading, type Recipient, type WeekSum } from './usage-mail.queries.js';

/** Organizations that are looked at together: of so many the sums are in memory at once. */
const batch = 1000;
const amount = (units: bigint): string => units.toLocaleString('en-US');

/** Mails owners what was used in the week before, where `weekly_reports` is on. */
@ScheduledJob({ name: 'usage-report', cron: '0 0 7 * * 1', period: 'week' })
export class WeeklyUsageMailJob implements Job {
  constructor(
    private readonly catalog: Catalog,
    private readonly meters: MetersService,
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
  ) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    if (!this.catalog.settings.has('weekly_reports')) return { organizations: 0, mails: 0 };
    const monday = startOfDay(now).getTime() - ((now.getUTCDay() + 6) % 7) * dayLength;
    const week = { from: dayOf(new Date(monday - 7 * dayLength)), to: dayOf(new Date(monday)), last: dayOf(new Date(monday - dayLength)) };
    const told = { organizations: 0, mails: 0 };
    for (let last = '00000000-0000-0000-0000-000000000000'; ;) {
      const found = await tx.organization.findMany({ where: { id: { gt: last }, deletedAt: null }, orderBy: { id: 'asc' }, take: batch, select: { id: true } });
      const mails = await this.#mailsFor(
        tx,
        found.map(({ id }) => id),
        week,
        now,
      );
      await this.outbox.addMails(tx, mails);
      told.organizations += new Set(mails.map(({ organizationId }) => organizationId)).size;
      told.mails += mails.length;
      if (found.length < batch) return told;
      last = found.at(-1)?.id ?? last;
    }
  }

  async #mailsFor(tx: PlatformTransaction, organizationIds: string[], week: Week, now: Date): Promise<OutgoingMail<'usage-report'>[]> {
    const initially = this.catalog.settings.get('weekly_reports')?.default === true;
    const owners = await ownersToMail(tx, { setting: 'weekly_reports', initially, organizationIds });
    const ids = [...new Set(owners.map(({ organizationId }) => organizationId))];
    if (ids.length === 0) return [];
    const sums = byOrganization(await weekSums(tx, ids, week.from, week.to));
    const readings = byOrganization(await limitReadings(tx, ids, this.meters.readingBasis(), now));
    return owners.map((owner) => this.#mailOf(owner, week, sums.get(owner.organizationId) ?? [], readings.get(owner.organizationId) ?? []));
  }

  #mailOf({ organizationId, organization, email }: Recipient, week: Week, sums: readonly WeekSum[], readings: readonly LimitReading[]): OutgoingMail<'usage-report'> {
    const sumOf = (key: string): WeekSum | undefined => sums.find(({ meter }) => meter === key);
    const lines = [...this.catalog.meters.values()].map((meter) =>
      lineOf(
        meter,
        sumOf(meter.tracks === 'requests' ? '' : meter.key),
        readings.find((each) => each.meter === meter.key),
      ),
    );
    const data = { organization, week: `${week.from} to ${week.last}`, lines: [...lines, `Requests: ${amount(sumOf('')?.sum ?? 0n)}`], link: this.config.appUrl };
    return { template: 'usage-report', to: email, organizationId, data };
  }
}

interface Week {
  readonly from: string;
  /** The day after its last. */
  readonly to: string;
  readonly last: string;
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

/** `Quizzes: 12 (present period: 40 of 100)`; of a gauge only what there is. */
function lineOf({ name, kind, aggregation }: MeterDefinition, sum: WeekSum | undefined, reading: LimitReading | undefined): string {
  const { used = 0n, limit = null } = reading ?? {};
  const present = `${amount(used)} of ${limit === null ? 'unlimited' : amount(limit)}`;
  if (kind === 'gauge') return `${name}: ${present}`;
  if (kind === 'concurrent') return `${name}: at most ${amount(sum?.greatest ?? 0n)} at once, of ${limit === null ? 'unlimited' : amount(limit)}`;
  if (aggregation === 'unique') return `${name}: present period ${present}`;
  return `${name}: ${amount((aggregation === 'max' ? sum?.greatest : sum?.sum) ?? 0n)} (present period: ${present})`;
}
