import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../config/app-config.js';
import type { BillingMode, Prisma, Subscription } from '../../../generated/prisma/client.js';
import { ModeNotAvailableError } from '../billing.errors.js';

/** Says who bills an organization: nobody, tenantry by invoice, or the payment provider. */
@Injectable()
export class BillingModesService {
  constructor(private readonly config: AppConfig) {}

  /** Returns the mode of a subscription: its own, or that of the installation. */
  modeOf({ billing }: Pick<Subscription, 'billing'>): BillingMode {
    return billing === null || (billing === 'provider' && this.config.stripe === undefined) ? this.config.billingMode : billing;
  }

  /** Whether an organization is billed, by tenantry or by the payment provider. */
  bills(subscription: Pick<Subscription, 'billing'>): boolean {
    return this.modeOf(subscription) !== 'none';
  }

  /** Selects the subscriptions that nobody bills. */
  get unbilled(): Prisma.SubscriptionWhereInput {
    if (this.config.billingMode !== 'none') return { billing: 'none' };
    return { OR: [{ billing: null }, { billing: { in: this.config.stripe === undefined ? ['none', 'provider'] : ['none'] } }] };
  }

  /** @throws {ModeNotAvailableError} if the installation has no payment provider */
  assertAvailable(mode: BillingMode | null | undefined): void {
    if (mode === 'provider' && this.config.stripe === undefined) throw new ModeNotAvailableError();
  }
}
