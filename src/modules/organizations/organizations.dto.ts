import {
  BooleanField,
  ChoiceField,
  EmailField,
  IntegerField,
  ListField,
  LocaleField,
  ObjectField,
  TextField,
  TimeField,
  TimeZoneField,
  UrlField,
  UuidField,
} from '../../common/http/fields.js';
import { countries } from '../../config/catalog/countries.js';
import { OrganizationStatus, type Organization } from '../../generated/prisma/client.js';
import { slugRule } from './slug.policy.js';

export class AddressDto {
  @TextField({ optional: true, max: 300, example: 'Main Street 1' })
  street?: string;

  @TextField({ optional: true, max: 20, example: '10115', description: 'With a country, checked against the pattern of the country' })
  postalCode?: string;

  @TextField({ optional: true, example: 'Berlin' })
  city?: string;

  @TextField({ optional: true })
  region?: string;

  @ChoiceField(countries, { optional: true, example: 'DE', description: 'ISO 3166-1 alpha-2 code, or XK for Kosovo' })
  country?: string;
}

export class CreateOrganizationDto {
  @TextField({ example: 'Acme' })
  name!: string;

  @TextField({ optional: true, ...slugRule, example: 'acme', description: 'Default: generated from the name' })
  slug?: string;
}

export class UpdateOrganizationDto {
  @TextField({ optional: true })
  name?: string;

  @TextField({ optional: true, ...slugRule })
  slug?: string;

  @TextField({ optional: true, nullable: true })
  displayName?: string | null;

  @TextField({ optional: true, nullable: true, max: 2000, multiline: true })
  description?: string | null;

  @EmailField({ optional: true, nullable: true })
  email?: string | null;

  @TextField({ optional: true, nullable: true, max: 40, pattern: /^[+()\d\s./-]{4,40}$/, example: '+49 30 123456' })
  phone?: string | null;

  @UrlField({ optional: true, nullable: true })
  website?: string | null;

  @ObjectField(() => AddressDto, { optional: true, nullable: true })
  address?: AddressDto | null;

  @TimeZoneField({ optional: true })
  timezone?: string;

  @LocaleField({ optional: true })
  locale?: string;

  @TextField({ optional: true, nullable: true, max: 64 })
  organizationType?: string | null;

  @TextField({ optional: true, nullable: true, max: 64 })
  industry?: string | null;

  @TextField({ optional: true, nullable: true, max: 64, example: '11-50' })
  sizeCategory?: string | null;
}

export class OrganizationDto {
  @UuidField()
  id!: string;

  @TextField()
  name!: string;

  @TextField({ ...slugRule })
  slug!: string;

  @TextField({ nullable: true })
  displayName!: string | null;

  @TextField({ nullable: true, max: 2000, multiline: true })
  description!: string | null;

  @EmailField({ nullable: true })
  email!: string | null;

  @TextField({ nullable: true })
  phone!: string | null;

  @TextField({ nullable: true })
  website!: string | null;

  @ObjectField(() => AddressDto, { nullable: true })
  address!: AddressDto | null;

  @TimeZoneField()
  timezone!: string;

  @LocaleField()
  locale!: string;

  @TextField({ nullable: true })
  organizationType!: string | null;

  @TextField({ nullable: true })
  industry!: string | null;

  @TextField({ nullable: true })
  sizeCategory!: string | null;

  @TextField({ example: 'free', description: 'The current plan' })
  plan!: string;

  @ChoiceField(Object.values(OrganizationStatus))
  status!: OrganizationStatus;

  @BooleanField()
  isVerified!: boolean;

  @BooleanField()
  isDemo!: boolean;

  @BooleanField()
  maintenanceMode!: boolean;

  @IntegerField({ min: 1, max: 2_147_483_647, description: 'Increases with every change. The ETag contains it.' })
  version!: number;

  @TimeField()
  createdAt!: Date;

  @TimeField()
  updatedAt!: Date;

  @TimeField({ nullable: true })
  deletedAt!: Date | null;

  @TimeField({ nullable: true, description: 'The time until which a deleted organization can be restored' })
  eraseAfter!: Date | null;
}

export class MyOrganizationDto extends OrganizationDto {
  @TextField({ example: 'admin', description: 'Your base role in the organization' })
  role!: string;
}

export class MyOrganizationListDto {
  @ListField(() => MyOrganizationDto)
  data!: MyOrganizationDto[];
}

export class TransferOwnershipDto {
  @UuidField({ description: 'The member who becomes an owner' })
  userId!: string;
}

export function toOrganizationDto(row: Organization): OrganizationDto {
  const { id, name, slug, displayName, description, email, phone, website, timezone, locale, organizationType, industry, sizeCategory } = row;
  const { plan, status, isVerified, isDemo, maintenanceMode, version, createdAt, updatedAt, deletedAt, eraseAfter } = row;
  const profile = { id, name, slug, displayName, description, email, phone, website, address: row.address as AddressDto | null };
  const kind = { timezone, locale, organizationType, industry, sizeCategory, plan, status, isVerified, isDemo, maintenanceMode };
  return { ...profile, ...kind, version, createdAt, updatedAt, deletedAt, eraseAfter };
}
