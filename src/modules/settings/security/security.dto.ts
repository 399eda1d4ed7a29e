import { AddressRangesField } from '../../../common/http/address-ranges.field.js';
import { BooleanField, EmailField, IntegerField, ListField, TextField, TextListField, UuidField } from '../../../common/http/fields.js';

const domain = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;

export class UpdateSecurityDto {
  @AddressRangesField({ optional: true, max: 500, description: 'Addresses and CIDR ranges, IPv4 or IPv6, that requests are accepted from; empty for all' })
  ipAllowList?: string[];

  @TextListField({ optional: true, max: 500, pattern: domain, description: 'Domains, in lower case, that addresses of new members must be at; empty for all' })
  allowedEmailDomains?: string[];

  @BooleanField({ optional: true, description: 'Members enter with a second factor only' })
  mfaRequired?: boolean;

  @BooleanField({ optional: true, description: 'Members enter by single sign-on only' })
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
    description: '`address`: their sessions come from elsewhere; `second_factor`: they have none; `sso`: they have not signed in by it; `email_domain`: could not be invited again',
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
  @BooleanField({ description: 'Whether the change would be refused, because no owner could enter any more' })
  refused!: boolean;

  @IntegerField({ min: 0, max: Number.MAX_SAFE_INTEGER })
  memberCount!: number;

  @ListField(() => LockedOutMemberDto, { description: 'The first 200 of them' })
  members!: LockedOutMemberDto[];

  @ListField(() => LockedOutKeyDto)
  keys!: LockedOutKeyDto[];
}

export function toSecurityDto(document: Readonly<Partial<SecurityDto>>): SecurityDto {
  return { ipAllowList: [], allowedEmailDomains: [], mfaRequired: false, ssoRequired: false, auditLogsEnabled: true, ...document };
}
