import { Injectable } from '@nestjs/common';
import { SystemClock } from '../../../../common/clock.js';
import { MalformedRequestError, NotFoundError } from '../../../../common/errors/app-error.js';
import { textOfUtf8 } from '../../../../common/text/utf8.js';
import { AppConfig } from '../../../../config/app-config.js';
import { PlatformDb } from '../../../../database/platform-db.js';
import type { SsoConnection } from '../../../../generated/prisma/client.js';
import { MemberCeilingsService } from '../../../members/member-ceilings.service.js';
import { assertWithinCeiling } from '../../../members/members.policy.js';
import { MembershipsService } from '../../../members/memberships.service.js';
import { IdentityProvidersService } from '../../providers/identity-providers.service.js';
import { ProviderVisitsService } from '../../providers/provider-visits.service.js';
import { reachedBy, SsoConnectionsService, visitNameOf, type ConnectionAuthor } from '../sso-connections.service.js';
import { pageOf, type SsoConnectionWithAttempts } from '../sso.dto.js';
import { newKeyWithCertificate, readCertificate, type KnownCertificate } from './certificates.js';
import { readMetadata } from './metadata.js';
import type { CreateSamlConnectionDto, SamlCertificateDto, UpdateSamlSettingsDto } from './saml.dto.js';
import { SamlSettingsRefusedError } from './saml.errors.js';
import { SamlService } from './saml.service.js';
import { SamlFault } from './xml.js';

const maxCertificates = 2;

interface Provider {
  readonly entityId?: string;
  readonly signInUrl?: string;
  /** PEM. */
  readonly certificates?: readonly string[];
}

