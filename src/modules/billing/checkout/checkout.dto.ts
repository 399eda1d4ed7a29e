import { ChoiceField, IntegerField, QuantitiesField, TextField, choices } from '../../../common/http/fields.js';

const address = {
  optional: true,
  max: 2048,
  example: 'https://app.example.com/billing',
  description: 'A URL with the origin of the front end (APP_URL), to which the browser returns. Default: APP_URL.',
} as const;

export class CheckoutDto {
  @TextField({ max: 64, example: 'pro', description: 'The key of the plan to buy, from the list of plans' })
  plan!: string;

  @ChoiceField(choices('BillingInterval', ['month', 'year']), { optional: true, description: 'The period of billing. Default: that of the first price of the plan.' })
  interval?: 'month' | 'year';

  @IntegerField({
    min: 1,
    max: 1_000_000,
    optional: true,
    description: 'The number of seats, for a plan that sells seats: at least the seats in use, which are the default; refused for other plans',
  })
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
