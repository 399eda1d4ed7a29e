import { ChoiceField, EmailField, ObjectField, TextField } from '../../../common/http/fields.js';
import type { Organization } from '../../../generated/prisma/client.js';
import { countries } from '../../../config/catalog/countries.js';

export class BillingAddressDto {
  @TextField({ example: 'Main Street 1' })
  line1!: string;

  @TextField({ optional: true })
  line2?: string;

  @TextField({ optional: true, example: 'Berlin', description: 'Required where addresses have one' })
  city?: string;

  @TextField({ optional: true, max: 20, example: '10115', description: 'Required in some countries, and checked against the pattern of the country' })
  postalCode?: string;

  @TextField({ optional: true })
  region?: string;

  @ChoiceField(countries, { example: 'DE', description: 'ISO 3166-1 alpha-2 code, or XK for Kosovo' })
  country!: string;
}

export class UpdateBillingProfileDto {
  @EmailField({ optional: true, nullable: true, description: 'Receives mails about billing instead of the owners' })
  billingEmail?: string | null;

  @ObjectField(() => BillingAddressDto, { optional: true, nullable: true })
  billingAddress?: BillingAddressDto | null;

  @TextField({ optional: true, nullable: true, max: 50, example: 'DE123456788', description: 'Is checked where it decides which tax applies' })
  taxId?: string | null;
}

export class BillingProfileDto {
  @EmailField({ nullable: true })
  billingEmail!: string | null;

  @ObjectField(() => BillingAddressDto, { nullable: true })
  billingAddress!: BillingAddressDto | null;

  @TextField({ nullable: true })
  taxId!: string | null;
}

export function toBillingProfileDto({ billingEmail, billingAddress, taxId }: Organization): BillingProfileDto {
  return { billingEmail, billingAddress: billingAddress as BillingAddressDto | null, taxId };
}
