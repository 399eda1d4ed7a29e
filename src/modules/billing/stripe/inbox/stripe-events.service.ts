import { Injectable, Logger } from '@nestjs/common';
import { packages } from '../../../../common/packages.js';
import { NotFoundError } from '../../../../common/errors/app-error.js';
import { inTransaction } from '../../../../database/locks.js';
import { PlatformPool } from '../../../../database/wire/platform-pool.js';
import { QueueService } from '../../../../jobs/queue.service.js';
import { StripeClientService } from '../stripe-client.service.js';
import { InvalidSignatureError } from '../stripe.errors.js';

export const eventQueue = 'provider_events';
/** The queue of tenantry's own tasks, which take longer than an event. */
export const taskQueue = 'provider_tasks';

export interface EventJob {
  readonly id: string;
}

/** The maximum age of a signature, in seconds; https://docs.stripe.com/webhooks#replay-attacks */
const tolerance = 300;

/** Whether an event type concerns data that tenantry keeps. Other events are stored as handled. */
const isRelevant = (type: string): boolean => /^(customer\.subscription|checkout\.session|invoice)\./.test(type);

/** The events by which Stripe reports that it has rejected meter events. tenantry logs them. */
const rejectedUsage = new Set(['v1.billing.meter.error_report_triggered', 'v1.billing.meter.no_meter_found']);

/** An event with a copy of its object (`event`), or without (`v2.core.event`, a thin event). */
interface ReceivedEvent {
  readonly id: string;
  readonly type: string;
  readonly data?: { readonly object?: { readonly id?: unknown } };
  readonly related_object?: { readonly id?: unknown } | null;
}

/** Receives Stripe's webhook events: verifies the signature, then stores and queues the event in one transaction. */
@Injectable()
export class StripeEventsService {
  readonly #logger = new Logger(StripeEventsService.name);

  constructor(
    private readonly client: StripeClientService,
    private readonly pool: PlatformPool,
    private readonly queue: QueueService,
  ) {}

  /**
   * @param payload the unparsed body, which is what Stripe signed
   * @throws {NotFoundError} unless Stripe collects
   * @throws {InvalidSignatureError}
   */
  async receiveStripeEvent(payload: string, signature: string | undefined): Promise<void> {
    const { settings } = this.client;
    if (settings === undefined) throw new NotFoundError();
    const event = await this.#verify(payload, signature ?? '', settings.webhookSecrets);
    const objectId = event.data?.object?.id ?? event.related_object?.id;
    if (rejectedUsage.has(event.type)) this.#logger.warn({ event: event.id, type: event.type, meter: objectId }, 'Stripe has rejected usage: read the event in Stripe');
    await this.#store(event, typeof objectId === 'string' ? objectId : null);
  }

  /** Stores an event once, and queues it if it is new and relevant. */
  async #store({ id, type }: ReceivedEvent, objectId: string | null): Promise<void> {
    const relevant = isRelevant(type);
    const queued = await inTransaction(this.pool, async (client) => {
      const text = `insert into provider_events (provider, id, type, object_id, handled_at) values ('stripe', $1, $2, $3, case when $4::boolean then now() end) on conflict do nothing`;
      const { rowCount } = await client.query(text, [id, type, objectId, !relevant]);
      if (rowCount === 0 || !relevant) return false;
      const runner = { executeSql: (sql: string, values: unknown[]) => client.query(sql, values) };
      await this.queue.sendWithin(runner, [{ name: eventQueue, payload: { id } satisfies EventJob }]);
      return true;
    });
    if (queued) this.queue.wake(eventQueue);
  }

  /** While a webhook secret is being replaced, either one may have signed the event. */
  async #verify(payload: string, signature: string, secrets: readonly string[]): Promise<ReceivedEvent> {
    const { signature: verifier } = this.client.api.webhooks;
    if (verifier === null) throw new Error('the Stripe library has no verifier of signatures');
    for (const secret of secrets) {
      try {
        // The library's `constructEvent` and `parseEventNotification` each refuse the other kind of event; both verify like this.
        await verifier.verifyHeaderAsync(payload, signature, secret, tolerance);
        return JSON.parse(payload) as ReceivedEvent;
      } catch (error) {
        // A body that is not JSON is not from Stripe either.
        if (!(error instanceof packages.stripe.errors.StripeSignatureVerificationError) && !(error instanceof SyntaxError)) throw error;
      }
    }
    throw new InvalidSignatureError();
  }
}
