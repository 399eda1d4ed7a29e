import { Global, Module } from '@nestjs/common';
import { Entitlements } from '../../access/organization/entitlements.js';
import { AppConfig } from '../../config/app-config.js';
import { MailModule } from '../mail/mail.module.js';
import { CheckoutController } from './checkout/checkout.controller.js';
import { CheckoutService } from './checkout/checkout.service.js';
import { DocumentListsService } from './documents/document-lists.service.js';
import { DocumentsController } from './documents/documents.controller.js';
import { DocumentsService } from './documents/documents.service.js';
import { PlatformDocumentsController } from './documents/platform-documents.controller.js';
import { BillingProfileController } from './invoices/billing-profile.controller.js';
import { BillingProfileService } from './invoices/billing-profile.service.js';
import { CreditNotesService } from './invoices/credit-notes.service.js';
import { DocumentNumbersService } from './invoices/document-numbers.service.js';
import { InvoiceIssuingService } from './invoices/invoice-issuing.service.js';
import { InvoicesService } from './invoices/invoices.service.js';
import { UsageChargesService } from './invoices/usage-charges.service.js';
import { PlatformBillingController } from './operator/platform-billing.controller.js';
import { PlatformBillingService } from './operator/platform-billing.service.js';
import { PlanEntitlementsService } from './plans/plan-entitlements.service.js';
import { PlansController } from './plans/plans.controller.js';
import { BillingModesService } from './providers/billing-modes.service.js';
import { ManualPaymentProvider } from './providers/manual-payment-provider.js';
import { PaymentProvider } from './providers/payment-provider.js';
import { AdvanceSubscriptionsJob } from './renewals/advance-subscriptions.job.js';
import { BillingMailService } from './mails/billing-mail.service.js';
import { DueStepsService } from './renewals/due-steps.service.js';
import { DueSteps } from './subscriptions/due-steps.js';
import { DunningService } from './renewals/dunning.service.js';
import { RenewalsService } from './renewals/renewals.service.js';
import { ScheduledTermsService } from './renewals/scheduled-terms.service.js';
import { TrialsService } from './renewals/trials.service.js';
import { StripeWebhooksController } from './stripe/inbox/stripe-webhooks.controller.js';
import { stripeProviders } from './stripe/stripe.providers.js';
import { StripePaymentProvider } from './stripe/subscriptions/stripe-payment-provider.js';
import { ErasedSubscriptionsService } from './subscriptions/erased-subscriptions.service.js';
import { PaidPeriodsService } from './subscriptions/paid-periods.service.js';
import { PendingPurchasesService } from './subscriptions/pending-purchases.service.js';
import { RestoredSubscriptionService } from './subscriptions/restored-subscription.service.js';
import { SubscriptionFactsService } from './subscriptions/subscription-facts.service.js';
import { SubscriptionOpeningService } from './subscriptions/subscription-opening.service.js';
import { SubscriptionPreviewService } from './subscriptions/subscription-preview.service.js';
import { SubscriptionStoreService } from './subscriptions/subscription-store.service.js';
import { SubscriptionController } from './subscriptions/subscription.controller.js';
import { SubscriptionsService } from './subscriptions/subscriptions.service.js';

/** Plans, subscriptions, invoices and payment providers. Global, because guards inject {@link Entitlements}. */
@Global()
@Module({
  imports: [MailModule],
  controllers: [
    PlansController,
    SubscriptionController,
    BillingProfileController,
    PlatformBillingController,
    DocumentsController,
    PlatformDocumentsController,
    CheckoutController,
    StripeWebhooksController,
  ],
  providers: [
    { provide: Entitlements, useClass: PlanEntitlementsService },
    SubscriptionsService,
    SubscriptionStoreService,
    SubscriptionFactsService,
    SubscriptionPreviewService,
    SubscriptionOpeningService,
    PaidPeriodsService,
    ErasedSubscriptionsService,
    RestoredSubscriptionService,
    ScheduledTermsService,
    RenewalsService,
    TrialsService,
    DunningService,
    AdvanceSubscriptionsJob,
    BillingMailService,
    InvoicesService,
    InvoiceIssuingService,
    CreditNotesService,
    UsageChargesService,
    DocumentNumbersService,
    DocumentsService,
    DocumentListsService,
    DueStepsService,
    { provide: DueSteps, useExisting: DueStepsService },
    BillingProfileService,
    PlatformBillingService,
    CheckoutService,
    BillingModesService,
    PendingPurchasesService,
    ManualPaymentProvider,
    ...stripeProviders,
    {
      provide: PaymentProvider,
      useFactory: ({ stripe: settings }: AppConfig, manual: ManualPaymentProvider, stripe: StripePaymentProvider) => (settings === undefined ? manual : stripe),
      inject: [AppConfig, ManualPaymentProvider, StripePaymentProvider],
    },
  ],
  exports: [Entitlements, SubscriptionOpeningService, PlatformBillingService, ErasedSubscriptionsService, RestoredSubscriptionService],
})
export class BillingModule {}
