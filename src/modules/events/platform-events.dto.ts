import { BooleanField, ChoiceField, EmailField, IntegerField, ListField, NumberField, TextField, TextListField, TimeField, UuidField, choices } from '../../common/http/fields.js';
import { DomainGrade, DomainKind, OrganizationStatus } from '../../generated/prisma/client.js';

const role = { max: 64, description: 'The key of the base role' } as const;
const createdAt = { description: 'The time of creation' } as const;

export class MemberEventDto {
  @UuidField({ description: 'The user id of the member' })
  userId!: string;

  @EmailField({ nullable: true, description: 'The address with which the member signs in; null if the account was deleted' })
  email!: string | null;

  @TextField({ nullable: true, description: 'The name that other members see; null if the account was deleted' })
  name!: string | null;

  @TextField(role)
  role!: string;

  @TimeField({ description: 'The time at which the user became a member' })
  createdAt!: Date;
}

export class MemberRoleEventDto extends MemberEventDto {
  @TextField({ ...role, description: 'The key of the base role before the change' })
  previousRole!: string;
}

export class InvitationEventDto {
  @UuidField({ description: 'The id of the invitation' })
  id!: string;

  @EmailField({ description: 'The address that is invited' })
  email!: string;

  @TextField(role)
  role!: string;

  @ChoiceField(['pending', 'accepted', 'declined', 'revoked'], { description: 'The state of the invitation' })
  status!: string;

  @UuidField({ description: 'The member who created the invitation, or sent it last' })
  invitedById!: string;

  @TimeField({ description: 'The time from which on the link is refused' })
  expiresAt!: Date;

  @TimeField(createdAt)
  createdAt!: Date;
}

export class OrganizationEventDto {
  @UuidField({ description: 'The id of the organization' })
  id!: string;

  @TextField({ description: 'The name that members see' })
  name!: string;

  @TextField({ description: 'The unique short name, for addresses' })
  slug!: string;

  @TextField({ nullable: true, description: 'The name for other people, such as customers; null if it is `name`' })
  displayName!: string | null;

  @TextField({ example: 'free', description: 'The key of the current plan' })
  plan!: string;

  @ChoiceField(choices('OrganizationStatus', Object.values(OrganizationStatus)), { description: 'The state of the organization' })
  status!: OrganizationStatus;

  @BooleanField({ description: 'Whether the operator has stopped its use for maintenance' })
  maintenanceMode!: boolean;

  @TextField({ example: 'Europe/Berlin', description: 'The time zone' })
  timezone!: string;

  @TextField({ example: 'de-DE', description: 'The language' })
  locale!: string;

  @IntegerField({ min: 1, max: 2_147_483_647, description: 'Increases with every change' })
  version!: number;

  @TimeField(createdAt)
  createdAt!: Date;

  @TimeField({ description: 'The time of the last change' })
  updatedAt!: Date;

  @TimeField({ nullable: true, description: 'The time of deletion; null if it is not deleted' })
  deletedAt!: Date | null;

  @TimeField({ nullable: true, description: 'The time until which a deleted organization can be restored; null if it is not deleted' })
  eraseAfter!: Date | null;
}

export class SettingsEventDto {
  @TextField({
    example: 'branding',
    description: 'The document: `settings`, `features`, `custom`, `branding`, `security`, `compliance` or `integrations`. Read its content with its own route.',
  })
  section!: string;

  @IntegerField({ min: 1, max: 2_147_483_647, description: 'The number of changes of the document. The ETag contains it.' })
  version!: number;
}

export class ApiKeyEventDto {
  @UuidField({ description: 'The id of the key, which is not secret' })
  id!: string;

  @TextField({ description: 'The text by which people recognize the key' })
  name!: string;

  @TextField({ example: 'tk_…4Qx9', description: 'The last characters of the secret, to identify the key' })
  hint!: string;

  @TextListField({ description: 'The permissions that the key was given' })
  permissions!: string[];

  @UuidField({ nullable: true, description: 'The owner of a personal key; null for a key of the organization' })
  ownerId!: string | null;

  @BooleanField({ description: 'Whether requests with the key are accepted' })
  enabled!: boolean;

  @TimeField({ nullable: true, description: 'The time from which on the key is refused; null for never' })
  expiresAt!: Date | null;

  @TimeField(createdAt)
  createdAt!: Date;
}

export class DomainEventDto {
  @UuidField({ description: 'The id of the domain' })
  id!: string;

  @ChoiceField(choices('DomainKind', Object.values(DomainKind)), {
    description: '`host`: the domain serves the API and pages. `email`: email addresses of members are at this domain.',
  })
  kind!: DomainKind;

  @TextField({ max: 253, description: 'The domain name in ASCII' })
  domain!: string;

