import { signInMethods, type SignInMethod } from '../../../access/sign-in-method.js';
import { AddressRangesField } from '../../../common/http/addresses/address-ranges.field.js';
import { WebOriginsField } from '../../../common/http/web-origin.js';
import {
  BooleanField,
  ChoiceListField,
  choices,
  DomainListField,
  EmailField,
  IntegerField,
  ListField,
  ObjectField,
  TextField,
  TextListField,
  UuidField,
  secretExample,
} from '../../../common/http/fields.js';

export class UpdateSecurityDto {
  @AddressRangesField({
    optional: true,
    max: 500,
    description: 'IP addresses and CIDR ranges (IPv4 or IPv6) from which requests are accepted; empty for all. Addresses need the feature `advanced_security`.',
  })
  ipAllowList?: string[];

  @DomainListField({ optional: true, max: 500, description: 'Email domains that new members must have; empty for all. Stored in lower case and punycode.' })
  allowedEmailDomains?: string[];

  @WebOriginsField({
    optional: true,
    max: 100,
    example: ['https://portal.example.com'],
    description: 'Origins of web pages, outside of the installation, that may call the API for this organization. Verified custom domains need not be listed.',
  })
  webOrigins?: string[];

  @BooleanField({ optional: true, description: 'Whether all members must use a second factor' })
  mfaRequired?: boolean;

  @TextListField({
    optional: true,
    max: 100,
    example: ['admin'],
    description: 'The keys of roles, also custom ones, whose holders must use a second factor; empty for none',
  })
  mfaRoles?: string[];

  @ChoiceListField(choices('SignInMethod', signInMethods), {
    optional: true,
    description: 'The ways in which members must sign in; empty for all. Ways need the feature `advanced_security`.',
  })
  signInMethods?: SignInMethod[];

  @BooleanField({ optional: true, description: 'Whether members must use single sign-on. `true` needs the feature `sso`.' })
  ssoRequired?: boolean;

  @BooleanField({
    optional: true,
    description: 'Whether the changes of the organization are recorded in its audit log. Acts of operators and changes of the security policy are recorded anyway.',
  })
  auditLogsEnabled?: boolean;
}

export class SecurityDto {
  @TextListField({ description: 'The IP addresses and CIDR ranges from which requests are accepted. Empty: all addresses.' })
  ipAllowList!: string[];

  @TextListField({ description: 'The email domains that new members must have. Empty: all domains.' })
  allowedEmailDomains!: string[];

  @TextListField({ description: 'Origins of web pages, outside of the installation, that may call the API for this organization' })
  webOrigins!: string[];

  @BooleanField({ description: 'Whether all members must sign in with a second factor' })
  mfaRequired!: boolean;

  @TextListField({ description: 'The keys of the roles whose holders must sign in with a second factor' })
  mfaRoles!: string[];

  @ChoiceListField(choices('SignInMethod', signInMethods), { description: 'The ways in which members must sign in. Empty: all ways.' })
  signInMethods!: SignInMethod[];

  @BooleanField({ description: 'Whether members must sign in by single sign-on' })
  ssoRequired!: boolean;

  @BooleanField({ description: 'Whether the changes of the organization are recorded in its audit log. Acts of operators and changes of the security policy are recorded anyway.' })
  auditLogsEnabled!: boolean;
}

export class BreakGlassDto {
  @TextField({ max: 100, example: secretExample, description: 'The token in the mailed link' })
  token!: string;
}

export class MemberAtOtherDomainDto {
  @UuidField({ description: 'The user id of the member' })
  userId!: string;

  @EmailField({ description: 'The address of the member, which is at another domain' })
  email!: string;

  @TextField({ description: "The key of the member's base role" })
  role!: string;
}

export class PolicyRefusalDto {
  @TextField({ example: 'policy_refuses_you', description: 'The error code with which requests would be refused' })
  code!: string;

  @TextField({ description: 'The reason, and what to do' })
  detail!: string;
}

export class SecurityPreviewDto {
  @BooleanField({ description: 'Whether the change would be refused' })
  refused!: boolean;

  @ObjectField(() => PolicyRefusalDto, { nullable: true, description: 'The error with which the change would be refused; null if it would not be' })
  refusal!: PolicyRefusalDto | null;

  @IntegerField({ min: 0, max: Number.MAX_SAFE_INTEGER, description: 'The number of members whose email address is at none of the allowed domains. They stay members.' })
  memberCount!: number;

  @ListField(() => MemberAtOtherDomainDto, { description: 'The first 200 of these members' })
  members!: MemberAtOtherDomainDto[];

  @IntegerField({ min: 0, max: Number.MAX_SAFE_INTEGER, description: 'The number of enabled API keys that would have to be used from a listed address; 0 without an allow-list' })
  keyCount!: number;

  @IntegerField({
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    description:
      'The number of members, without owners, who cannot sign in as the policy requires until they link an account at an enabled connection of single sign-on; 0 while the policy accepts a way that everybody can set up. Does not depend on what somebody has set up in their account.',
  })
  withoutSignInCount!: number;
}

export function toSecurityDto(document: Readonly<Partial<SecurityDto>>): SecurityDto {
  const {
    ipAllowList = [],
    allowedEmailDomains = [],
    webOrigins = [],
    mfaRequired = false,
    mfaRoles = [],
    signInMethods: methods = [],
    ssoRequired = false,
    auditLogsEnabled = true,
  } = document;
  return { ipAllowList, allowedEmailDomains, webOrigins, mfaRequired, mfaRoles, signInMethods: methods, ssoRequired, auditLogsEnabled };
}
