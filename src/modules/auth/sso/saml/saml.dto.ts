import { BooleanField, ChoiceField, ListField, TextField, TimeField, UrlField } from '../../../../common/http/fields.js';
import type { SsoConnection } from '../../../../generated/prisma/client.js';
import { SsoRolesDto } from '../sso-roles.dto.js';
import { entityIdOf } from './addresses.js';
import { readCertificate } from './certificates.js';

const certificateExample =
  '-----BEGIN CERTIFICATE-----\nMIIDGzCCAgOgAwIBAgIUdXvUqoVdZRwYZBfYRrZ5IfGK6QUwDQYJKoZIhvcNAQEL\nBQAwHTEbMBkGA1UEAwwSbG9naW4uYWNtZS5leGFtcGxlMB4XDTI2MTEyOTA0MjYz\nM1oXDTM2MTEyNjA0MjYzM1owHTEbMBkGA1UEAwwSbG9naW4uYWNtZS5leGFtcGxl\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0Gsu2i9PCA5cydaVR/al\nAzoJxF2B+1la97GqLuV/4Xbg+IvtyDSWQytZFjvZX0u5tPCtROU63fh7DxZNRY/9\n/J1BorS++ZhKIGr7V1erRHHKhovxbz5ogOJ4iBEWgzjS9wXaCzl6Ro0MfRPnZwV4\nvxK/LwdhnoGu5zI7jmjFrpipAu9Z225ENsAgXTcehAxy/qIAetGAzFhGFmeCGSLL\nj4hI8I/EdLZ8Si3nFourfsEytuOq5jhnlgiIeAygVqzy1FDCUwePLa67PjfHCZCg\nnmb4oFRWpxUNg/qAZdT7L+9d4ZGYRpxLQh8w4QpQjbSJgKZDqZ+/2K0mJNfQf5JG\nUwIDAQABo1MwUTAdBgNVHQ4EFgQUzUkHPbu4Xf4s07OxpDCFOW08aJUwHwYDVR0j\nBBgwFoAUzUkHPbu4Xf4s07OxpDCFOW08aJUwDwYDVR0TAQH/BAUwAwEB/zANBgkq\nhkiG9w0BAQsFAAOCAQEAMn5RG9sMZiMnxt10KVHuFLAeykQjTG4g9JEexZNNP4zx\nbrKPyxu2wvBoIMOMPD8RwEsdJv/s5U6LJ3WzBFaawlGwOzXfptQNmcY2y8hmINkR\ny03JHhyLdtPQvPqOJcTRr7aizVdHKHMMTO50LADTQmLu5+ZQBX4tRgAdfQX4drVj\n0KG6xhdQG2QKj6D1UTAxdvF3yuHknDi2txPWZUckUv8i9ezVSo7C8AAyoNPvhqid\nuGi4jA9cWHetKaCxh7oe+PGPriuvwy9iEXnDRcKPfkgjyBvLXqAbtokpKfx5FWHr\nFW3ghJp+UTnAcF67yFqeU6JdsNruQ+cdIkVfKCDslw==\n-----END CERTIFICATE-----\n';

/** The examples of bodies with which a connection is created and changed. */
export const samlExamples = {
  created: {
    settings: {
      summary: 'Send the settings of the identity provider',
      value: { name: 'Acme', entityId: 'https://login.acme.example/saml', signInUrl: 'https://login.acme.example/saml/sso', certificates: [{ pem: certificateExample }] },
    },
  },
  changed: {
    certificates: { summary: 'Replace the certificates', value: { certificates: [{ pem: certificateExample }] } },
    key: { summary: 'Begin to replace the key of the connection', value: { keyRotation: 'begin' } },
  },
} as const;

const pem = {
  max: 10_000,
  verbatim: true,
  example: certificateExample,
  description: 'An X.509 certificate with an RSA key of at least 2048 bits, in PEM or base64',
} as const;
const certificates = {
  max: 2,
  description: 'The certificates with which the identity provider signs: two while it replaces one. They count until you remove them, whatever their dates are.',
} as const;
const signInUrl = {
  example: 'https://login.acme.example/saml/sso',
  description: 'The URL of the identity provider to which users are sent (SingleSignOnService, HTTP-Redirect)',
} as const;
const metadata = {
  optional: true,
  max: 500_000,
  verbatim: true,
  description: 'The metadata of the identity provider, as XML. It has the place of its entity ID, its URL and its certificates.',
} as const;
const metadataUrl = {
  optional: true,
  example: 'https://login.acme.example/saml/metadata',
  description: 'The URL from which the metadata is read, once. An https URL with a public address.',
} as const;
const signRequests = { optional: true, example: false, description: 'Whether requests are signed with the key of the connection. Default: false.' } as const;
const idpInitiated = {
  optional: true,
  example: false,
  description:
    'Whether a sign-in can begin at the identity provider. Its response is not used: the page of the front end begins a sign-in that is answered at once. Default: false.',
} as const;
const keyRotations = ['begin', 'finish', 'cancel'] as const;
const entityId = { max: 1000, verbatim: true, example: 'https://login.acme.example/saml' } as const;