  @ChoiceField(choices('DomainGrade', Object.values(DomainGrade)), {
    nullable: true,
    description: '`ownership`: verified by DNS. `affiliation`: verified by a mailed code. null: not verified.',
  })
  grade!: DomainGrade | null;

  @TimeField({ nullable: true, description: 'The time at which ownership was proved; null if it was not' })
  verifiedAt!: Date | null;
}

export class SsoConnectionEventDto {
  @UuidField({ description: 'The id of the connection' })
  id!: string;

  @TextField({ description: 'The name on the button' })
  name!: string;

  @ChoiceField(choices('SsoConnectionProtocol', ['oidc', 'saml']), { description: 'The protocol of the identity provider' })
  protocol!: string;

  @BooleanField({ description: 'Whether members can sign in with it' })
  enabled!: boolean;

  @TimeField(createdAt)
  createdAt!: Date;
}

export class TeamEventDto {
  @UuidField({ description: 'The id of the team' })
  id!: string;

  @TextField({ description: 'The name of the team' })
  name!: string;

  @TextField({ nullable: true, max: 2000, multiline: true, description: 'A text about the team; null without one' })
  description!: string | null;

  @TimeField(createdAt)
  createdAt!: Date;

  @TimeField({ description: 'The time of the last change' })
  updatedAt!: Date;
}

export class EventAddOnDto {
  @TextField({ description: 'The key of the add-on' })
  key!: string;

  @IntegerField({ min: 1, max: 1_000_000, description: 'The quantity that was bought' })
  quantity!: number;
}

export class SubscriptionEventDto {
  @TextField({ description: 'The key of the plan' })
  plan!: string;

  @TextField({ example: 'active', description: 'The state of the subscription: `trialing`, `active`, `past_due`, `unpaid`, `paused` or `canceled`' })
  status!: string;

  @ChoiceField(choices('BillingInterval', ['month', 'year']), { description: 'The period of billing' })
  interval!: string;

  @IntegerField({ nullable: true, min: 0, max: 1_000_000, description: 'Purchased seats; null if the plan includes its seats' })
  seats!: number | null;

  @ListField(() => EventAddOnDto, { description: 'The purchased add-ons' })
  addOns!: EventAddOnDto[];

  @TimeField({ nullable: true, description: 'The end of the running period; null if the subscription has no periods' })
  periodEnd!: Date | null;

  @TimeField({ nullable: true, description: 'The end of the trial; null without one' })
  trialEndsAt!: Date | null;

  @BooleanField({ description: 'Whether the subscription ends with the running period' })
  cancelAtPeriodEnd!: boolean;
}

export class PurchaseEventDto {
  @TextField({ description: 'The key of the plan that is bought' })
  plan!: string;

  @ChoiceField(choices('BillingInterval', ['month', 'year']), { description: 'The period of billing' })
  interval!: string;

  @IntegerField({ nullable: true, min: 0, max: 1_000_000, description: 'The seats that are bought; null if the plan includes its seats' })
  seats!: number | null;

  @ListField(() => EventAddOnDto, { description: 'The add-ons that are bought' })
  addOns!: EventAddOnDto[];

  @TextField({ example: 'USD', description: 'The currency, as an ISO 4217 code' })
  currency!: string;

  @UuidField({ nullable: true, description: 'The invoice to pay; null if the operator decides' })
  invoiceId!: string | null;
}

const units = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export class ThresholdEventDto {
  @TextField({ example: 'storage_gb', description: 'The key of the meter' })
  meter!: string;

  @TimeField({ description: 'The start of the period' })
  periodStart!: Date;

  @IntegerField({ min: 1, max: 100, example: 80, description: 'The percentage of the allowance that is reached: 80 or 100' })
  percent!: number;

  @NumberField({ ...units, description: 'The units that are used' })
  used!: number;

  @NumberField({ ...units, description: 'The allowance of the plan' })
  limit!: number;
}

export class ClosedMeterDto {
  @TextField({ example: 'api_calls', description: 'The key of the meter' })
  meter!: string;

  @NumberField({ ...units, description: 'The units that were used' })
  used!: number;

  @NumberField({ ...units, description: 'The units that reservations still hold' })
  held!: number;

  @NumberField({ ...units, description: 'The units that were taken from grants' })
  fromGrants!: number;

  @NumberField({ ...units, optional: true, nullable: true, description: 'The allowance of the plan; null if it is unlimited' })
  limit?: number | null;

  @NumberField({ ...units, optional: true, description: 'The units that were announced before the correction' })
  usedBefore?: number;
}

export class PeriodEventDto {
  @TimeField({ description: 'The start of the period' })
  periodStart!: Date;

  @TimeField({ description: 'The end of the period' })
  periodEnd!: Date;

  @ListField(() => ClosedMeterDto, { description: 'The counters of the period' })
  meters!: ClosedMeterDto[];
}
