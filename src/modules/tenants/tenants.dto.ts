import {
  BooleanField,
  BooleanQueryField,
  ChoiceField,
  EmailField,
  IntegerField,
  ListField,
  LocaleField,
  RecordField,
  TextField,
  TextListField,
  TimeField,
  TimeZoneField,
  UrlField,
  UuidField,
  choices,
} from '../../common/http/fields.js';
import { pageOf, pageQuery } from '../../common/http/pages/page.js';
import { SearchField } from '../../common/http/pages/text-search.js';
import { BillingMode, DomainKind, OrganizationStatus, type Domain, type Organization } from '../../generated/prisma/client.js';
import { slugRule } from '../organizations/slug.policy.js';
import { domainStatuses, domainStatusOf, type DomainStatus } from '../domains/domain-status.policy.js';

const statuses = choices('OrganizationStatus', Object.values(OrganizationStatus));
const nullable = { optional: true, nullable: true } as const;
const units = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export const billingModes = choices('BillingMode', Object.values(BillingMode));
export const billingDescription = 'The biller of the tenant: nobody, tenantry by invoice, or the payment provider. Default, and null: the mode of the installation.';

export class ListTenantsQuery extends pageQuery(['createdAt', 'name', 'slug']) {
  @ChoiceField(statuses, { optional: true, description: 'Only tenants with this status' })
  status?: OrganizationStatus;

  @TextField({ optional: true, max: 63, description: 'Only tenants on this plan' })
  plan?: string;

  @SearchField('Only tenants whose name, slug or email address')
  search?: string;

  @BooleanQueryField({ optional: true, description: 'Include deleted tenants that can still be restored' })
  deleted?: boolean;
}

export class TenantProfileDto {
  @TextField({ ...nullable, description: 'A name for other people, such as customers; null for `name`' })
  displayName?: string | null;

  @TextField({ ...nullable, max: 2000, multiline: true, description: 'A text about the organization; null for none' })
  description?: string | null;

  @TextField({ ...nullable, max: 40, pattern: /^[+()\d\s./-]{4,40}$/, description: 'The contact number; null for none' })
  phone?: string | null;

  @UrlField({ ...nullable, description: 'The public website; null for none' })
  website?: string | null;

  @TimeZoneField({ optional: true })
  timezone?: string;

  @LocaleField({ optional: true })
  locale?: string;
}

export class UpdateTenantDto extends TenantProfileDto {
  @TextField({ optional: true, example: 'Lincoln School', description: 'The name that members see' })
  name?: string;

  @TextField({ optional: true, ...slugRule, description: 'A new unique short name for addresses. Links with the present one stop working.' })
  slug?: string;

  @EmailField({ ...nullable, description: 'The contact address; null removes it' })
  email?: string | null;

  @TextField({ optional: true, max: 63, description: 'The key of a plan of the catalog' })
  plan?: string;

  @BooleanField({ optional: true, description: 'Whether you have verified the organization' })
  isVerified?: boolean;

  @BooleanField({ optional: true, description: 'Whether it is a demonstration' })
  isDemo?: boolean;

  @ChoiceField(billingModes, { ...nullable, description: billingDescription })
  billing?: BillingMode | null;

  @TimeField({ ...nullable, example: '2030-01-01T00:00:00.000Z', description: 'The end of the trial; null for no trial' })
  trialEndsAt?: string | null;

  @IntegerField({ ...nullable, min: 1, max: 31, description: 'The day of the month (UTC) on which monthly counters reset; the last day in shorter months. null: the 1st' })
  usageAnchorDay?: number | null;
}

export class TenantOverridesDto {
  @RecordField({ optional: true, example: { seats: 50 }, description: 'Limits by meter, or `seats`; null for unlimited; "plan" removes the override' })
  limits?: Record<string, number | null | 'plan'>;

  @RecordField({ optional: true, example: { custom_roles: true }, description: 'Features by key: true, false, or "plan" to remove the override' })
  features?: Record<string, boolean | 'plan'>;
}

export class TenantDto {
  @UuidField({ description: 'The id of the tenant, which is also its organization id' })
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

  @TextField({ description: 'The default time zone of the organization (IANA)' })
  timezone!: string;

  @TextField({ description: 'The default language of the organization, as a BCP 47 tag' })
  locale!: string;

  @ChoiceField(statuses, { description: '`suspended` and `cancelled`: only owners have access, and only to read. In the other states, members can work.' })
  status!: OrganizationStatus;

  @TextField({ example: 'free', description: 'The key of the present plan' })
  plan!: string;

  @BooleanField({ description: 'Whether an operator has verified the organization' })
  isVerified!: boolean;

  @BooleanField({ description: 'Whether it is a demonstration' })
  isDemo!: boolean;

