import { ApiProperty } from '@nestjs/swagger';
import { userNameRule } from './accounts/user-name.policy.js';
import { impersonationScopes, type ImpersonationScope } from '../../access/access.decorators.js';
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
  secretExample,
} from '../../common/http/fields.js';
import { memberStatuses, type MemberStatus } from '../../access/organization/standing.policy.js';
import { WholeList } from '../../common/http/pages/page.js';
import type { Session, User } from '../../generated/prisma/client.js';
import { slugRule } from '../organizations/slug.policy.js';
import { passwordLength } from './passwords/password.policy.js';
import type { CompletedLogin } from './auth.service.js';
import { maxCredentialBytes } from './passkeys/passkeys.dto.js';
import type { AccessToken, TokenPair } from './sessions/sessions.service.js';
import type { TrustedDeviceView } from './sessions/trusted-devices.service.js';

/** The answer of a passkey to POST /auth/passkeys/challenge. */
function PasskeyAnswerField(instead: string): PropertyDecorator {
  const description = `The answer of a passkey to POST /auth/passkeys/challenge, as the \`toJSON()\` of the browser returns it, ${instead}`;
  return RecordField({ optional: true, maxBytes: maxCredentialBytes, description });
}

export class SignUpOrganizationDto {
  @TextField({ example: 'Acme', description: 'The name of the new organization, which members see' })
  name!: string;

  @TextField({ optional: true, ...slugRule, example: 'acme', description: 'The unique short name of the organization, for addresses. Default: generated from the name.' })
  slug?: string;
}

export class SignUpDto {
  @EmailField({ description: 'The address with which the user will sign in' })
  email!: string;

  @TextField({
    optional: true,
    ...passwordLength,
    verbatim: true,
    example: 'correct horse battery staple',
    description: 'A new password for the account. Required if the product offers passwords, and refused otherwise.',
  })
  password?: string;

  @TextField({ example: 'Ada Lovelace', description: 'The name that other members will see' })
  name!: string;

  @ObjectField(() => SignUpOrganizationDto, { description: 'The new organization, of which the user becomes the owner' })
  organization!: SignUpOrganizationDto;
}

/** The token of a trusted device in a sign-in. */
export const deviceTokenField = {
  optional: true,
  max: 200,
  verbatim: true,
  example: secretExample,
  description: 'The `deviceToken` of POST /auth/mfa/verify. While the device is trusted, no second factor is asked for.',
} as const;

export class LogInDto {
  @EmailField({
    optional: true,
    example: 'ada@example.com',
    description: 'The address of the account. Capital and small letters are the same. Required, except for a managed account.',
  })
  email?: string;

  @TextField({ optional: true, ...userNameRule, description: 'Instead of `email`: the name of a managed account in its organization. Capital and small letters are the same.' })
  userName?: string;

  @TextField({
    optional: true,
    ...slugRule,
    lowerCase: true,
    description: 'With `userName`: the slug of the organization that manages the account. Default: the organization that the host or X-Tenant-Slug selects.',
  })
  organization?: string;

  @TextField({ max: passwordLength.max, verbatim: true, example: 'correct horse battery staple', description: 'The password of the account' })
  password!: string;

  @BooleanField({ optional: true, description: 'Whether the session ends after 60 days without use instead of 7. Default: false.' })
  rememberMe?: boolean;

  @UuidField({
    optional: true,
    description: 'The organization to work in. Default: the default organization of the user, or the only one that is open. If there is neither, each request must name one.',
  })
  organizationId?: string;

  @TextField(deviceTokenField)
  deviceToken?: string;
}

export class RefreshDto {
  @TextField({
    max: 200,
    verbatim: true,
    example: secretExample,
    description: 'The refresh token of the last sign-in or refresh. It can be used once, and again if the answer was lost.',
  })
  refreshToken!: string;
}

export class SwitchOrganizationDto {
  @UuidField({ nullable: true, description: 'null selects no organization; each request must then name one' })
  organizationId!: string | null;
}

export class VerifyEmailDto {
  @TextField({ max: 200, verbatim: true, example: secretExample, description: 'The token from the link in the email' })
  token!: string;

  @TextField({
    optional: true,
    max: passwordLength.max,
    verbatim: true,
    example: 'correct horse battery staple',
    description: 'The password of the account. Required without an access token of the account.',
  })
  password?: string;
}

export class UndoEmailChangeDto {
  @TextField({ max: 200, verbatim: true, example: secretExample, description: 'The token from the link in the email' })
  token!: string;
}

/** The answer to a login that needs a second factor. */
export class SecondFactorRequiredDto {
  @ApiProperty({ type: 'boolean', enum: [true], description: 'There are no tokens yet. Continue with POST /auth/mfa/verify.' })
  mfaRequired!: true;

  @TextField({ description: 'For POST /auth/mfa/verify. It expires after five minutes.' })
  mfaToken!: string;
}

export class VerifyMfaDto {
  @TextField({ max: 2000, verbatim: true, example: 'eyJhbGciOiJFZERTQSJ9…', description: 'The `mfaToken` of the answer to the login' })
  mfaToken!: string;

