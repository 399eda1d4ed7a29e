import { Injectable, Logger } from '@nestjs/common';
import { Stripe } from 'stripe';
import { Clock } from '../../../../common/clock.js';
import { Catalog } from '../../../../config/catalog/catalog.js';
import { PlatformDb } from '../../../../database/platform-db.js';
import { StripeClientService } from '../stripe-client.service.js';
import { didNothing, momentOf, oldestRepetition } from './stripe-usage.policy.js';
import { countDoubtful, nextWaiting, noteBeginnings, noteDifferences, noteSent, noteTried, noteUntaken, type WaitingReport } from './stripe-usage.queries.js';
import { customerField, valueField } from '../prices/stripe-usage-price.policy.js';

export interface UsageReport {
  /** Sums, and differences to what was sent before, that were sent. */
  readonly sent: number;
  /** What Stripe had already: the note of it was lost. */
  readonly known: number;
  /** What Stripe does not take, for a customer or a meter that it has not: tried again the next night. */
  readonly refused: number;
  /** Tried so long ago that nobody knows whether Stripe has it; not sent again, the operator looks. */
  readonly doubtful: number;
}

const dayLength = 24 * 3600 * 1000;
/** Reports that are taken at once, and how many organizations' are sent at the same time. */
const most = 500;
const atOnce = 8;

/** Tells Stripe what was used on days that are over, for the prices that are charged by usage. */
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
   * Reports a day, and what has changed of the days before as long as it may change. First it is written down, each
   * difference under an id of its own, then sent under that id, then noted as sent: wherever this breaks off, the next
   * run goes on, and Stripe takes no id twice.
   *
   * @param day e.g. `2026-11-21`, in UTC
   */
  async report(day: string): Promise<UsageReport> {
    const now = this.clock.now();
    const meters = [...this.catalog.meters.values()].filter(({ billed }) => billed).map(({ key }) => key);
    const last = new Date(`${day}T00:00:00Z`);
    await noteBeginnings(this.platform, last);
    const first = new Date(last.getTime() - (this.catalog.usage.lateDays + 1) * dayLength);
    await noteDifferences(this.platform, { first, last, meters, now });
    const counts = { sent: 0, known: 0, refused: 0 };
    const oldest = oldestRepetition(now);
    for (let reports = await nextWaiting(this.platform, undefined, { meters, oldest, most }); reports.length > 0;) {
      await this.#sendAll(reports, counts);
      reports = await nextWaiting(this.platform, reports.at(-1), { meters, oldest, most });
    }
    const doubtful = await countDoubtful(this.platform, oldest);
    if (doubtful > 0) this.#logger.error({ doubtful }, 'usage was sent to Stripe, and nobody knows whether it arrived: see usage_reports');
    return { ...counts, doubtful };
  }

  /** Several organizations at once; of one organization one after the other, as Stripe wants it of one customer and meter. */
  async #sendAll(reports: readonly WaitingReport[], counts: { sent: number; known: number; refused: number }): Promise<void> {
    const outcomes = { sent: [] as WaitingReport[], known: [] as WaitingReport[], refused: [] as WaitingReport[], undone: [] as WaitingReport[] };
    const waiting = [...new Set(reports.map(({ organizationId }) => organizationId))].values();
    let failure: unknown;
    const work = async (): Promise<void> => {
      for (const organizationId of waiting) {
        for (const report of reports.filter((each) => each.organizationId === organizationId)) {
          if (failure !== undefined) return;
          if (!(await noteTried(this.platform, report, this.clock.now()))) continue;
          try {
            outcomes[await this.#send(report)].push(report);
          } catch (error) {
            failure = error;
            if (didNothing(error)) outcomes.undone.push(report);
          }
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    await noteSent(this.platform, [...outcomes.sent, ...outcomes.known], this.clock.now());
    await noteUntaken(this.platform, [...outcomes.refused, ...outcomes.undone]);
    if (failure !== undefined) throw failure;
    counts.sent += outcomes.sent.length;
    counts.known += outcomes.known.length;
    counts.refused += outcomes.refused.length;
  }

  /**
   * Without an idempotency key: Stripe would answer a failure under it for a day, and the identifier does as much.
   * https://docs.stripe.com/api/billing/meter-event/create
   */
  async #send({ id, organizationId, meter, day, quantity, customerId, periodStart }: WaitingReport): Promise<keyof Omit<UsageReport, 'doubtful'>> {
    const timestamp = Math.floor(momentOf(day, periodStart, this.clock.now()).getTime() / 1000);
    const payload = { [customerField]: customerId, [valueField]: String(quantity) };
    try {
      await this.client.api.billing.meterEvents.create({ event_name: meter, identifier: id, timestamp, payload });
      return 'sent';
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
      if (isRepetition(error)) return 'known';
      // Somebody else reports for the same customer and meter at this moment: later, by the queue.
      if (error.statusCode === 409) throw error;
      this.#logger.warn({ organizationId, meter, day, err: error.message }, 'Stripe does not take this usage; it is tried again the next night');
      return 'refused';
    }
  }
}

/** The code is documented, and is missing in what Stripe answers; the message is there. */
const isRepetition = ({ code, message }: Stripe.errors.StripeInvalidRequestError): boolean =>
  code === 'duplicate_meter_event' || /event already exists with identifier/i.test(message);