/** Creates and updates connections by SAML, describes them to their identity providers, and takes the responses of these. */
@Injectable()
export class SamlConnectionsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly connections: SsoConnectionsService,
    private readonly memberships: MembershipsService,
    private readonly ceilings: MemberCeilingsService,
    private readonly providers: IdentityProvidersService,
    private readonly visits: ProviderVisitsService,
    private readonly saml: SamlService,
    private readonly systemClock: SystemClock,
    private readonly config: AppConfig,
  ) {}

  /** @throws {SamlSettingsRefusedError | TooManySsoConnectionsError | UnknownRoleError | RoleTooHighError | MalformedRequestError} */
  async createConnection(author: ConnectionAuthor, body: CreateSamlConnectionDto): Promise<SsoConnectionWithAttempts> {
    const { name, signRequests = false, idpInitiated = false } = body;
    const { entityId, signInUrl, certificates } = await this.#providerOf(body);
    if (entityId === undefined || signInUrl === undefined || certificates === undefined)
      throw new MalformedRequestError('Send the metadata of the identity provider (`metadata` or `metadataUrl`), or `entityId`, `signInUrl` and `certificates`.');
    const { privateKey, certificate } = await newKeyWithCertificate(this.systemClock.now());
    const ofOtherProtocols = { clientId: '', clientAuth: 'none', scope: '' };
    const sealed = { clientSecret: this.connections.sealKey(privateKey), certificate };
    const settings = { name, protocol: 'saml', issuer: entityId, signInUrl, idpCertificates: [...certificates], signRequests, idpInitiated };
    return this.connections.insertConnection(author, body, { ...settings, ...sealed, ...ofOtherProtocols });
  }

  /** Updates what a connection knows about its identity provider. Visits that have begun end. @throws {NotFoundError | RoleTooHighError | SamlSettingsRefusedError | MalformedRequestError} */
  async updateSettings(author: ConnectionAuthor, id: string, body: UpdateSamlSettingsDto): Promise<SsoConnectionWithAttempts> {
    const known = await this.connections.getConnection(id, author);
    if (known.protocol !== 'saml') throw new NotFoundError();
    const { entityId = known.issuer, signInUrl, certificates } = await this.#providerOf(body);
    if (entityId !== known.issuer)
      throw new SamlSettingsRefusedError('metadata', `The metadata is that of ${entityId}, and the connection is to ${known.issuer}. Create another connection.`);
    const { signRequests, idpInitiated, keyRotation } = body;
    const nextKey = keyRotation === 'begin' && known.nextCertificate === null ? await newKeyWithCertificate(this.systemClock.now()) : undefined;
    const changesProvider = signInUrl !== undefined || certificates !== undefined;
    const data = {
      ...(signInUrl === undefined ? {} : { signInUrl }),
      ...(certificates === undefined ? {} : { idpCertificates: [...certificates] }),
      ...(signRequests === undefined ? {} : { signRequests }),
      ...(idpInitiated === undefined ? {} : { idpInitiated }),
    };
    await this.memberships.withMembershipLock(author.userId, async (tx, actor) => {
      const before = await tx.ssoConnection.findFirst({ where: { id, ...reachedBy(author) } });
      if (before === null) throw new NotFoundError();
      // The holder of the key of a certificate can sign in as each of them.
      const identities = changesProvider ? await tx.ssoIdentity.findMany({ where: { connectionId: id }, select: { userId: true } }) : [];
      const members = await this.ceilings.readCeilings(tx, [...new Set(identities.map(({ userId }) => userId))]);
      for (const member of members.values()) assertWithinCeiling(actor, member);
      const keys = this.#keysAfter(before, keyRotation, nextKey);
      const changesConnection = changesProvider || keyRotation === 'finish';
      // A test with another provider or key says nothing about this one. An enabled connection is tested by each sign-in.
      await tx.ssoConnection.updateMany({ where: { id }, data: { ...data, ...keys, ...(changesConnection && !before.enabled ? { testedAt: null } : {}) } });
      await this.connections.announceChange(tx, author, before, { ...before, ...data, ...keys });
    });
    return this.connections.getConnection(id);
  }

  /** Returns the metadata of a connection, also of one that is not enabled: the identity provider is set up first. @throws {NotFoundError} */
  async describeConnection(id: string): Promise<string> {
    const connection = await this.#findConnection(id);
    return this.saml.metadataOf(connection, this.connections.privateKeysOf(connection)[0]);
  }

  /**
   * Keeps the response of an identity provider for the page that began the visit. The browser sends it from a page of the provider, so that anybody can make it send one: the page proves that it has
   * begun this visit, when it completes it.
   *
   * @returns the page to which the browser is sent
   * @throws {NotFoundError}
   */
  async receiveResponse(id: string, response: string, relayState = ''): Promise<string> {
    const connection = await this.#findConnection(id);
    const page = new URL(`${this.config.appUrl}${pageOf(id)}`);
    if (await this.visits.keepAnswer(visitNameOf(connection), relayState, response)) page.searchParams.set('state', relayState);
    else if (!connection.idpInitiated) page.searchParams.set('error', 'unsolicited_response');
    return page.href;
  }

  /** Returns the keys of a connection after a step of a rotation, as far as they change. @param made the new key; undefined if the connection had a next one */
  #keysAfter(
    { nextClientSecret, nextCertificate }: SsoConnection,
    step: UpdateSamlSettingsDto['keyRotation'],
    made: { readonly privateKey: string; readonly certificate: string } | undefined,
  ): Partial<Pick<SsoConnection, 'clientSecret' | 'certificate' | 'nextClientSecret' | 'nextCertificate'>> {
    if (step === undefined) return {};
    const none = { nextClientSecret: null, nextCertificate: null };
    if (step === 'cancel') return none;
    if (step === 'begin')
      return nextCertificate !== null || made === undefined ? {} : { nextClientSecret: this.connections.sealKey(made.privateKey), nextCertificate: made.certificate };
    if (nextClientSecret === null) throw new SamlSettingsRefusedError('keyRotation', 'The connection has no next key. Begin a rotation first: `begin`.');
    return { clientSecret: nextClientSecret, certificate: nextCertificate, ...none };
  }

  async #findConnection(id: string): Promise<SsoConnection> {
    const found = await this.platform.ssoConnection.findFirst({ where: { id, protocol: 'saml', organization: { deletedAt: null } } });
    if (found === null) throw new NotFoundError();
    return found;
  }

  async #providerOf(body: CreateSamlConnectionDto | UpdateSamlSettingsDto): Promise<Provider> {
    const { signInUrl, certificates, metadata, metadataUrl } = body;
    const entityId = 'entityId' in body ? body.entityId : undefined;
    const explicit = entityId !== undefined || signInUrl !== undefined || certificates !== undefined;
    if ([explicit, metadata !== undefined, metadataUrl !== undefined].filter(Boolean).length > 1)
      throw new MalformedRequestError('Send one of `metadata`, `metadataUrl`, and the settings themselves.');
    if (metadata !== undefined) return this.#importMetadata('metadata', metadata);
    if (metadataUrl !== undefined) return this.#importMetadata('metadataUrl', await this.#fetchMetadata(metadataUrl));
    if (signInUrl !== undefined) this.#assertSignInUrl('signInUrl', signInUrl);
    return {
      ...(entityId === undefined ? {} : { entityId }),
      ...(signInUrl === undefined ? {} : { signInUrl }),
      ...(certificates === undefined ? {} : { certificates: certificates.map(({ pem }: SamlCertificateDto, at: number) => this.#read(`certificates/${at}/pem`, pem).pem) }),
    };
  }

  async #importMetadata(field: string, text: string): Promise<Required<Provider>> {
    try {
      const { entityId, signInUrl, certificates } = await readMetadata(text);
      if (entityId.length > 1000) throw new SamlFault('The entity ID has more than 1000 characters.');
      if (certificates.length > maxCertificates)
        throw new SamlFault(
          `The metadata has ${certificates.length} certificates, and a connection at most ${maxCertificates}. Send the settings themselves, with those that are in use.`,
        );
      this.#assertSignInUrl(field, signInUrl);
      return { entityId, signInUrl, certificates: certificates.map(({ pem }) => pem) };
    } catch (error) {
      throw error instanceof SamlFault ? new SamlSettingsRefusedError(field, error.message) : error;
    }
  }

  async #fetchMetadata(url: string): Promise<string> {
    if (!this.providers.mayReach(url)) throw new SamlSettingsRefusedError('metadataUrl', 'It must be an https URL with a public address.');
    const answer = await this.providers.fetchForeign(url, { headers: { accept: 'application/samlmetadata+xml, application/xml, text/xml' } }).catch(() => undefined);
    const text = answer?.status === 200 ? textOfUtf8(Buffer.from(await answer.arrayBuffer())) : undefined;
    if (text === undefined) throw new SamlSettingsRefusedError('metadataUrl', 'There is no metadata in UTF-8 at this URL, or its address is not public.');
    return text;
  }

  /** The browser of the user visits it. Its name need not have a public address. */
  #assertSignInUrl(field: string, url: string): void {
    if (!this.providers.mayReach(url) || url.length > 2048) throw new SamlSettingsRefusedError(field, 'The URL for the sign-in must be an https URL.');
  }

  #read(field: string, pem: string): KnownCertificate {
    try {
      return readCertificate(pem);
    } catch (error) {
      throw error instanceof SamlFault ? new SamlSettingsRefusedError(field, `The certificate cannot be used: ${error.message}.`) : error;
    }
  }
}