  @TextField({ optional: true, max: 40, example: '123456', description: 'A code from the authenticator app, or a recovery code. Required without a passkey.' })
  code?: string;

  @PasskeyAnswerField('instead of the code')
  passkey?: Record<string, unknown>;

  @BooleanField({
    optional: true,
    description: 'Whether this device is not asked for the second factor again, for as many days as your organizations allow (`trusted_device_days`). Default: false.',
  })
  trustDevice?: boolean;
}

export class CodeDto {
  @TextField({ max: 40, example: '123456', description: 'A code from the authenticator app, or a recovery code' })
  code!: string;
}

export class ReauthenticateDto {
  @TextField({
    optional: true,
    max: passwordLength.max,
    verbatim: true,
    example: 'correct horse battery staple',
    description: 'The password of the account. Required without a code or a passkey.',
  })
  password?: string;

  @TextField({ optional: true, max: 40, description: 'A code from the authenticator app, or a recovery code, instead of the password' })
  code?: string;

  @PasskeyAnswerField('instead of the password')
  passkey?: Record<string, unknown>;
}

export class ConfirmTotpDto {
  @TextField({ max: 40, example: '123456', description: 'A code from the authenticator app' })
  code!: string;

  @TextField({ optional: true, max: 200, verbatim: true, description: 'The token from the link in the email. Required for operators.' })
  mailedToken?: string;
}

export class UndoSecondFactorDto {
  @TextField({ max: 200, verbatim: true, example: secretExample, description: 'The token from the link in the email' })
  token!: string;
}

export class TotpEnrollmentDto {
  @TextField({ description: 'The shared secret in base 32, for manual entry in the authenticator app' })
  secret!: string;

  @TextField({ max: 1000, example: 'otpauth://totp/…', description: 'The URL to show as a QR code' })
  url!: string;
}

export class RecoveryCodesDto {
  @TextListField({ description: 'Ten codes. Each works once instead of a code from the authenticator app. They are shown only once.' })
  recoveryCodes!: string[];
}

export class ChangePasswordDto {
  @TextField({ max: passwordLength.max, verbatim: true, example: 'correct horse battery staple', description: 'The password until now' })
  currentPassword!: string;

  @TextField({ ...passwordLength, verbatim: true, example: 'another long passphrase', description: 'The password from now on' })
  newPassword!: string;
}

export class ForgotPasswordDto {
  @EmailField({ description: 'The address of the account. The answer does not depend on whether there is one.' })
  email!: string;
}

export class ResetPasswordDto {
  @TextField({ max: 200, verbatim: true, example: secretExample, description: 'The token from the link in the email' })
  token!: string;

  @TextField({ ...passwordLength, verbatim: true, example: 'another long passphrase', description: 'The password from now on' })
  newPassword!: string;
}

export class AccessTokenDto implements AccessToken {
  @ApiProperty({ description: 'A JWT. Send it as `Authorization: Bearer …`.' })
  accessToken!: string;

  @IntegerField({ min: 1, max: 86_400, description: 'Seconds until the access token expires' })
  expiresIn!: number;
}

export class TokenPairDto implements TokenPair {
  @ApiProperty({ description: 'A JWT. Send it as `Authorization: Bearer …`.' })
  accessToken!: string;

  @ApiProperty({ description: 'For POST /auth/refresh. It works once.' })
  refreshToken!: string;

  @IntegerField({ min: 1, max: 86_400, description: 'Seconds until the access token expires' })
  expiresIn!: number;
}

/** The answer to a second factor. */
export class CompletedLoginDto extends TokenPairDto implements CompletedLogin {
  @TextField({
    nullable: true,
    description: 'The token of this device, for the next logins; null unless `trustDevice` was sent, for operators, and if one of your organizations trusts no device',
  })
  deviceToken!: string | null;
}

export class TrustedDeviceDto {
  @UuidField({ description: 'The id of the device, with which the trust in it can be ended' })
  id!: string;

  @TextField({ example: 'Firefox on Linux', description: 'The program and the system' })
  client!: string;

  @TimeField({ description: 'The time at which the second factor was verified on it' })
  secondFactorAt!: Date;

  @TimeField({ description: 'The time of the last sign-in with it' })
  lastUsedAt!: Date;

  @TimeField({ description: 'The time at which it is asked for the second factor again' })
  trustedUntil!: Date;
}

export class TrustedDeviceListDto extends WholeList {
  @ListField(() => TrustedDeviceDto, { description: 'All devices that are trusted' })
  data!: TrustedDeviceDto[];
}

export class UserDto {
  @UuidField({ description: 'The id of the user' })
  id!: string;

  @EmailField({ nullable: true, description: 'The address with which the user signs in; null for a managed account' })
  email!: string | null;

  @TextField({ nullable: true, example: 'ada.l', description: 'The name with which a managed account signs in; null for other accounts' })
  userName!: string | null;

  @TextField({ description: 'The name that other members see' })
  name!: string;

  @BooleanField({ description: 'Whether the user has proved that the address is theirs' })
  emailVerified!: boolean;
}