export class SamlCertificateDto {
  @TextField(pem)
  pem!: string;
}

export class CreateSamlConnectionDto extends SsoRolesDto {
  @TextField({ max: 100, example: 'Acme', description: 'The name to show on a button' })
  name!: string;

  @TextField({ ...entityId, optional: true, description: 'The entity ID of the identity provider. It cannot be changed.' })
  entityId?: string;

  @UrlField({ ...signInUrl, optional: true })
  signInUrl?: string;

  @ListField(() => SamlCertificateDto, { ...certificates, optional: true, min: 1 })
  certificates?: SamlCertificateDto[];

  @TextField(metadata)
  metadata?: string;

  @UrlField(metadataUrl)
  metadataUrl?: string;

  @BooleanField(signRequests)
  signRequests?: boolean;

  @BooleanField(idpInitiated)
  idpInitiated?: boolean;
}

export class UpdateSamlSettingsDto {
  @UrlField({ ...signInUrl, optional: true })
  signInUrl?: string;

  @ListField(() => SamlCertificateDto, { ...certificates, optional: true, min: 1 })
  certificates?: SamlCertificateDto[];

  @TextField(metadata)
  metadata?: string;

  @UrlField(metadataUrl)
  metadataUrl?: string;

  @BooleanField(signRequests)
  signRequests?: boolean;

  @BooleanField(idpInitiated)
  idpInitiated?: boolean;

  @ChoiceField(keyRotations, {
    optional: true,
    example: 'begin',
    description:
      'Replaces the key of the connection. `begin` makes the next key: the metadata has both certificates, and assertions can be encrypted with either. `finish` ends the present key and signs with the next one; `cancel` discards the next one.',
  })
  keyRotation?: (typeof keyRotations)[number];
}

export class SamlIdpCertificateDto {
  @TextField(pem)
  pem!: string;

  @TextField({ example: 'F3:5B:60:5E:8E:B0:2A:9C:11:5D:36:8B:71:0C:5F:9E:23:43:0C:0D:4F:8D:10:36:6D:5B:0F:0A:76:3A:52:C1', description: 'Its SHA-256' })
  fingerprint!: string;

  @TimeField({ description: 'The time at which it expires. It counts afterwards, too.' })
  expiresAt!: Date;
}

export class SamlSettingsDto {
  @UrlField(signInUrl)
  signInUrl!: string;

  @ListField(() => SamlIdpCertificateDto, certificates)
  certificates!: SamlIdpCertificateDto[];

  @UrlField({
    example: 'https://app.example.com/api/v1/auth/sso/018f/metadata',
    description: 'The URL of the metadata of the connection, for the identity provider. It is also its entity ID.',
  })
  metadataUrl!: string;

  @TextField({ ...pem, description: 'The certificate of the connection, in PEM: the identity provider encrypts assertions with it, and checks signatures of requests' })
  certificate!: string;

  @TextField({
    ...pem,
    nullable: true,
    description:
      'The certificate of the key that will replace that of the connection; null unless a rotation has begun. Register it at the identity provider, then send `keyRotation` `finish`.',
  })
  nextCertificate!: string | null;

  @BooleanField({ description: 'Whether requests are signed with the key of the connection' })
  signRequests!: boolean;

  @BooleanField({ description: 'Whether a sign-in can begin at the identity provider' })
  idpInitiated!: boolean;
}

export class SamlResponseDto {
  @TextField({ max: 300_000, verbatim: true, example: 'PHNhbWxwOlJlc3BvbnNlPjwvc2FtbHA6UmVzcG9uc2U+', description: 'The response, in base64' })
  SAMLResponse!: string;

  @TextField({ optional: true, min: 0, max: 1000, verbatim: true, description: 'The RelayState of the request' })
  RelayState?: string;
}

/** @param apiUrl the base URL of this API */
export function toSamlSettingsDto(connection: SsoConnection, apiUrl: string): SamlSettingsDto {
  const { id, signInUrl: url, idpCertificates, certificate, nextCertificate, signRequests: signs, idpInitiated: initiated } = connection;
  return {
    signInUrl: url ?? '',
    certificates: idpCertificates.map(readCertificate),
    metadataUrl: entityIdOf(apiUrl, id),
    certificate: certificate ?? '',
    nextCertificate,
    signRequests: signs,
    idpInitiated: initiated,
  };
}
