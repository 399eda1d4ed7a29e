import { ChoiceField, EmailField, ObjectField, TextField, choices } from '../../../common/http/fields.js';
import type { Organization } from '../../../generated/prisma/client.js';
import { countries } from '../../../config/catalog/countries.js';

export class BillingAddressDto {
  @TextField({ example: 'Main Street 1', description: 'Street and number' })
  line1!: string;

  @TextField({ optional: true, description: 'A further line, such as a building or a department' })
  line2?: string;

  @TextField({ optional: true, example: 'Berlin', description: 'Required where addresses have one' })
  city?: string;

  @TextField({ optional: true, max: 20, example: '10115', description: 'Required in some countries, and checked against the pattern of the country' })
  postalCode?: string;

  @TextField({ optional: true, description: 'The state or province, where the country has them' })
  region?: string;

  @ChoiceField(choices('Country', countries), { example: 'DE', description: 'ISO 3166-1 alpha-2 code, or XK for Kosovo' })
  country!: string;
}

export class UpdateBillingProfileDto {
  @EmailField({ optional: true, nullable: true, description: 'The address that receives mails about billing instead of the owners; null removes it' })
  billingEmail?: string | null;

  @ObjectField(() => BillingAddressDto, { optional: true, nullable: true, description: 'The address on invoices; null removes it' })
  billingAddress?: BillingAddressDto | null;

  @TextField({
    optional: true,
    nullable: true,
    max: 50,
    example: 'DE123456788',
    description: 'The tax number on invoices, which is checked where it decides which tax applies; null removes it',
  })
  taxId?: string | null;
}

export class BillingProfileDto {
  @EmailField({ nullable: true, description: 'The address to which invoices are sent; null if none is set' })
  billingEmail!: string | null;

  @ObjectField(() => BillingAddressDto, { nullable: true, description: 'The address on invoices; null if none is set' })
  billingAddress!: BillingAddressDto | null;

  @TextField({ nullable: true, description: 'The tax number on invoices; null if none is set' })
  taxId!: string | null;
}

export function toBillingProfileDto({ billingEmail, billingAddress, taxId }: Organization): BillingProfileDto {
  return { billingEmail, billingAddress: billingAddress as BillingAddressDto | null, taxId };
}
