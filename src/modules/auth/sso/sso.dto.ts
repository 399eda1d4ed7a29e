import {
  BooleanField,
  ChoiceField,
  ChoiceListField,
  choices,
  EmailField,
  ListField,
  ObjectField,
  TextField,
  TextListField,
  TimeField,
  UrlField,
  UuidField,
  secretExample,
} from '../../../common/http/fields.js';
import type { JWK } from 'jose';
import { signInMethods, type SignInMethod } from '../../../access/sign-in-method.js';
import type { AppConfig } from '../../../config/app-config.js';
import { WholeList } from '../../../common/http/pages/page.js';
import type { Organization, SsoAttempt, SsoConnection, SsoIdentity } from '../../../generated/prisma/client.js';
import { OrganizationRefDto } from '../auth.dto.js';
import { challengeField } from '../providers/providers.dto.js';
import { consumerOf, entityIdOf } from './saml/addresses.js';
import { SamlSettingsDto, toSamlSettingsDto } from './saml/saml.dto.js';
import { claimName, defaultRole, mappings, role, SsoRoleMappingDto, SsoRolesDto } from './sso-roles.dto.js';
import { mappingsOf } from './sso-roles.policy.js';

/** A connection with its last sign-ins, the newest first. */
export type SsoConnectionWithAttempts = SsoConnection & { readonly attempts: readonly SsoAttempt[] };

const issuer = { max: 1000, example: 'https://login.acme.example' } as const;

export class CreateSsoConnectionDto extends SsoRolesDto {
  @TextField({ max: 100, example: 'Acme', description: 'The name to show on a button' })
  name!: string;

  @TextField({
    ...issuer,
    description: 'The issuer of OpenID Connect: an https URL with a public address, whose `/.well-known/openid-configuration` describes it. It cannot be changed.',
  })
  issuer!: string;

  @TextField({ max: 500, verbatim: true, example: 'tenantry', description: 'The id of the client that you registered there. It cannot be changed.' })
  clientId!: string;

  @TextField({
    optional: true,
    max: 2000,
    verbatim: true,
    example: secretExample,
    description: 'The secret of the client. It is stored encrypted and never returned. Without it, the connection makes a key pair and authenticates with `private_key_jwt`.',
  })
  clientSecret?: string;

  @TextField({
    optional: true,
    max: 500,
    pattern: /^(?:\S+ )*openid(?: \S+)*$/,
    example: 'openid email profile',
    description: 'The scope that is requested. Default: `openid email profile`.',
  })
  scope?: string;
}

export class UpdateSsoConnectionDto extends SsoRolesDto {
  @TextField({ optional: true, max: 100, example: 'Acme', description: 'The name to show on a button' })
  name?: string;

  @TextField({ optional: true, nullable: true, max: 2000, verbatim: true, example: secretExample, description: 'The new secret of the client; null for a new key pair' })
  clientSecret?: string | null;

  @BooleanField({ optional: true, example: false, description: 'Whether users sign in with it. `true` needs a successful test. `false` ends its sessions.' })
  enabled?: boolean;
}

export class SsoAttemptDto {
  @TextField({ example: 'signed_in', description: '`signed_in`, `linked`, `tested`, or the code of the problem' })
  outcome!: string;

  @EmailField({ nullable: true, description: 'The address that the identity provider asserted; null if unknown' })
  email!: string | null;

  @TextField({ nullable: true, max: 500, example: 'unexpected "iss" (issuer) response parameter value', description: 'The reason of a failure; null for a success' })
  detail!: string | null;

  @TimeField({ description: 'The time of the attempt' })
  createdAt!: Date;
}

export const clientAuths = ['client_secret', 'private_key_jwt', 'none'] as const;

/** A JSON Web Key (RFC 7517). */
export class PublicKeyDto {
  @TextField({ example: 'RSA', description: 'The type of the key' })
  kty!: string;