export class OrganizationRefDto {
  @UuidField({ description: 'The id of the organization' })
  id!: string;

  @TextField({ description: 'The name of the organization' })
  name!: string;

  @TextField({ ...slugRule, description: 'The unique short name of the organization, for addresses' })
  slug!: string;
}

export class SignedUpDto extends TokenPairDto {
  @ObjectField(() => UserDto, { description: 'The new account' })
  user!: UserDto;

  @ObjectField(() => OrganizationRefDto, { description: 'The new organization, which the user owns' })
  organization!: OrganizationRefDto;
}

export class MembershipRefDto {
  @ObjectField(() => OrganizationRefDto, { description: 'The organization that the user is a member of' })
  organization!: OrganizationRefDto;

  @TextField({ example: 'admin', description: "The key of the user's base role there" })
  role!: string;
}

export class ImpersonationRefDto {
  @UuidField({ description: 'The operator who acts as the user' })
  operatorId!: string;

  @TextField({ max: 500, description: 'The reason that the operator gave' })
  reason!: string;

  @ChoiceField(choices('ImpersonationScope', impersonationScopes), { description: 'Whether the operator can only read, or also change what is not about access' })
  scope!: ImpersonationScope;
}

export class MeDto {
  @ObjectField(() => UserDto, { description: 'The signed-in user' })
  user!: UserDto;

  @ListField(() => MembershipRefDto, { description: 'The organizations of the user, with the role in each' })
  memberships!: MembershipRefDto[];

  @ObjectField(() => OrganizationRefDto, { nullable: true, description: 'The organization of the request; null if it names none' })
  activeOrganization!: OrganizationRefDto | null;

  @TextField({ nullable: true, example: 'admin', description: 'The base role in the active organization; null without one' })
  role!: string | null;

  @ChoiceField(choices('MemberStatus', memberStatuses), {
    nullable: true,
    description: 'Whether the membership in the active organization gives access: see `status` of a member. Otherwise there are no permissions. Null without one',
  })
  status!: MemberStatus | null;

  @TextListField({ description: 'The custom roles in the active organization, direct ones and those of teams' })
  customRoles!: string[];

  @TextListField({ description: 'The permissions in the active organization, by the base role, custom roles and teams; empty without one' })
  permissions!: string[];

  @BooleanField({ description: 'Whether the user has a second factor' })
  twoFactorEnabled!: boolean;

  @ObjectField(() => ImpersonationRefDto, { nullable: true, description: 'The impersonating operator; null in a session of the user' })
  impersonatedBy!: ImpersonationRefDto | null;

  @BooleanField({ description: 'Whether the user is a platform operator' })
  platformAdmin!: boolean;
}

export class SessionDto {
  @UuidField({ description: 'The id of the session, with which it can be ended' })
  id!: string;

  @BooleanField({ description: 'Whether this is the session of the request' })
  current!: boolean;

  @TextField({ nullable: true, description: 'The User-Agent of the last sign-in or refresh; null without one' })
  userAgent!: string | null;

  @TextField({ nullable: true, description: 'The IP address of the last sign-in or refresh; null if unknown' })
  ipAddress!: string | null;

  @TimeField({ description: 'The time of the sign-in' })
  createdAt!: Date;

  @TimeField({ description: 'The time at which a token was last issued for the session' })
  lastUsedAt!: Date;

  @TimeField({ description: 'The time at which the session ends unless its tokens are refreshed before. An organization can end it earlier (`session_timeout_minutes`).' })
  expiresAt!: Date;

  @ObjectField(() => ImpersonationRefDto, { nullable: true, description: 'The operator who acts as you in this session; null in your own sessions' })
  impersonatedBy!: ImpersonationRefDto | null;
}

export class SessionListDto extends WholeList {
  @ListField(() => SessionDto, { description: 'All sessions of the user that can still be used' })
  data!: SessionDto[];
}

export function toUserDto(user: User): UserDto {
  return { id: user.id, email: user.email, userName: user.userName, name: user.name, emailVerified: user.emailVerifiedAt !== null };
}

export function toOrganizationRefDto({ id, name, slug }: OrganizationRefDto): OrganizationRefDto {
  return { id, name, slug };
}

export const toTrustedDeviceDto = ({ id, client, secondFactorAt, lastUsedAt, trustedUntil }: TrustedDeviceView): TrustedDeviceDto => ({
  id,
  client,
  secondFactorAt,
  lastUsedAt,
  trustedUntil,
});

export function toSessionDto(session: Session, currentId: string): SessionDto {
  const { id, userAgent, ipAddress, createdAt, lastUsedAt, expiresAt, impersonatorId, impersonationReason, impersonationScope } = session;
  const impersonatedBy =
    impersonatorId === null
      ? null
      : { operatorId: impersonatorId, reason: impersonationReason ?? '', scope: impersonationScope === 'write' ? ('write' as const) : ('read' as const) };
  return { id, current: id === currentId, userAgent, ipAddress, createdAt, lastUsedAt, expiresAt, impersonatedBy };
}
