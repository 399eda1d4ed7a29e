import { OmitType, PickType } from '@nestjs/swagger';
import { BooleanField, IntegerField, ListField, TextField, TimeField, UuidField, secretExample } from '../../../../common/http/fields.js';
import { WholeList } from '../../../../common/http/pages/page.js';
import type { SsoSetupLink } from '../../../../generated/prisma/client.js';
import { CreateSamlConnectionDto } from '../saml/saml.dto.js';
import { CreateSsoConnectionDto, SsoConnectionDto, UpdateSsoConnectionDto } from '../sso.dto.js';

/** A link that was made, with the token, which is not stored. */
export interface NewSetupLink {
  readonly row: SsoSetupLink;
  readonly token: string;
  /** The page of the front end with the token. It is a fragment, which browsers send to no server. */
  readonly url: string;
}

const name = { max: 100, example: 'Pat, IT of Acme', description: 'Whom the link is for. The audit log names its requests by it.' } as const;

export class CreateSsoSetupLinkDto {
  @TextField(name)
  name!: string;

  @IntegerField({ optional: true, min: 1, max: 720, example: 48, description: 'The hours for which the link works. Default: 168, a week.' })
  expiresInHours?: number;
}

export class CreateTenantSetupLinkDto extends CreateSsoSetupLinkDto {
  @TextField({ min: 5, max: 500, example: 'Ticket 4711: Acme sets up Entra ID', description: 'The reason. It is recorded in the audit log, and sent to the owners.' })
  reason!: string;
}

export class SsoSetupLinkDto {
  @UuidField({ description: 'The id of the link' })
  id!: string;

  @TextField(name)
  name!: string;

  @TextField({ example: 'tsetup_…4Qx9', description: 'The last characters of its token' })
  hint!: string;

  @TimeField({ description: 'The time at which it expires' })
  expiresAt!: Date;

  @UuidField({ description: 'The member who made it, or in whose name the operator made it. It works while this member has the permission `security:write`.' })
  createdById!: string;

  @TextField({ nullable: true, example: 'Ticket 4711: Acme sets up Entra ID', description: 'The reason of the operator who made it; null for a link of a member' })
  operatorReason!: string | null;

  @TimeField({ nullable: true, description: 'The time of its last use; null if there was none' })
  lastUsedAt!: Date | null;

  @IntegerField({ min: 0, max: Number.MAX_SAFE_INTEGER, description: 'The number of its requests' })
  useCount!: number;

  @TimeField({ description: 'The time at which it was made' })
  createdAt!: Date;
}

export class NewSsoSetupLinkDto extends SsoSetupLinkDto {
  @TextField({ max: 200, example: secretExample, description: 'The token of the link, for `Authorization: Bearer`. Only this response contains it.' })
  token!: string;

  @TextField({ max: 2000, example: 'https://app.example.com/sso-setup#token=tsetup_…', description: 'The page of the front end, with the token' })
  url!: string;
}

export class SsoSetupLinkListDto extends WholeList {
  @ListField(() => SsoSetupLinkDto, { description: 'The links that have not expired, the newest first' })
  data!: SsoSetupLinkDto[];
}

/** Without roles: only a member decides what new members may do. */
export class SetUpConnectionDto extends OmitType(CreateSsoConnectionDto, ['roleClaim', 'roleMappings', 'defaultRole'] as const) {}

/** Without roles, too. */
export class SetUpSamlConnectionDto extends OmitType(CreateSamlConnectionDto, ['roleClaim', 'roleMappings', 'defaultRole'] as const) {}

export class UpdateSetUpConnectionDto extends PickType(UpdateSsoConnectionDto, ['name', 'clientSecret'] as const) {
  @BooleanField({ optional: true, example: false, description: '`true` enables the connection, which needs a successful test, and ends the link.' })
  enabled?: boolean;
}

export class SsoSetupDto {
  @TextField({ max: 200, example: 'Acme', description: 'The name of the organization' })
  organization!: string;

  @TimeField({ description: 'The time at which the link expires' })
  expiresAt!: Date;

  @ListField(() => SsoConnectionDto, { description: 'The connections that were created with this link and are not enabled yet, the oldest first' })
  connections!: SsoConnectionDto[];
}

export const toSetupLinkDto = ({ id, name: forWhom, hint, expiresAt, createdById, operatorReason, lastUsedAt, useCount, createdAt }: SsoSetupLink): SsoSetupLinkDto => ({
  id,
  name: forWhom,
  hint,
  expiresAt,
  createdById,
  operatorReason,
  lastUsedAt,
  useCount: Number(useCount),
  createdAt,
});

export const toNewSetupLinkDto = ({ row, token, url }: NewSetupLink): NewSsoSetupLinkDto => ({ ...toSetupLinkDto(row), token, url });
