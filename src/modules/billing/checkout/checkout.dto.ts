import { ChoiceField, IntegerField, QuantitiesField, TextField, choices } from '../../../common/http/fields.js';

const address = { optional: true, max: 2048, example: 'https://app.example.com/billing', description: 'A URL of the front end (APP_URL). Defaults to APP_URL.' } as const;

export class CheckoutDto {
  @TextField({ max: 64, example: 'pro', description: 'The key of the plan to buy, from the list of plans' })
  plan!: string;

  @ChoiceField(choices('BillingInterval', ['month', 'year']), { optional: true, description: 'The period of billing' })
  interval?: 'month' | 'year';

  @IntegerField({ min: 1, max: 1_000_000, optional: true, description: 'Only for a plan that sells seats' })
  seats?: number;

  @QuantitiesField({ max: 1000, optional: true, example: { extra_storage: 2 }, description: 'The quantity of each add-on' })
  addOns?: Record<string, number | null>;

  @TextField({ optional: true, pattern: /^[A-Z]{3}$/, example: 'USD', description: 'ISO 4217 code. Default: the currency of the first price of the plan.' })
  currency?: string;

  @TextField(address)
  successUrl?: string;

  @TextField(address)
  cancelUrl?: string;
}

export class PortalDto {
  @TextField(address)
  returnUrl?: string;
}

export class PaymentPageDto {
  @TextField({ description: 'Send the browser there. The page expires after a short time.' })
  url!: string;
}
