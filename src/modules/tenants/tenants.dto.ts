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
} from '../../common/http/fields.js';
import { pageOf, pageQuery } from '../../common/http/pages/page.js';
import { SearchField } from '../../common/http/pages/text-search.js';
import { BillingMode, DomainKind, OrganizationStatus, type Domain, type Organization } from '../../generated/prisma/client.js';
import { slugRule } from '../organizations/slug.policy.js';
import { domainStatuses, domainStatusOf, type DomainStatus } from '../domains/domain-status.policy.js';

const statuses = Object.values(OrganizationStatus);
const nullable = { optional: true, nullable: true } as const;
const units = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export const billingModes = Object.values(BillingMode);
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
  @TextField(nullable)
  displayName?: string | null;

  @TextField({ ...nullable, max: 2000, multiline: true })
  description?: string | null;

  @TextField({ ...nullable, max: 40, pattern: /^[+()\d\s./-]{4,40}$/ })
  phone?: string | null;

  @UrlField(nullable)
  website?: string | null;

  @TimeZoneField({ optional: true })
  timezone?: string;

  @LocaleField({ optional: true })
  locale?: string;
}

export class UpdateTenantDto extends TenantProfileDto {
  @TextField({ optional: true })
  name?: string;

  @TextField({ optional: true, ...slugRule })
  slug?: string;

  @EmailField(nullable)
  email?: string | null;

  @TextField({ optional: true, max: 63 })
  plan?: string;

  @BooleanField({ optional: true })
  isVerified?: boolean;

  @BooleanField({ optional: true })
  isDemo?: boolean;

  @ChoiceField(billingModes, { ...nullable, description: billingDescription })
  billing?: BillingMode | null;

  @TimeField(nullable)
  trialEndsAt?: string | null;

  @IntegerField({ ...nullable, min: 1, max: 31, description: 'The day of the month (UTC) on which monthly counters reset; the last day in shorter months. null: the 1st' })
  usageAnchorDay?: number | null;
}

export class TenantOverridesDto {
  @RecordField({ optional: true, description: 'Limits by meter, or `seats`; null for unlimited; "plan" removes the override' })
  limits?: Record<string, number | null | 'plan'>;

  @RecordField({ optional: true, description: 'Features by key: true, false, or "plan" to remove the override' })
  features?: Record<string, boolean | 'plan'>;
}

export class TenantDto {
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

  @TextField()
  timezone!: string;

  @TextField()
  locale!: string;

  @ChoiceField(statuses)
  status!: OrganizationStatus;

  @TextField({ example: 'free' })
  plan!: string;

  @BooleanField()
  isVerified!: boolean;

  @BooleanField()
  isDemo!: boolean;

  @BooleanField()
  maintenanceMode!: boolean;

  @TimeField({ nullable: true })
  trialEndsAt!: Date | null;

  @IntegerField({ nullable: true, min: 1, max: 31, description: 'The day of the month on which monthly counters reset; null: the 1st' })
  usageAnchorDay!: number | null;

  @TimeField({ nullable: true })
  suspendedAt!: Date | null;

  @TextField({ nullable: true, max: 500 })
  suspendedReason!: string | null;

  @TimeField({ nullable: true })
  deletedAt!: Date | null;

  @TimeField({ nullable: true, description: 'A deleted tenant can be restored until this time' })
  eraseAfter!: Date | null;

  @TimeField()
  createdAt!: Date;

  @TimeField()
  updatedAt!: Date;
}

export class TenantPageDto extends pageOf(TenantDto) {}

export class TenantOwnerDto {
  @UuidField()
  userId!: string;

  @EmailField()
  email!: string;

  @TextField()
  name!: string;
}

/** Of a domain, as operators see it. */
export class TenantDomainDto {
  @ChoiceField(Object.values(DomainKind))
  kind!: DomainKind;

  @TextField({ max: 253 })
  domain!: string;

  @ChoiceField(domainStatuses)
  status!: DomainStatus;

  @TimeField({ nullable: true, description: 'When the TXT record was last looked up, also if the lookup failed. null: not yet.' })
  lastCheckedAt!: Date | null;
}

export function toTenantDomainDto(row: Domain): TenantDomainDto {
  const { kind, name, lastCheckedAt } = row;
  return { kind, domain: name, status: domainStatusOf(row), lastCheckedAt };
}

export class TenantDetailsDto extends TenantDto {
  @IntegerField(units)
  memberCount!: number;

  @ListField(() => TenantOwnerDto)
  owners!: TenantOwnerDto[];

  @ListField(() => TenantDomainDto)
  domains!: TenantDomainDto[];

  @RecordField({ description: 'Limits by meter, including overrides; null for unlimited' })
  limits!: Record<string, number | null>;

  @TextListField({ description: 'Keys of limits and features that are overridden' })
  overridden!: string[];

  @ChoiceField(billingModes, { description: 'The biller of the tenant' })
  billing!: BillingMode;

  @TextListField({ description: 'The provisioning steps that are done' })
  provisioned!: string[];
}

export class TenantStatsDto {
  @IntegerField(units)
  tenants!: number;

  @IntegerField(units)
  deleted!: number;

  @IntegerField(units)
  users!: number;

  @IntegerField(units)
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
