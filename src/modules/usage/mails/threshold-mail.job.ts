import { AppConfig } from '../../../config/app-config.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';
import { OutboxService, type OutgoingMail } from '../../mail/outbox.service.js';
import { ownersToMail, takeThresholds, type ReachedThreshold, type Recipient } from './usage-mail.queries.js';

/** What one run tells of; the rest waits for the next minute. */
const most = 2000;

/** Tells owners that 80 or 100 % of a limit are used, once in a period. */
@ScheduledJob({ name: 'usage-alerts', cron: '20 * * * * *', period: 'minute' })
export class ThresholdMailJob implements Job {
  constructor(
    private readonly catalog: Catalog,
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
  ) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const thresholds = await takeThresholds(tx, now, most);
    if (thresholds.length === 0) return { thresholds: 0, mails: 0 };
    const organizationIds = [...new Set(thresholds.map(({ organizationId }) => organizationId))];
    const initially = this.catalog.settings.get('email_notifications')?.default !== false;
    const owners = await ownersToMail(tx, { setting: 'email_notifications', initially, organizationIds });
    const mails = owners.flatMap((owner) => thresholds.filter(({ organizationId }) => organizationId === owner.organizationId).map((reached) => this.#mailOf(reached, owner)));
    await this.outbox.addMails(tx, mails);
    return { thresholds: thresholds.length, mails: mails.length };
  }

  #mailOf({ meter, percent, used, allowance, resetsAt }: ReachedThreshold, { organizationId, organization, email }: Recipient): OutgoingMail<'usage-threshold'> {
    const known = this.catalog.meters.get(meter);
    const amounts = { percent, used: Number(used), limit: Number(allowance), resetsAt: resetsAt?.toISOString() ?? null };
    return { template: 'usage-threshold', to: email, organizationId, data: { organization, meter: known?.name ?? meter, ...amounts, link: this.config.appUrl } };
  }
}
