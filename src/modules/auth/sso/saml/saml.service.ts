import { randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { SystemClock } from '../../../../common/clock.js';
import { AppConfig } from '../../../../config/app-config.js';
import type { SsoConnection } from '../../../../generated/prisma/client.js';
import type { ReturnSecrets } from '../../providers/identity-providers.service.js';
import type { ProviderVisit } from '../../providers/provider-visits.service.js';
import { ProviderRefusedError } from '../../providers/providers.errors.js';
import { VisitStates } from '../../providers/visit-states.js';
import type { SsoUser } from '../sso-roles.policy.js';
import { consumerOf, entityIdOf } from './addresses.js';
import { describe } from './attributes.policy.js';
import { readResponse } from './response.js';
import { SamlFault } from './xml.js';

type SamlClient = InstanceType<(typeof import('@node-saml/node-saml'))['SAML']>;

/** Speaks SAML 2.0 with the identity providers of connections: requests by HTTP-Redirect, responses by HTTP-POST. */
@Injectable()
export class SamlService {
  readonly #logger = new Logger(SamlService.name);

  constructor(
    private readonly config: AppConfig,
    private readonly systemClock: SystemClock,
    private readonly states: VisitStates,
  ) {}

  /**
   * Returns the page of the identity provider with a request, and what the response is compared with: the `nonce` is the ID of the request, and the `state` its RelayState.
   *
   * @param privateKey of the connection, in PKCS #8
   */
  async beginVisit(connection: SsoConnection, privateKey: string): Promise<{ readonly url: string; readonly secrets: ReturnSecrets }> {
    // An ID of XML begins with a letter or an underscore.
    const secrets = { state: this.states.newState(), nonce: `_${randomBytes(20).toString('hex')}`, pkceVerifier: '' };
    const client = await this.#clientOf(connection, connection.signRequests ? privateKey : undefined, secrets.nonce);
    return { url: await client.getAuthorizeUrlAsync(secrets.state, undefined, {}), secrets };
  }

  /**
   * Checks the response that the visit has brought.
   *
   * @param privateKeys of the connection, in PKCS #8
   * @throws {ProviderRefusedError} with the fault as its cause
   */
  async completeVisit(connection: SsoConnection, { nonce, answer }: ProviderVisit, privateKeys: readonly string[]): Promise<SsoUser> {
    const { issuer, idpCertificates: certificates } = connection;
    try {
      if (answer === undefined) throw new SamlFault('The identity provider has sent no response to the assertion consumer service.', { code: 'identity_incomplete' });
      const expected = {
        issuer,
        certificates,
        audience: entityIdOf(this.config.apiUrl, connection.id),
        recipient: consumerOf(this.config.apiUrl, connection.id),
        requestId: nonce,
        now: this.systemClock.now(),
      };
      const assertion = await readResponse(answer, { ...expected, privateKeys });
      return { issuer, subject: assertion.nameId, ...describe(assertion), sid: null, idToken: null };
    } catch (error) {
      this.#logger.warn({ err: error, connection: connection.id }, 'the response of an identity provider was refused');
      // A fault of the libraries is one of the response: they read what anybody can send.
      const fault = error instanceof SamlFault ? error : new SamlFault('The response cannot be read.', { cause: error });
      throw Object.assign(new ProviderRefusedError(connection.name, fault.code), { cause: fault });
    }
  }

  /**
   * Returns the metadata of a connection, for its identity provider. During a rotation it has both certificates for signatures, and the next one to encrypt with.
   *
   * @param privateKey of the connection, in PKCS #8
   */
  async metadataOf(connection: SsoConnection, privateKey: string): Promise<string> {
    const { id, signRequests, certificate, nextCertificate } = connection;
    const client = await this.#clientOf(connection, signRequests ? privateKey : undefined, `_${id}`, privateKey);
    const certificates = [certificate, nextCertificate].filter((each) => each !== null);
    return client.generateServiceProviderMetadata(certificates.at(-1) ?? null, certificates);
  }

  async #clientOf(connection: SsoConnection, signingKey: string | undefined, id: string, decryptionPvk?: string): Promise<SamlClient> {
    const { SAML } = await import('@node-saml/node-saml');
    return new SAML({
      issuer: entityIdOf(this.config.apiUrl, connection.id),
      callbackUrl: consumerOf(this.config.apiUrl, connection.id),
      entryPoint: connection.signInUrl ?? '',
      idpCert: connection.idpCertificates,
      // The identity provider chooses the form of the NameID, and how the user authenticates.
      identifierFormat: null,
      disableRequestedAuthnContext: true,
      wantAssertionsSigned: true,
      signatureAlgorithm: 'sha256',
      digestAlgorithm: 'sha256',
      generateUniqueId: () => id,
      ...(signingKey === undefined ? {} : { privateKey: signingKey }),
      ...(decryptionPvk === undefined ? {} : { decryptionPvk }),
    });
  }
}
