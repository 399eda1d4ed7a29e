import type { Terms } from './prices.policy.js';

/**
 * The party that collects the money for a subscription:
 *
 * - `nobody`: nothing is billed, and the operator assigns plans.
 * - `here`: tenantry writes the invoices.
 * - `checkout`: nobody collects yet. A plan with a price is bought on a checkout page of the payment provider.
 * - `provider`: the payment provider has a subscription for it, and carries out each change.
 * - `elsewhere`: a payment provider that this installation no longer uses still collects.
 */
export type Collection = 'nobody' | 'here' | 'checkout' | 'provider' | 'elsewhere';

/** A change that the payment provider carries out. */
export type ProviderRequest =
  | { readonly kind: 'change_now'; readonly terms: Terms; readonly currency: string | undefined }
  | { readonly kind: 'change_at_period_end'; readonly terms: Terms; readonly currency: string | undefined }
  | { readonly kind: 'cancel'; readonly atPeriodEnd: boolean }
  /** Ends a pause; without one, removes a cancellation at the end of the period and a scheduled change. */
  | { readonly kind: 'resume' }
  /** Removes a scheduled change. */
  | { readonly kind: 'keep_terms' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'set_trial_end'; readonly endsAt: Date };

/** Whether a payment provider has a subscription of its own, which only it can change. */
export const isCollectedByProvider = (collection: Collection): boolean => collection === 'provider' || collection === 'elsewhere';
