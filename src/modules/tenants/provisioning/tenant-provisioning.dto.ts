import {
  BooleanField,
  ChoiceField,
  EmailField,
  IntegerField,
  ListField,
  ObjectField,
  RecordField,
  TextField,
  TextListField,
  TimeField,
  UuidField,
  choices,
} from '../../../common/http/fields.js';
import type { BillingMode } from '../../../generated/prisma/client.js';
import { slugRule } from '../../organizations/slug.policy.js';
import { billingDescription, billingModes, TenantDetailsDto, TenantProfileDto } from '../tenants.dto.js';
import { provisioningSteps, type ProvisioningResult, type ProvisioningStepName } from './tenant-provisioning.policy.js';

export class CreateTenantDto extends TenantProfileDto {
  @TextField({ example: 'Lincoln School', description: 'The name that members see' })
  name!: string;

  @TextField({ optional: true, ...slugRule, description: 'The unique short name, for addresses. Default: generated from the name.' })
  slug?: string;

  @EmailField({ description: 'Contact address of the organization. Also the address of the admin unless `adminEmail` is given.' })
  email!: string;

  @TextField({ optional: true, max: 63, description: 'A plan of the catalog. Default: the default plan.' })
  plan?: string;

  @IntegerField({ optional: true, min: 0, max: 730, description: 'The length of the trial in days. Default: the trial of the plan.' })
  trialDays?: number;

  @ChoiceField(billingModes, { optional: true, description: billingDescription })
  billing?: BillingMode;

  @RecordField({ optional: true, description: 'Limits by meter that replace those of the plan; null for unlimited' })
  limits?: Record<string, number | null>;

  @BooleanField({ optional: true, description: 'Whether to provision the tenant. If false, call POST /tenants/{tenantId}/provision later. Default: true.' })
  provision?: boolean;

  @BooleanField({
    optional: true,
    description: 'Whether to make the user with the address of the admin an owner. Without a user who has verified it, an account is created. Default: true.',
  })
  createAdminUser?: boolean;

  @EmailField({ optional: true, description: 'The address of the admin. Default: `email`.' })
  adminEmail?: string;

  @TextField({ optional: true, description: 'The name of a new admin. Default: the name of the organization with `Admin`.' })
  adminUsername?: string;

  @TextField({ optional: true, min: 10, max: 200, verbatim: true, description: 'The password of a new admin. Default: a generated one, which is returned once.' })
  adminPassword?: string;

  @BooleanField({ optional: true, description: 'Whether to mail the admin a welcome. Default: true.' })
  sendWelcomeEmail?: boolean;
}

export class ProvisionTenantDto {
  @BooleanField({
    optional: true,
    description: 'Whether to make the user with the address of the admin an owner. Without a user who has verified it, an account is created. Default: true.',
  })
  createAdminUser?: boolean;

  @EmailField({ optional: true, description: 'The address of the admin. Default: the address of the organization.' })
  adminEmail?: string;

  @TextField({ optional: true, description: 'The name of a new admin. Default: the name of the organization with `Admin`.' })
  adminUsername?: string;

  @TextField({ optional: true, min: 10, max: 200, verbatim: true, description: 'The password of a new admin. Default: a generated one, which is returned once.' })
  adminPassword?: string;

  @BooleanField({ optional: true, description: 'Whether to store an empty document of settings. The defaults of the catalog apply in any case. Default: true.' })
  initializeDefaults?: boolean;

  @BooleanField({ optional: true, description: 'Whether to mail the admin a welcome. Default: true.' })
  sendWelcomeEmail?: boolean;
}

export class ProvisioningErrorDto {
  @ChoiceField(choices('ProvisioningStep', provisioningSteps), { description: 'The step that failed' })
  step!: ProvisioningStepName;

  @TextField({ description: 'The reason, for programs' })
  code!: string;

  @TextField({ max: 1000, multiline: true, description: 'The reason, in words' })
  message!: string;
}

export class ProvisioningDto implements ProvisioningResult {
  @ChoiceField(['success', 'partial_success', 'failed'], { description: '`partial_success`: some steps failed and can be run again. `failed`: no step was run.' })
  status!: ProvisioningResult['status'];

  @UuidField({ nullable: true, description: 'The user id of the owner who joined first; null while there is none' })
  adminUserId!: string | null;

  @TextField({ optional: true, description: 'The generated password. Present only in the response that created it.' })
  adminPassword?: string;

  @TextListField({ description: 'The steps that are done, including those of earlier runs' })
  stepsCompleted!: string[];

  @ListField(() => ProvisioningErrorDto, { description: 'The steps that failed. Empty: none.' })
  errors!: ProvisioningErrorDto[];
}

export class FirstInvoiceDto {
  @UuidField({ description: 'The id of the invoice' })
  id!: string;

  @TextField({ example: 'INV-000042', description: 'The number on the document' })
  number!: string;

  @TextField({ description: 'ISO 4217 code' })
  currency!: string;

  @IntegerField({ min: 0, max: Number.MAX_SAFE_INTEGER, description: 'With tax, in minor units' })
  total!: number;

  @TimeField({ description: 'The time by which it must be paid' })
  dueAt!: Date;
}

export class CreatedTenantDto extends TenantDetailsDto {
  @ObjectField(() => FirstInvoiceDto, { nullable: true, description: 'The invoice that the creation has issued; null if nothing is billed' })
  invoice!: FirstInvoiceDto | null;

  @ObjectField(() => ProvisioningDto, { nullable: true, description: 'The result of the provisioning; null if the tenant was not provisioned' })
  provisioning!: ProvisioningDto | null;
}