  @TextField({ example: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs', description: 'The id of the key' })
  kid!: string;

  @TextField({ example: 'sig', description: 'The use of the key' })
  use!: string;

  @TextField({ example: 'RS256', description: 'The algorithm of the key' })
  alg!: string;

  @TextField({ example: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4', description: 'The modulus' })
  n!: string;

  @TextField({ example: 'AQAB', description: 'The exponent' })
  e!: string;
}

export class SsoConnectionDto {
  @UuidField({ description: 'The id of the connection' })
  id!: string;

  @ChoiceField(['oidc', 'saml'], { description: 'The protocol: OpenID Connect or SAML 2.0' })
  protocol!: 'oidc' | 'saml';

  @TextField({ example: 'Acme', description: 'The name to show on a button' })
  name!: string;

  @TextField({ ...issuer, description: 'The issuer of OpenID Connect, or the entity ID of the identity provider' })
  issuer!: string;

  @TextField({ example: 'tenantry', description: 'The id of the client, or the entity ID of the connection' })
  clientId!: string;

  @ChoiceField(clientAuths, { description: 'How the connection authenticates at the token endpoint of the identity provider; `none` for SAML, which has none' })
  clientAuth!: (typeof clientAuths)[number];

  @ListField(() => PublicKeyDto, { description: 'The public key to register at the identity provider, for `private_key_jwt`; empty for a client secret' })
  publicKeys!: PublicKeyDto[];

  @TextField({ nullable: true, example: 'openid email profile', description: 'The scope that is requested; null for SAML' })
  scope!: string | null;

  @TextField({
    example: 'https://app.example.com/sign-in/sso/018f',
    description: 'The redirect URI to register at the identity provider; for SAML the URL of the assertion consumer service',
  })
  redirectUri!: string;

  @ObjectField(() => SamlSettingsDto, { nullable: true, description: 'The settings of SAML; null for OpenID Connect' })
  saml!: SamlSettingsDto | null;

  @BooleanField({ description: 'Whether users sign in with it' })
  enabled!: boolean;

  @TimeField({ nullable: true, description: 'The time of the last successful test; null if there was none' })
  testedAt!: Date | null;

  @TextField(claimName)
  roleClaim!: string;

  @ListField(() => SsoRoleMappingDto, mappings)
  roleMappings!: SsoRoleMappingDto[];

  @TextField(defaultRole)
  defaultRole!: string;

  @ListField(() => SsoAttemptDto, { description: 'The last ten sign-ins, the newest first' })
  attempts!: SsoAttemptDto[];

  @TimeField({ description: 'The time at which the connection was created' })
  createdAt!: Date;

  @TimeField({ description: 'The time at which the connection was last changed' })
  updatedAt!: Date;
}

export class SsoConnectionListDto extends WholeList {
  @ListField(() => SsoConnectionDto, { description: 'The connections of the organization, the oldest first' })
  data!: SsoConnectionDto[];
}

export class BeginSsoTestDto {
  @TextField(challengeField)
  challenge!: string;
}

export class BeginSsoDto {
  @TextField(challengeField)
  challenge!: string;

  @BooleanField({ optional: true, description: 'Whether the session ends after 60 days without use instead of 7. Default: false.' })
  rememberMe?: boolean;
}

export class SsoTestDto {
  @TextField({ example: '248289761001', description: 'The `sub` of the ID token' })
  subject!: string;

  @EmailField({ nullable: true, description: 'The address that the identity provider asserts; null if there is none' })
  email!: string | null;

  @TextField({ nullable: true, example: 'Ada Lovelace', description: 'The name that the identity provider asserts; null if there is none' })
  name!: string | null;

  @TextField({ ...role, description: 'The role that a new member with these claims gets' })
  role!: string;

  @BooleanField({ description: 'Whether the organization has proved the domain of the address by DNS. Otherwise, the user is refused.' })
  addressProved!: boolean;

  @TextListField({ example: ['email', 'groups', 'iss', 'sub'], description: 'The names of all claims' })
  claims!: string[];
}

export class DiscoverSignInDto {
  @EmailField({ description: 'The email address of a person who wants to sign in' })
  email!: string;
}

export class LogoutTokenDto {
  @TextField({ max: 16_000, verbatim: true, example: secretExample, description: 'The logout token' })
  logout_token!: string;
}

export class LogOutOfSsoDto {
  @UrlField({
    optional: true,
    example: 'https://app.example.com/signed-out',
    description:
      'The page to which the identity provider sends the user afterwards, at which it must be registered (`post_logout_redirect_uri`). It must be at `APP_URL`, in `CORS_ORIGINS`, or at a verified domain.',
  })
  returnTo?: string;

  @TextField({ optional: true, max: 200, verbatim: true, example: 'af0ifjsldkj', description: 'The parameter `state` that the page gets' })
  state?: string;
}

export class SsoLogoutDto {
  @TextField({
    max: 8000,
    nullable: true,
    example: 'https://login.acme.example/session/end?…',
    description: 'The page of the identity provider, to which the front end sends the user; null if there is none. It contains the ID token: send it to nobody else.',
  })
  url!: string | null;
}

export class SsoChoiceDto {
  @UuidField({ description: 'The id of the connection, for POST /auth/sso/{ssoConnectionId}/start' })
  connectionId!: string;

  @TextField({ example: 'Acme', description: 'The name to show on a button' })
  name!: string;

  @BooleanField({ description: 'Whether the organization of the connection accepts single sign-on alone' })
  required!: boolean;
}

export class SignInMethodsDto {
  @ListField(() => SsoChoiceDto, { description: 'The connections of single sign-on of the domain of the address' })
  connections!: SsoChoiceDto[];

  @ChoiceListField(choices('SignInMethod', signInMethods), { description: 'The ways to sign in that the product offers; `sso` only if there is a connection' })
  methods!: SignInMethod[];
}

const toAttemptDto = ({ outcome, email, detail, createdAt }: SsoAttempt): SsoAttemptDto => ({ outcome, email, detail, createdAt });

/** Returns the page of the front end to which the provider of a connection sends users back. */
export const pageOf = (id: string): string => `/sign-in/sso/${id}`;

/**
 * @param publicKeys of the connection
 * @param urls the base URLs of the front end and of this API
 */
export function toSsoConnectionDto(connection: SsoConnectionWithAttempts, publicKeys: readonly JWK[], { appUrl, apiUrl }: Pick<AppConfig, 'appUrl' | 'apiUrl'>): SsoConnectionDto {
  const { id, name, issuer: at, enabled, testedAt, roleClaim, defaultRole: fallback, attempts, createdAt, updatedAt } = connection;
  const ofProtocol =
    connection.protocol === 'saml'
      ? { protocol: 'saml' as const, clientId: entityIdOf(apiUrl, id), scope: null, redirectUri: consumerOf(apiUrl, id), saml: toSamlSettingsDto(connection, apiUrl) }
      : { protocol: 'oidc' as const, clientId: connection.clientId, scope: connection.scope, redirectUri: `${appUrl}${pageOf(id)}`, saml: null };
  return {
    id,
    name,
    issuer: at,
    ...ofProtocol,
    clientAuth: connection.clientAuth as SsoConnectionDto['clientAuth'],
    publicKeys: publicKeys as unknown as PublicKeyDto[],
    enabled,
    testedAt,
    roleClaim,
    roleMappings: mappingsOf(connection).map(({ value, role: granted }) => ({ value, role: granted })),
    defaultRole: fallback,
    attempts: attempts.map(toAttemptDto),
    createdAt,
    updatedAt,
  };
}

/** An account at the identity provider of an organization that is linked to that of a user. */
export type SsoLink = SsoIdentity & { readonly connection: SsoConnection; readonly organization: Organization };

export class SsoLinkDto {
  @UuidField({ description: 'The connection with which you can sign in' })
  connectionId!: string;

  @TextField({ example: 'Acme', description: 'The name of the connection' })
  name!: string;

  @ObjectField(() => OrganizationRefDto, { description: 'The organization of the connection' })
  organization!: OrganizationRefDto;

  @TimeField({ description: 'The time at which it was linked' })
  createdAt!: Date;

  @TimeField({ nullable: true, description: 'The time of the last sign-in with it; null if there was none' })
  lastUsedAt!: Date | null;
}

export class SsoLinkListDto extends WholeList {
  @ListField(() => SsoLinkDto, { description: 'Your accounts at identity providers of organizations, the first linked one first' })
  data!: SsoLinkDto[];
}

export function toSsoLinkDto({ connectionId, connection, organization: { id, name, slug }, createdAt, lastUsedAt }: SsoLink): SsoLinkDto {
  return { connectionId, name: connection.name, organization: { id, name, slug }, createdAt, lastUsedAt };
}
