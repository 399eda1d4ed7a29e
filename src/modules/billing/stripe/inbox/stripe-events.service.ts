import { Injectable } from '@nestjs/common';
import { Stripe } from 'stripe';
import { NotFoundError } from '../../../../common/errors/app-error.js';
import { PlatformPool } from '../../../../database/wire/platform-pool.js';
import { QueueService } from '../../../../jobs/queue.service.js';
import { StripeClientService } from '../stripe-client.service.js';
import { InvalidSignatureError } from '../stripe.errors.js';

export const eventQueue = 'provider_events';
export const sweepQueue = 'provider_sweeps';

export interface EventJob {
  readonly id: string;
}

/** Seconds by which the signature of an event may be old; https://docs.stripe.com/webhooks#replay-attacks */
const tolerance = 300;

/** Types that say something about what we keep; the others are noted, and done with. */
const isOurs = (type: string): boolean => /^(customer\.subscription|checkout\.session|invoice)\./.test(type);

/** Takes Stripe's events in: checked, noted, and sent on the queue, all in one transaction, so that none is lost and none is done twice. */
@Injectable()
export class StripeEventsService {
  constructor(
    private readonly client: StripeClientService,
    private readonly pool: PlatformPool,
    private readonly queue: QueueService,
  ) {}

  /**
   * @param payload the body as it came, to the letter: it is what was signed
   * @throws {NotFoundError} while somebody else collects
   * @throws {InvalidSignatureError}
   */
  async receive(payload: string, signature: string | undefined): Promise<void> {
    const { settings } = this.client;
    if (settings === undefined) throw new NotFoundError();
    const event = await this.#verified(payload, signature ?? '', settings.webhookSecrets);
    const object = event.data.object as { readonly id?: unknown };
    await this.note({ id: event.id, type: event.type, objectId: typeof object.id === 'string' ? object.id : null }, isOurs(event.type) ? eventQueue : undefined);
  }

  /** What is known already is not noted, nor done, again. */
  async note({ id, type, objectId }: { readonly id: string; readonly type: string; readonly objectId: string | null }, queue: string | undefined): Promise<boolean> {
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      const text = `insert into provider_events (provider, id, type, object_id, handled_at) values ('stripe', $1, $2, $3, case when $4::boolean then now() end) on conflict do nothing`;
      const { rowCount } = await client.query(text, [id, type, objectId, queue === undefined]);
      const isNew = rowCount === 1;
      const runner = { executeSql: (sql: string, values: unknown[]) => client.query(sql, values) };
      if (isNew && queue !== undefined) await this.queue.sendWithin(runner, [{ name: queue, payload: { id } satisfies EventJob }]);
      await client.query('commit');
      if (isNew && queue !== undefined) this.queue.wake(queue);
      return isNew;
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  /** While a secret is replaced, either may have signed it. */
  async #verified(payload: string, signature: string, secrets: readonly string[]): Promise<Stripe.Event> {
    for (const secret of secrets) {
      try {
        return await this.client.api.webhooks.constructEventAsync(payload, signature, secret, tolerance);
      } catch (error) {
        // A body that is signed and no JSON is not Stripe's either.
        if (!(error instanceof Stripe.errors.StripeSignatureVerificationError) && !(error instanceof SyntaxError)) throw error;
      }
    }
    throw new InvalidSignatureError();
  }
}
