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
  choices,
} from '../../common/http/fields.js';
import { countries } from '../../config/catalog/countries.js';
import { OrganizationStatus, type Organization } from '../../generated/prisma/client.js';
import { slugRule } from './slug.policy.js';
import { WholeList } from '../../common/http/pages/page.js';

export class AddressDto {
  @TextField({ optional: true, max: 300, example: 'Main Street 1', description: 'Street and number' })
  street?: string;

  @TextField({ optional: true, max: 20, example: '10115', description: 'With a country, checked against the pattern of the country' })
  postalCode?: string;

  @TextField({ optional: true, example: 'Berlin', description: 'The town' })
  city?: string;

  @TextField({ optional: true, description: 'The state or province, where the country has them' })
  region?: string;

  @ChoiceField(choices('Country', countries), { optional: true, example: 'DE', description: 'ISO 3166-1 alpha-2 code, or XK for Kosovo' })
  country?: string;
}

export class CreateOrganizationDto {
  @TextField({ example: 'Acme', description: 'The name that members see' })
  name!: string;

  @TextField({ optional: true, ...slugRule, example: 'acme', description: 'The unique short name, for addresses. Default: generated from the name.' })
  slug?: string;
}

export class UpdateOrganizationDto {
  @TextField({ optional: true, example: 'Acme', description: 'The name that members see' })
  name?: string;

  @TextField({ optional: true, ...slugRule, description: 'A new unique short name for addresses. Links with the present one stop working.' })
  slug?: string;

  @TextField({ optional: true, nullable: true, description: 'A name for other people, such as customers; null for `name`' })
  displayName?: string | null;

  @TextField({ optional: true, nullable: true, max: 2000, multiline: true, description: 'A text about the organization; null removes it' })
  description?: string | null;

  @EmailField({ optional: true, nullable: true, description: 'The contact address; null removes it' })
  email?: string | null;

  @TextField({ optional: true, nullable: true, max: 40, pattern: /^[+()\d\s./-]{4,40}$/, example: '+49 30 123456', description: 'The contact number; null removes it' })
  phone?: string | null;

  @UrlField({ optional: true, nullable: true, description: 'The public website; null removes it' })
  website?: string | null;

  @ObjectField(() => AddressDto, { optional: true, nullable: true, description: 'The postal address, which replaces the present one as a whole; null removes it' })
  address?: AddressDto | null;

  @TimeZoneField({ optional: true })
  timezone?: string;

  @LocaleField({ optional: true })
  locale?: string;

  @TextField({ optional: true, nullable: true, max: 64, description: 'A kind in your own words, such as `school`; null removes it' })
  organizationType?: string | null;

  @TextField({ optional: true, nullable: true, max: 64, description: 'An industry in your own words; null removes it' })
  industry?: string | null;

  @TextField({ optional: true, nullable: true, max: 64, example: '11-50', description: 'A size in your own words; null removes it' })
  sizeCategory?: string | null;
}

export class OrganizationDto {
  @UuidField({ description: 'The id of the organization, which is also its tenant id' })
  id!: string;

  @TextField({ description: 'The name that members see' })
  name!: string;

  @TextField({ ...slugRule, description: 'The unique short name, for addresses' })
  slug!: string;

  @TextField({ nullable: true, description: 'The name for other people, such as customers; null if it is `name`' })
  displayName!: string | null;

  @TextField({ nullable: true, max: 2000, multiline: true, description: 'A text about the organization; null without one' })
  description!: string | null;

  @EmailField({ nullable: true, description: 'The contact address; null without one' })
  email!: string | null;

  @TextField({ nullable: true, description: 'The contact number; null without one' })
  phone!: string | null;

  @TextField({ nullable: true, description: 'The public website; null without one' })
  website!: string | null;

  @ObjectField(() => AddressDto, { nullable: true, description: 'The postal address; null without one' })
  address!: AddressDto | null;

  @TimeZoneField()
  timezone!: string;

  @LocaleField()
  locale!: string;

  @TextField({ nullable: true, description: "A kind in the organization's own words; null without one" })
  organizationType!: string | null;

  @TextField({ nullable: true, description: "An industry in the organization's own words; null without one" })
  industry!: string | null;

  @TextField({ nullable: true, description: "A size in the organization's own words; null without one" })
  sizeCategory!: string | null;

  @TextField({ example: 'free', description: 'The key of the current plan' })
  plan!: string;

  @ChoiceField(Object.values(OrganizationStatus), { description: '`suspended` and `cancelled`: only owners have access, and only to read. In the other states, members can work.' })
  status!: OrganizationStatus;

  @BooleanField({ description: 'Whether the operator has verified the organization' })
  isVerified!: boolean;

  @BooleanField({ description: 'Whether the operator marked it as a demonstration' })
  isDemo!: boolean;

  @BooleanField({ description: 'Whether the operator has stopped its use for maintenance: members have no access' })
  maintenanceMode!: boolean;

  @IntegerField({ min: 1, max: 2_147_483_647, description: 'Increases with every change. The ETag contains it.' })
  version!: number;

  @TimeField({ description: 'The time of creation' })
  createdAt!: Date;

  @TimeField({ description: 'The time of the last change' })
  updatedAt!: Date;

  @TimeField({ nullable: true, description: 'The time of deletion; null if it is not deleted' })
  deletedAt!: Date | null;

  @TimeField({ nullable: true, description: 'The time until which a deleted organization can be restored; null if it is not deleted' })
  eraseAfter!: Date | null;
}

export class MyOrganizationDto extends OrganizationDto {
  @TextField({ example: 'admin', description: 'Your base role in the organization' })
  role!: string;
}

export class MyOrganizationListDto extends WholeList {
  @ListField(() => MyOrganizationDto, { description: 'The organizations of the signed-in user' })
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
