import { HandleStripeEventsJob } from './handle-stripe-events.job.js';
import { ReconcileStripeJob } from './reconcile-stripe.job.js';
import { ReportUsageJob } from './report-usage.job.js';
import { StripeCatalog } from './stripe-catalog.service.js';
import { StripeChanges } from './stripe-changes.service.js';
import { StripeClient } from './stripe-client.service.js';
import { StripeCustomers } from './stripe-customers.service.js';
import { StripeErasure } from './stripe-erasure.service.js';
import { StripeErrands } from './stripe-errands.service.js';
import { StripeEvents } from './stripe-events.service.js';
import { StripeFeatures } from './stripe-features.service.js';
import { StripeInvoices } from './stripe-invoices.service.js';
import { StripeMeters } from './stripe-meters.service.js';
import { StripeOwners } from './stripe-owners.service.js';
import { StripePrices } from './stripe-prices.service.js';
import { StripeReconciliation } from './stripe-reconciliation.service.js';
import { StripeSweep } from './stripe-sweep.service.js';
import { StripeUsageItems } from './stripe-usage-items.service.js';
import { StripeUsage } from './stripe-usage.service.js';
import { StripeProvider } from './stripe.provider.js';

/** All that speaks to Stripe; idle while somebody else collects. */
export const stripeProviders = [
  StripeProvider,
  StripeClient,
  StripeOwners,
  StripeCustomers,
  StripeChanges,
  StripeReconciliation,
  StripeInvoices,
  StripeEvents,
  StripeErrands,
  StripeErasure,
  StripeSweep,
  StripeUsage,
  StripePrices,
  StripeUsageItems,
  StripeMeters,
  StripeFeatures,
  StripeCatalog,
  HandleStripeEventsJob,
  ReconcileStripeJob,
  ReportUsageJob,
];
