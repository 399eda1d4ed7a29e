import { quantityText } from '../../../../config/catalog/quantities.js';
import { Injectable, Logger } from '@nestjs/common';
import type { Stripe } from 'stripe';
import { packages } from '../../../../common/packages.js';
import { dayLength } from '../../../../common/calendar.js';
import { Clock } from '../../../../common/clock.js';
import { Catalog } from '../../../../config/catalog/catalog.js';
import { PlatformDb } from '../../../../database/platform-db.js';
import { StripeClientService } from '../stripe-client.service.js';
import { didNothing, momentOf, oldestRepetition } from './stripe-usage.policy.js';
import { countDoubtful, findWaiting, recordChargeStarts, recordDifferences, markSent, markTried, markUnsent, type WaitingReport } from './stripe-usage.queries.js';
import { customerField, valueField } from '../prices/stripe-usage-price.policy.js';
import { readTime } from '../../../../common/times.js';

export interface UsageReport {
  /** Reports that were sent: usage, and corrections of it. */
  readonly sent: number;
  /** Reports that Stripe already had. */
  readonly known: number;
  /** Reports that Stripe refused because it does not have the customer or the meter. The next night tries again. */
  readonly refused: number;
  /** Reports of which it is unknown whether Stripe has them. They are not sent again; the operator must check them. */
  readonly doubtful: number;
}

/** How many reports are read at once. */
const maxReports = 500;
/** How many organizations' reports are sent at the same time. */
const concurrency = 8;

/** Reports the usage of past days to Stripe, for prices that are charged by usage. */
@Injectable()
export class StripeUsageService {
  readonly #logger = new Logger(StripeUsageService.name);

  constructor(
    private readonly platform: PlatformDb,
    private readonly catalog: Catalog,
    private readonly client: StripeClientService,
    private readonly clock: Clock,
  ) {}

  /**
   * Reports the usage of a day, and corrections of earlier days as long as late events are accepted. Each report is stored with
   * an id, sent with that id, and marked as sent. If this is interrupted, the next run continues; Stripe accepts an id once.
   *
   * @param day e.g. `2026-11-21`, in UTC
   */
  async sendUsage(day: string): Promise<UsageReport> {
    const now = this.clock.now();
    const meters = [...this.catalog.meters.values()].filter(({ billed }) => billed).map(({ key }) => key);
    const last = readTime(day);
    await recordChargeStarts(this.platform, last);
    const first = new Date(last.getTime() - (this.catalog.usage.lateDays + 1) * dayLength);
    await recordDifferences(this.platform, { first, last, meters, now });
    const counts = { sent: 0, known: 0, refused: 0 };
    const oldest = oldestRepetition(now);
    for (let reports = await findWaiting(this.platform, undefined, { meters, oldest, max: maxReports }); reports.length > 0;) {
      await this.#sendAll(reports, counts);
      reports = await findWaiting(this.platform, reports.at(-1), { meters, oldest, max: maxReports });
    }
    const doubtful = await countDoubtful(this.platform, oldest);
    if (doubtful > 0) this.#logger.error({ doubtful }, 'it is unknown whether Stripe has received some usage reports: check usage_reports');
    return { ...counts, doubtful };
  }

  /** Sends the reports of several organizations concurrently, and those of one organization one after another: Stripe requires it for a customer and meter. */
  async #sendAll(reports: readonly WaitingReport[], counts: { sent: number; known: number; refused: number }): Promise<void> {
    const outcomes = { sent: [] as WaitingReport[], known: [] as WaitingReport[], refused: [] as WaitingReport[], undone: [] as WaitingReport[] };
    const waiting = [...new Set(reports.map(({ organizationId }) => organizationId))].values();
    let failure: unknown;
    const worker = async (): Promise<void> => {
      for (const organizationId of waiting) {
        for (const report of reports.filter((each) => each.organizationId === organizationId)) {
          if (failure !== undefined) return;
          if (!(await markTried(this.platform, report, this.clock.now()))) continue;
          try {
            outcomes[await this.#send(report)].push(report);
          } catch (error) {
            failure = error;
            if (didNothing(error)) outcomes.undone.push(report);
          }
        }
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    await markSent(this.platform, [...outcomes.sent, ...outcomes.known], this.clock.now());
    await markUnsent(this.platform, [...outcomes.refused, ...outcomes.undone]);
    if (failure !== undefined) throw failure;
    counts.sent += outcomes.sent.length;
    counts.known += outcomes.known.length;
    counts.refused += outcomes.refused.length;
  }

  /**
   * Sends no idempotency key: Stripe would repeat a failure for a day. The identifier of the event has the same effect.
   * https://docs.stripe.com/api/billing/meter-event/create
   */
  async #send({ id, organizationId, meter, day, quantity, customerId, periodStart }: WaitingReport): Promise<keyof Omit<UsageReport, 'doubtful'>> {
    const timestamp = Math.floor(momentOf(day, periodStart, this.clock.now()).getTime() / 1000);
    const payload = { [customerField]: customerId, [valueField]: quantityText(this.catalog.decimalsOf(meter), Number(quantity)) };
    try {
      await this.client.api.billing.meterEvents.create({ event_name: meter, identifier: id, timestamp, payload });
      return 'sent';
    } catch (error) {
      if (!(error instanceof packages.stripe.errors.StripeInvalidRequestError)) throw error;
      if (isRepetition(error)) return 'known';
      // Another process is reporting for the same customer and meter: the queue tries again.
      if (error.statusCode === 409) throw error;
      this.#logger.warn({ organizationId, meter, day, err: error.message }, 'Stripe refused a usage report; the next night tries again');
      return 'refused';
    }
  }
}

/** Whether Stripe already has the event. Stripe documents the code, but answers only with the message. */
const isRepetition = ({ code, message }: Stripe.errors.StripeInvalidRequestError): boolean =>
  code === 'duplicate_meter_event' || /event already exists with identifier/i.test(message);
