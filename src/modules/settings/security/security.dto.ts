import { AddressRangesField } from '../../../common/http/address-ranges.field.js';
import { BooleanField, EmailField, IntegerField, ListField, TextField, TextListField, UuidField } from '../../../common/http/fields.js';

const domain = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;

export class UpdateSecurityDto {
  @AddressRangesField({ optional: true, max: 500, description: 'IP addresses and CIDR ranges (IPv4 or IPv6) from which requests are accepted; empty for all' })
  ipAllowList?: string[];

  @TextListField({ optional: true, max: 500, pattern: domain, description: 'Email domains, in lowercase, that new members must have; empty for all' })
  allowedEmailDomains?: string[];

  @BooleanField({ optional: true, description: 'Whether members must use a second factor' })
  mfaRequired?: boolean;

  @BooleanField({ optional: true, description: 'Whether members must use single sign-on' })
  ssoRequired?: boolean;

  @BooleanField({ optional: true })
  auditLogsEnabled?: boolean;
}

export class SecurityDto {
  @TextListField()
  ipAllowList!: string[];

  @TextListField()
  allowedEmailDomains!: string[];

  @BooleanField()
  mfaRequired!: boolean;

  @BooleanField()
  ssoRequired!: boolean;

  @BooleanField()
  auditLogsEnabled!: boolean;
}

export class LockedOutMemberDto {
  @UuidField()
  userId!: string;

  @EmailField()
  email!: string;

  @TextField()
  role!: string;

  @TextListField({
    description:
      '`address`: their sessions come from other addresses; `second_factor`: they have no second factor; `sso`: they have not used single sign-on; `email_domain`: their email domain is not allowed for new members',
  })
  reasons!: string[];
}

export class LockedOutKeyDto {
  @UuidField()
  id!: string;

  @TextField()
  name!: string;

  @TextListField()
  reasons!: string[];
}

export class SecurityPreviewDto {
  @BooleanField({ description: 'Whether the change would be refused because it would lock out every owner' })
  refused!: boolean;

  @IntegerField({ min: 0, max: Number.MAX_SAFE_INTEGER })
  memberCount!: number;

  @ListField(() => LockedOutMemberDto, { description: 'The first 200 members who would be locked out' })
  members!: LockedOutMemberDto[];

  @ListField(() => LockedOutKeyDto)
  keys!: LockedOutKeyDto[];
}

export function toSecurityDto(document: Readonly<Partial<SecurityDto>>): SecurityDto {
  return { ipAllowList: [], allowedEmailDomains: [], mfaRequired: false, ssoRequired: false, auditLogsEnabled: true, ...document };
}
