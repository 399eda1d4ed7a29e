import { Global, Module } from '@nestjs/common';
import { Entitlements } from '../../access/organization/entitlements.js';
import { AppConfig } from '../../config/app-config.js';
import { MailModule } from '../mail/mail.module.js';
import { AdvanceSubscriptionsJob } from './renewals/advance-subscriptions.job.js';
import { BillingProfileController } from './invoices/billing-profile.controller.js';
import { BillingProfileService } from './invoices/billing-profile.service.js';
import { BillingMailService } from './renewals/billing-mail.service.js';
import { CheckoutController } from './checkout/checkout.controller.js';
import { CheckoutService } from './checkout/checkout.service.js';
import { ErasedSubscriptionsService } from './subscriptions/erased-subscriptions.service.js';
import { InvoicesService } from './invoices/invoices.service.js';
import { ManualProvider } from './providers/manual.provider.js';
import { PaymentProvider } from './providers/payment-provider.js';
import { PlanEntitlementsService } from './plans/plan-entitlements.service.js';
import { PlansController } from './plans/plans.controller.js';
import { PlatformBillingController } from './operator/platform-billing.controller.js';
import { PlatformBillingService } from './operator/platform-billing.service.js';
import { RestoredSubscriptionService } from './subscriptions/restored-subscription.service.js';
import { stripeProviders } from './stripe/stripe.providers.js';
import { StripeProvider } from './stripe/subscriptions/stripe.provider.js';
import { StripeWebhooksController } from './stripe/inbox/stripe-webhooks.controller.js';
import { SubscriptionController } from './subscriptions/subscription.controller.js';
import { SubscriptionRenewalService } from './renewals/subscription-renewal.service.js';
import { SubscriptionDecisionsService } from './subscriptions/subscription-decisions.service.js';
import { SubscriptionOpeningService } from './subscriptions/subscription-opening.service.js';
import { SubscriptionPreviewService } from './subscriptions/subscription-preview.service.js';
import { SubscriptionStoreService } from './subscriptions/subscription-store.service.js';
import { SubscriptionUsageService } from './subscriptions/subscription-usage.service.js';
import { SubscriptionsService } from './subscriptions/subscriptions.service.js';

/** Plans, what they entitle to, and who pays for them. Global, since guards ask for {@link Entitlements}. */
@Global()
@Module({
  imports: [MailModule],
  controllers: [PlansController, SubscriptionController, BillingProfileController, PlatformBillingController, CheckoutController, StripeWebhooksController],
  providers: [
    { provide: Entitlements, useClass: PlanEntitlementsService },
    InvoicesService,
    SubscriptionsService,
    SubscriptionStoreService,
    SubscriptionDecisionsService,
    SubscriptionUsageService,
    SubscriptionPreviewService,
    SubscriptionOpeningService,
    SubscriptionRenewalService,
    PlatformBillingService,
    ErasedSubscriptionsService,
    RestoredSubscriptionService,
    BillingMailService,
    BillingProfileService,
    AdvanceSubscriptionsJob,
    CheckoutService,
    ManualProvider,
    ...stripeProviders,
    {
      provide: PaymentProvider,
      useFactory: ({ stripe: settings }: AppConfig, manual: ManualProvider, stripe: StripeProvider) => (settings === undefined ? manual : stripe),
      inject: [AppConfig, ManualProvider, StripeProvider],
    },
  ],
  exports: [Entitlements, SubscriptionOpeningService, PlatformBillingService, ErasedSubscriptionsService, RestoredSubscriptionService],
})
export class BillingModule {}
