import { Global, Module } from '@nestjs/common';
import { Entitlements } from '../../access/entitlements.js';
import { AppConfig } from '../../config/app-config.js';
import { MailModule } from '../mail/mail.module.js';
import { AdvanceSubscriptionsJob } from './advance-subscriptions.job.js';
import { BillingProfileController } from './billing-profile.controller.js';
import { BillingProfile } from './billing-profile.service.js';
import { BillingMail } from './billing-mail.service.js';
import { CheckoutController } from './checkout.controller.js';
import { Checkout } from './checkout.service.js';
import { ErasedSubscriptions } from './erased-subscriptions.service.js';
import { Invoices } from './invoices.service.js';
import { ManualProvider } from './manual.provider.js';
import { PaymentProvider } from './payment-provider.js';
import { PlanEntitlements } from './plan-entitlements.service.js';
import { PlansController } from './plans.controller.js';
import { PlatformBillingController } from './platform-billing.controller.js';
import { PlatformBilling } from './platform-billing.service.js';
import { RestoredSubscription } from './restored-subscription.service.js';
import { stripeProviders } from './stripe/stripe.providers.js';
import { StripeProvider } from './stripe/stripe.provider.js';
import { StripeWebhooksController } from './stripe/stripe-webhooks.controller.js';
import { SubscriptionController } from './subscription.controller.js';
import { SubscriptionCycle } from './subscription-cycle.service.js';
import { SubscriptionDecisions } from './subscription-decisions.service.js';
import { SubscriptionOpening } from './subscription-opening.service.js';
import { SubscriptionPreview } from './subscription-preview.service.js';
import { SubscriptionStore } from './subscription-store.service.js';
import { SubscriptionUsage } from './subscription-usage.service.js';
import { Subscriptions } from './subscriptions.service.js';

/** Plans, what they entitle to, and who pays for them. Global, since guards ask for {@link Entitlements}. */
@Global()
@Module({
  imports: [MailModule],
  controllers: [PlansController, SubscriptionController, BillingProfileController, PlatformBillingController, CheckoutController, StripeWebhooksController],
  providers: [
    { provide: Entitlements, useClass: PlanEntitlements },
    Invoices,
    Subscriptions,
    SubscriptionStore,
    SubscriptionDecisions,
    SubscriptionUsage,
    SubscriptionPreview,
    SubscriptionOpening,
    SubscriptionCycle,
    PlatformBilling,
    ErasedSubscriptions,
    RestoredSubscription,
    BillingMail,
    BillingProfile,
    AdvanceSubscriptionsJob,
    Checkout,
    ManualProvider,
    ...stripeProviders,
    {
      provide: PaymentProvider,
      useFactory: ({ stripe: settings }: AppConfig, manual: ManualProvider, stripe: StripeProvider) => (settings === undefined ? manual : stripe),
      inject: [AppConfig, ManualProvider, StripeProvider],
    },
  ],
  exports: [Entitlements, SubscriptionOpening, PlatformBilling, ErasedSubscriptions, RestoredSubscription],
})
export class BillingModule {}
