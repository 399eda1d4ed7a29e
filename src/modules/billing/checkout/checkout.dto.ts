import { ChoiceField, IntegerField, QuantitiesField, TextField } from '../../../common/http/fields.js';

const address = { optional: true, max: 2048, example: 'https://app.example.com/billing', description: 'On the front end (APP_URL); its root when left out' } as const;

export class CheckoutDto {
  @TextField({ max: 64, example: 'pro' })
  plan!: string;

  @ChoiceField(['month', 'year'], { optional: true })
  interval?: 'month' | 'year';

  @IntegerField({ min: 1, max: 1_000_000, optional: true, description: 'Only where seats are sold' })
  seats?: number;

  @QuantitiesField({ max: 1000, optional: true, example: { extra_storage: 2 }, description: 'How many of each add-on' })
  addOns?: Record<string, number | null>;

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
  @TextField({ description: 'Send the browser there; it is good for a short while' })
  url!: string;
}
