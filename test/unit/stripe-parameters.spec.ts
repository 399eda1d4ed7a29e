import { describe, expect, it } from '@jest/globals';
import { problemsOf, readForm } from '../support/stripe-parameters.js';

const checked = (declaration: string, form: string): readonly string[] => problemsOf(declaration, readForm(form));
const session = 'Checkout/Sessions Checkout.SessionCreateParams';

describe('the stand-in for Stripe', () => {
  it('the Stripe stand-in accepts the parameters that the library declares', () => {
    expect(checked(session, 'mode=subscription&line_items[0][price]=p&line_items[0][quantity]=2&metadata[a]=b&subscription_data[trial_end]=17')).toEqual([]);
    expect(checked('Subscriptions SubscriptionUpdateParams', 'pause_collection=&cancel_at_period_end=false&trial_end=now')).toEqual([]);
  });

  it('the Stripe stand-in refuses unknown parameters at every depth', () => {
    expect(checked(session, 'mode=subscribe')).toEqual(['mode: Invalid value']);
    expect(checked(session, 'line_items[0][count]=2')).toEqual(['line_items.count: Received unknown parameter']);
    expect(checked(session, 'line_items[0][quantity]=two')).toEqual(['line_items.quantity: Invalid value']);
    expect(checked('Prices PriceCreateParams', 'unit_amount=1')).toEqual(['currency: Missing required param']);
    expect(checked('Subscriptions SubscriptionUpdateParams', 'prorate=true')).toEqual(['prorate: Received unknown parameter']);
  });
});