  @BooleanField({ description: 'Whether an operator has stopped its use for maintenance' })
  maintenanceMode!: boolean;

  @TimeField({ nullable: true, description: 'The end of the trial; null without one' })
  trialEndsAt!: Date | null;

  @IntegerField({ nullable: true, min: 1, max: 31, description: 'The day of the month on which monthly counters reset; null: the 1st' })
  usageAnchorDay!: number | null;

  @TimeField({ nullable: true, description: 'The time of suspension; null if it is not suspended' })
  suspendedAt!: Date | null;

  @TextField({ nullable: true, max: 500, description: 'The reason of the suspension, which only operators see; null without one' })
  suspendedReason!: string | null;

  @TimeField({ nullable: true, description: 'The time of deletion; null if it is not deleted' })
  deletedAt!: Date | null;

  @TimeField({ nullable: true, description: 'The time until which a deleted tenant can be restored; null if it is not deleted' })
  eraseAfter!: Date | null;

  @TimeField({ description: 'The time of creation' })
  createdAt!: Date;

  @TimeField({ description: 'The time of the last change' })
  updatedAt!: Date;
}

export class TenantPageDto extends pageOf(TenantDto) {}

export class TenantOwnerDto {
  @UuidField({ description: 'The user id of the owner' })
  userId!: string;

  @EmailField({ description: 'The address with which the owner signs in' })
  email!: string;

  @TextField({ description: 'The name that other members see' })
  name!: string;
}

/** Of a domain, as operators see it. */
export class TenantDomainDto {
  @ChoiceField(choices('DomainKind', Object.values(DomainKind)), {
    description: '`host`: the domain serves the API and pages. `email`: email addresses of members are at this domain.',
  })
  kind!: DomainKind;

  @TextField({ max: 253, description: 'The domain name in ASCII' })
  domain!: string;

  @ChoiceField(choices('DomainStatus', domainStatuses), {
    description:
      '`unverified`: not proved. `pending`: proved, but another organization has verified the host. `verified`: proved. `failing`: verified, but the TXT record is missing.',
  })
  status!: DomainStatus;

  @TimeField({ nullable: true, description: 'When the TXT record was last looked up, also if the lookup failed. null: not yet.' })
  lastCheckedAt!: Date | null;
}

export function toTenantDomainDto(row: Domain): TenantDomainDto {
  const { kind, name, lastCheckedAt } = row;
  return { kind, domain: name, status: domainStatusOf(row), lastCheckedAt };
}

export class TenantDetailsDto extends TenantDto {
  @IntegerField({ ...units, description: 'The number of members' })
  memberCount!: number;

  @ListField(() => TenantOwnerDto, { description: 'The members who own the organization' })
  owners!: TenantOwnerDto[];

  @ListField(() => TenantDomainDto, { description: 'The domains of the organization' })
  domains!: TenantDomainDto[];

  @RecordField({ description: 'Limits by meter, including overrides; null for unlimited' })
  limits!: Record<string, number | null>;

  @RecordField({ description: 'Features by key: whether the tenant may use them, including overrides' })
  features!: Record<string, boolean>;

  @TextListField({ description: 'Keys of limits and features that are overridden' })
  overridden!: string[];

  @ChoiceField(billingModes, { description: 'The biller of the tenant' })
  billing!: BillingMode;

  @TextListField({ description: 'The provisioning steps that are done' })
  provisioned!: string[];
}

export class TenantStatsDto {
  @IntegerField({ ...units, description: 'The number of tenants, without deleted ones' })
  tenants!: number;

  @IntegerField({ ...units, description: 'The number of deleted tenants that can still be restored' })
  deleted!: number;

  @IntegerField({ ...units, description: 'The number of accounts' })
  users!: number;

  @IntegerField({ ...units, description: 'The number of memberships: a user counts once for each organization' })
  memberships!: number;

  @RecordField({ description: 'Tenants by status' })
  byStatus!: Record<string, number>;

  @RecordField({ description: 'Tenants by plan' })
  byPlan!: Record<string, number>;
}

export function toTenantDto(row: Organization): TenantDto {
  const { id, name, slug, displayName, description, email, phone, website, timezone, locale, status, plan, isVerified, isDemo, maintenanceMode } = row;
  const { trialEndsAt, usageAnchorDay, suspendedAt, suspendedReason, deletedAt, eraseAfter, createdAt, updatedAt } = row;
  const profile = { id, name, slug, displayName, description, email, phone, website, timezone, locale };
  return { ...profile, status, plan, isVerified, isDemo, maintenanceMode, trialEndsAt, usageAnchorDay, suspendedAt, suspendedReason, deletedAt, eraseAfter, createdAt, updatedAt };
}
