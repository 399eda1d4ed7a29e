import { BooleanField, EmailField, ListField, TextField, TimeField, UuidField, secretExample } from '../../../common/http/fields.js';
import { WholeList } from '../../../common/http/pages/page.js';
import type { ExternalIdentity } from '../../../generated/prisma/client.js';
import { deviceTokenField } from '../auth.dto.js';

export const challengeField = {
  pattern: /^[\w-]{43}$/,
  patternMessage: '$property must be the SHA-256 of a secret in base64url',
  example: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  description: 'The SHA-256 of a new random secret in base64url (the challenge `S256` of RFC 7636). The page keeps the secret, and sends it when the user returns.',
};

export class AuthProviderDto {
  @TextField({ example: 'google', description: 'The name of the provider, as in the paths of routes' })
  provider!: string;

  @TextField({ example: 'Google', description: 'The name to show on a button' })
  label!: string;
}

export class AuthProviderListDto extends WholeList {
  @ListField(() => AuthProviderDto, { description: 'The identity providers in the order in which the operator lists them' })
  data!: AuthProviderDto[];
}

export class BeginProviderSignInDto {
  @TextField(challengeField)
  challenge!: string;

  @BooleanField({ optional: true, description: 'Whether the session ends after 60 days without use instead of 7. Default: false.' })
  rememberMe?: boolean;

  @UuidField({ optional: true, description: 'The organization to work in. Default: as in POST /auth/login.' })
  organizationId?: string;
}

export class BeginProviderLinkDto {
  @TextField(challengeField)
  challenge!: string;
}

export class ProviderVisitDto {
  @TextField({
    max: 4000,
    example: 'https://accounts.google.com/o/oauth2/v2/auth?…',
    description: 'The page of the provider, to which the front end sends the user. It works for ten minutes.',
  })
  url!: string;
}

export class CompleteProviderVisitDto {
  @TextField({ max: 200, verbatim: true, example: secretExample, description: 'The parameter `state` of the address to which the provider sent the user back' })
  state!: string;

  @TextField({ optional: true, max: 4000, verbatim: true, example: 'SplxlOBeZQQYbYS6WxSbIA', description: 'The parameter `code` of this address' })
  code?: string;

  @TextField({ optional: true, max: 200, verbatim: true, description: 'The parameter `error` of this address, which it has in the place of a code. It ends the visit.' })
  error?: string;

  @TextField({ optional: true, max: 2000, verbatim: true, description: 'The parameter `error_description` of this address, if it has one' })
  errorDescription?: string;

  @TextField({ optional: true, max: 2000, verbatim: true, example: 'https://accounts.google.com', description: 'The parameter `iss` of this address, if it has one' })
  iss?: string;

  @TextField({ max: 200, verbatim: true, example: secretExample, description: 'The secret whose SHA-256 was sent as `challenge`' })
  verifier!: string;

  @TextField(deviceTokenField)
  deviceToken?: string;
}

export class IdentityDto {
  @UuidField({ description: 'The id of the identity, with which it can be unlinked' })
  id!: string;

  @TextField({ example: 'google', description: 'The name of the provider' })
  provider!: string;

  @EmailField({ nullable: true, description: 'The address of the account at the provider when it was linked; null if unknown' })
  email!: string | null;

  @TimeField({ description: 'The time at which it was linked' })
  createdAt!: Date;

  @TimeField({ nullable: true, description: 'The time of the last sign-in with it; null if there was none' })
  lastUsedAt!: Date | null;
}

export class IdentityListDto extends WholeList {
  @ListField(() => IdentityDto, { description: 'Your accounts at identity providers, the first linked one first' })
  data!: IdentityDto[];
}

export function toIdentityDto({ id, provider, email, createdAt, lastUsedAt }: ExternalIdentity): IdentityDto {
  return { id, provider, email, createdAt, lastUsedAt };
}
