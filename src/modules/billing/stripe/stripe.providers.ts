import { StripeEventsWorker } from './inbox/stripe-events.worker.js';
import { ReconcileStripeJob } from './jobs/reconcile-stripe.job.js';
import { SendStripeUsageJob } from './jobs/send-stripe-usage.job.js';
import { StripeCatalogService } from './sync/stripe-catalog.service.js';
import { StripeChangesService } from './subscriptions/stripe-changes.service.js';
import { StripeClientService } from './stripe-client.service.js';
import { StripeCustomersService } from './subscriptions/stripe-customers.service.js';
import { StripeErasureService } from './subscriptions/stripe-erasure.service.js';
import { StripeTasksService } from './inbox/stripe-tasks.service.js';
import { StripeEventsService } from './inbox/stripe-events.service.js';
import { StripeFeaturesService } from './sync/stripe-features.service.js';
import { StripeInvoicesService } from './subscriptions/stripe-invoices.service.js';
import { StripeMetersService } from './sync/stripe-meters.service.js';
import { StripeOrganizationsService } from './subscriptions/stripe-organizations.service.js';
import { StripePricesService } from './prices/stripe-prices.service.js';
import { StripeReconciliationService } from './subscriptions/stripe-reconciliation.service.js';
import { StripeComparisonService } from './subscriptions/stripe-comparison.service.js';
import { StripeUsageItemsService } from './prices/stripe-usage-items.service.js';
import { StripeUsageService } from './usage/stripe-usage.service.js';
import { StripePaymentProvider } from './subscriptions/stripe-payment-provider.js';

/** The services that call Stripe. They do nothing unless Stripe collects. */
export const stripeProviders = [
  StripePaymentProvider,
  StripeClientService,
  StripeOrganizationsService,
  StripeCustomersService,
  StripeChangesService,
  StripeReconciliationService,
  StripeInvoicesService,
  StripeEventsService,
  StripeTasksService,
  StripeErasureService,
  StripeComparisonService,
  StripeUsageService,
  StripePricesService,
  StripeUsageItemsService,
  StripeMetersService,
  StripeFeaturesService,
  StripeCatalogService,
  StripeEventsWorker,
  ReconcileStripeJob,
  SendStripeUsageJob,
];
