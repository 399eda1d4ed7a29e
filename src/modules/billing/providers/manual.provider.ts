import { Injectable, Logger } from '@nestjs/common';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Subscription } from '../../../generated/prisma/client.js';
import { CollectedElsewhereError, NotOfferedError } from '../billing.errors.js';
import { PaymentProvider } from './payment-provider.js';
import { StripeTasksService } from '../stripe/inbox/stripe-tasks.service.js';

/** Invoices are rows that are paid as they say, and that the operator closes: nobody else is to be told of anything. */
@Injectable()
export class ManualProvider extends PaymentProvider {
  readonly #logger = new Logger(ManualProvider.name);

  constructor(private readonly errands: StripeTasksService) {
    super();
  }

  change(row: Subscription): undefined {
    return this.#refuse(row);
  }

  cancel(row: Subscription): undefined {
    return this.#refuse(row);
  }

  resume(row: Subscription): undefined {
    return this.#refuse(row);
  }

  pause(row: Subscription): undefined {
    return this.#refuse(row);
  }

  setTrial(row: Subscription): undefined {
    return this.#refuse(row);
  }

  /** What another provider was collecting when this one took its place: it may go on there. */
  collects({ provider, providerSubscriptionId, status }: Subscription): boolean {
    return provider !== 'manual' && providerSubscriptionId !== null && status !== 'canceled';
  }

  async erased(tx: PlatformTransaction, row: Subscription): Promise<void> {
    const { organizationId, providerCustomerId: id } = row;
    if (id === null) return;
    await this.errands.endOf(tx, id);
    if (this.collects(row))
      this.#logger.error({ organizationId, customerId: id }, 'Stripe goes on collecting from an organization that is erased, until Stripe is set again: cancel it there');
  }

  checkout(): Promise<string> {
    return Promise.reject(new NotOfferedError('Paying online'));
  }

  portal(): Promise<string> {
    return Promise.reject(new NotOfferedError('A page for payments'));
  }

  /** @throws {CollectedElsewhereError} */
  #refuse(row: Subscription): undefined {
    if (this.collects(row)) throw new CollectedElsewhereError();
  }
}
