import { AppConfig } from '../../../config/app-config.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { quantityOf } from '../../../config/catalog/quantities.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';
import { OutboxService, type OutgoingMail } from '../../mail/outbox.service.js';
import { MeterDecimalsService } from '../metering/meter-decimals.service.js';
import { findOwnersToMail, claimThresholds, type ReachedThreshold, type Recipient } from './usage-mail.queries.js';

/** The thresholds of one run. The others wait for the next minute. */
const maxThresholds = 2000;

/** Mails owners when 80 % and 100 % of a limit are reached, once each per period. */
@ScheduledJob({ name: 'usage-alerts', cron: '20 * * * * *', period: 'minute' })
export class ThresholdMailJob implements Job {
  constructor(
    private readonly catalog: Catalog,
    private readonly decimals: MeterDecimalsService,
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
  ) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const thresholds = await claimThresholds(tx, now, maxThresholds);
    if (thresholds.length === 0) return { thresholds: 0, mails: 0 };
    const organizationIds = [...new Set(thresholds.map(({ organizationId }) => organizationId))];
    const defaultsToOn = this.catalog.settings.get('email_notifications')?.default !== false;
    const owners = await findOwnersToMail(tx, { setting: 'email_notifications', defaultsToOn, organizationIds });
    const decimalsOf = await this.decimals.findDecimals(
      thresholds.map(({ meter }) => meter),
      tx,
    );
    const mails = owners.flatMap((owner) =>
      thresholds.filter(({ organizationId }) => organizationId === owner.organizationId).map((reached) => this.#mailOf(reached, owner, decimalsOf)),
    );
    await this.outbox.addMails(tx, mails);
    return { thresholds: thresholds.length, mails: mails.length };
  }

  #mailOf(
    { meter, percent, used, allowance, resetsAt }: ReachedThreshold,
    { organizationId, organization, email }: Recipient,
    decimalsOf: (meter: string) => number,
  ): OutgoingMail<'usage-threshold'> {
    const name = this.catalog.meters.get(meter)?.name ?? meter;
    const quantity = (parts: bigint): number => quantityOf(decimalsOf(meter), Number(parts));
    const amounts = { percent, used: quantity(used), limit: quantity(allowance), resetsAt: resetsAt?.toISOString() ?? null };
    return { template: 'usage-threshold', to: email, organizationId, data: { organization, meter: name, ...amounts, link: this.config.appUrl } };
  }
}
