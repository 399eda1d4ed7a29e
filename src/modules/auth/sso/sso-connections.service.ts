import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { needsConnection } from '../../../access/ways-in.js';
import { securityPolicyOf, settingsOf } from '../../../access/organization/security-policy.js';
import type { SetupPrincipal, UserPrincipal } from '../../../access/principal/principal.js';
import { ownerRole } from '../../../access/roles.js';
import { SecretBox } from '../../../common/crypto/secret-box.js';
import { MalformedRequestError, NotFoundError } from '../../../common/errors/app-error.js';
import { AppConfig } from '../../../config/app-config.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { TenantDb, type TenantTransaction } from '../../../database/tenant-db.js';
import type { Prisma, SsoConnection } from '../../../generated/prisma/client.js';
import { newClientKey, publicKeyOf } from '../providers/client-keys.js';
import { IdentityProvidersService, type Issuer } from '../providers/identity-providers.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SecurityNoticesService } from '../../mail/security-notices.service.js';
import { MembershipsService } from '../../members/memberships.service.js';
import { pageOf, toSsoConnectionDto, type CreateSsoConnectionDto, type SsoConnectionDto, type SsoConnectionWithAttempts, type UpdateSsoConnectionDto } from './sso.dto.js';
import { LastSsoConnectionError, SsoConnectionNotTestedError, SsoIssuerNotAllowedError, TooManySsoConnectionsError } from './sso.errors.js';
import { mappingsOf, type RoleRules } from './sso-roles.policy.js';
import type { FastifyReply } from 'fastify';

const maxConnections = 20;

/** The author of a change of a connection: a member, or the holder of a set-up link in the name of the member who made it. */
export interface ConnectionAuthor {
  readonly userId: string;
  /** The session, or the set-up link. It completes the tests that it has begun. */
  readonly testerId: string;
  /** Null for a member. A link reaches the connections that were created with it, until they are enabled. */
  readonly setupLink: { readonly id: string; readonly name: string; readonly byOperator: boolean } | null;
}

export const authorOf = (principal: UserPrincipal | SetupPrincipal): ConnectionAuthor =>
  principal.kind === 'user'
    ? { userId: principal.userId, testerId: principal.sessionId, setupLink: null }
    : { userId: principal.createdById, testerId: principal.keyId, setupLink: { id: principal.keyId, name: principal.name, byOperator: principal.byOperator } };

/** Matches the connections that an author reaches. */
export const reachedBy = ({ setupLink }: Pick<ConnectionAuthor, 'setupLink'>): Prisma.SsoConnectionWhereInput =>
  setupLink === null ? {} : { setupLinkId: setupLink.id, enabled: false };

const anybody = { setupLink: null } as const;

type Credentials = Pick<SsoConnection, 'clientAuth'> & { readonly clientSecret: Uint8Array<ArrayBuffer> };

type ProtocolSettings = Omit<Prisma.SsoConnectionCreateManyInput, 'organizationId' | keyof RoleRules | 'grantedById' | 'setupLinkId'>;

/** Returns the name of a visit with a connection, which changes with the connection, so that no visit survives a change. */
export const visitNameOf = ({ id, updatedAt }: Pick<SsoConnection, 'id' | 'updatedAt'>): string => `sso/${id}/${updatedAt.getTime().toString(36)}`;

/** The columns that decide which answers a connection accepts, and what they give, with their names in the API. The owners are notified of each change. */
const announcedFields = {
  clientSecret: 'clientSecret',
  certificate: 'certificate',
  signInUrl: 'signInUrl',
  idpCertificates: 'certificates',
  roleClaim: 'roleClaim',
  roleMappings: 'roleMappings',
  defaultRole: 'defaultRole',
} as const satisfies Partial<Record<keyof SsoConnection, string>>;

/** The number of sign-ins of a connection that are kept. */
export const keptAttempts = 10;

const withAttempts = { attempts: { orderBy: { id: 'desc' }, take: keptAttempts } } as const satisfies Prisma.SsoConnectionInclude;

/** Creates, updates and deletes the connections of an organization to its identity providers. */
@Injectable()
export class SsoConnectionsService {
  readonly #box: SecretBox;

  constructor(
    private readonly db: TenantDb,
    private readonly memberships: MembershipsService,
    private readonly sessions: SessionsService,
    private readonly providers: IdentityProvidersService,
    private readonly notices: SecurityNoticesService,
    private readonly catalog: Catalog,
    private readonly config: AppConfig,
  ) {
    this.#box = new SecretBox(config.appSecret, 'sso', config.previousSecrets);
  }

  async listConnections(author: Pick<ConnectionAuthor, 'setupLink'> = anybody): Promise<SsoConnectionWithAttempts[]> {
    return this.db.ssoConnection.findMany({ where: reachedBy(author), include: withAttempts, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }], take: maxConnections });
  }

  /** @throws {NotFoundError} */
  async getConnection(id: string, author: Pick<ConnectionAuthor, 'setupLink'> = anybody): Promise<SsoConnectionWithAttempts> {
    const found = await this.db.ssoConnection.findFirst({ where: { id, ...reachedBy(author) }, include: withAttempts });
    if (found === null) throw new NotFoundError();
    return found;
  }

  /** @throws {SsoIssuerNotAllowedError | TooManySsoConnectionsError | UnknownRoleError | RoleTooHighError | MalformedRequestError} */
  async createConnection(author: ConnectionAuthor, body: CreateSsoConnectionDto): Promise<SsoConnectionWithAttempts> {
    const { name, issuer, clientId, clientSecret, scope = 'openid email profile' } = body;
    if (!isIssuer(issuer) || !this.providers.mayReach(issuer)) throw new SsoIssuerNotAllowedError();
    return this.insertConnection(author, body, { name, issuer, clientId, ...(await this.#credentialsOf(clientSecret)), scope });
  }

  /**
   * Stores a new connection of any protocol, after the check of its roles.
   *
   * @param connection what the protocol needs
   * @throws {TooManySsoConnectionsError | UnknownRoleError | RoleTooHighError | MalformedRequestError}
   */
  async insertConnection({ userId, setupLink }: ConnectionAuthor, rules: Partial<RoleRules>, connection: ProtocolSettings): Promise<SsoConnectionWithAttempts> {
    const { roleClaim = 'groups', roleMappings = [], defaultRole = this.catalog.defaultRole } = rules;
    return this.memberships.withMembershipLock(userId, async (tx, actor) => {
      this.#assertGrantable([...roleMappings.map(({ role }) => role), defaultRole], (role) => this.memberships.assertMayGrantRole(actor, role));
      if ((await tx.ssoConnection.count()) >= maxConnections) throw new TooManySsoConnectionsError(maxConnections);
      const roles = { roleClaim, roleMappings: roleMappings.map(({ value, role }) => ({ value, role })), defaultRole, grantedById: userId };
      const data = { ...connection, ...roles, setupLinkId: setupLink?.id ?? null, setUpByLink: setupLink !== null };
      const [created] = await tx.ssoConnection.createManyAndReturn({ data });
      if (created === undefined) throw new NotFoundError();
      return { ...created, attempts: [] };
    });
  }

  /** Updates a connection. Its sessions end when it is disabled. @throws {NotFoundError | SsoConnectionNotTestedError | LastSsoConnectionError | UnknownRoleError | RoleTooHighError | MalformedRequestError} */
  async updateConnection(
    author: ConnectionAuthor,
    id: string,
    { name, clientSecret, enabled, roleClaim, roleMappings, defaultRole }: UpdateSsoConnectionDto,
  ): Promise<SsoConnectionWithAttempts> {
    const credentials = clientSecret === undefined ? {} : await this.#credentialsOf(clientSecret);
    const { userId, setupLink } = author;
    await this.memberships.withMembershipLock(userId, async (tx, actor) => {
      const known = await tx.ssoConnection.findFirst({ where: { id, ...reachedBy(author) } });
      if (known === null) throw new NotFoundError();
      if (known.protocol !== 'oidc' && clientSecret !== undefined)
        throw new MalformedRequestError('Only a connection by OpenID Connect has a client secret. Leave out `clientSecret`.');
      // A test with other credentials says nothing about these. An enabled connection is tested by each sign-in.
      const testedAt = clientSecret === undefined || known.enabled ? known.testedAt : null;
      if (enabled === true && testedAt === null) throw new SsoConnectionNotTestedError();
      if (enabled === false && known.enabled) await this.#assertNotLastWay(tx, id);
      const changesRoles = roleClaim !== undefined || roleMappings !== undefined || defaultRole !== undefined;
      const mappings = roleMappings ?? mappingsOf(known);
      // The author of a change answers for all roles of the connection.
      if (changesRoles) this.#assertGrantable([...mappings.map(({ role }) => role), defaultRole ?? known.defaultRole], (role) => this.memberships.assertMayGrantRole(actor, role));
      const data = {
        ...(name === undefined ? {} : { name }),
        ...credentials,
        testedAt,
        ...(enabled === undefined ? {} : { enabled }),
        // From then on, it belongs to the members alone.
        ...(enabled === true ? { setupLinkId: null } : {}),
        ...(changesRoles ? { grantedById: userId, setUpByLink: false, roleMappings: mappings.map(({ value, role }) => ({ value, role })) } : {}),
        ...(roleClaim === undefined ? {} : { roleClaim }),
        ...(defaultRole === undefined ? {} : { defaultRole }),
      };
      await tx.ssoConnection.updateMany({ where: { id }, data });
      await this.announceChange(tx, author, known, { ...known, ...data });
      // It has done what it was made for.
      if (enabled === true && setupLink !== null) await tx.ssoSetupLink.deleteMany({ where: { id: setupLink.id } });
      if (enabled === false) await this.sessions.awaitWritesOfConnection(id);
    });
    return this.getConnection(id);
  }

  /** Notifies the owners by mail that a connection was enabled, or that an enabled one has other credentials, trusts another page or other certificates, or gives other roles. */
  async announceChange(tx: TenantTransaction, author: ConnectionAuthor, before: SsoConnection, after: SsoConnection): Promise<void> {
    if (!after.enabled) return;
    const fields = (Object.keys(announcedFields) as (keyof typeof announcedFields)[])
      // By SAML, the secret is the key of the certificate.
      .filter((key) => !isDeepStrictEqual(before[key], after[key]) && (key !== 'clientSecret' || before.protocol === 'oidc'))
      .map((key) => announcedFields[key]);
    const connection = { connection: after.name, provider: after.issuer };
    if (!before.enabled) await this.notices.announce(tx, author, { change: 'sso_enabled', ...connection });
    else if (fields.length > 0) await this.notices.announce(tx, author, { change: 'sso_changed', ...connection, fields });
  }

  /** Deletes a connection with its identities, and ends its sessions. @throws {NotFoundError | LastSsoConnectionError} */
  async deleteConnection(id: string): Promise<void> {
    await this.db.$transaction(
      async (tx) => {
        const known = await tx.ssoConnection.findFirst({ where: { id }, select: { enabled: true } });
        if (known === null) throw new NotFoundError();
        if (known.enabled) await this.#assertNotLastWay(tx, id);
        await tx.ssoConnection.deleteMany({ where: { id } });
        await this.sessions.awaitWritesOfConnection(id);
      },
      { locksOrganization: true },
    );
  }

  /** Checks that the members can still sign in without a connection. The caller has locked the organization. @throws {LastSsoConnectionError} */
  async #assertNotLastWay(tx: TenantTransaction, id: string): Promise<void> {
    const stored = await tx.settingsDocument.findFirst({ where: { section: 'security' }, select: { document: true } });
    const policy = securityPolicyOf(this.config, settingsOf(this.catalog, {}), (stored?.document ?? {}) as Record<string, unknown>);
    if (!needsConnection(this.config, policy)) return;
    if ((await tx.ssoConnection.count({ where: { enabled: true, id: { not: id } } })) === 0) throw new LastSsoConnectionError();
  }

  /** Returns the identity provider of a connection by OpenID Connect. */
  issuerOf(connection: SsoConnection): Issuer {
    const { id, name, issuer, clientId, clientAuth, clientSecret: sealed, scope } = connection;
    const never = { trustedDomains: [], signUp: false, secondFactor: false } as const;
    const secret = this.#box.open(sealed);
    const credentials = clientAuth === 'private_key_jwt' ? { clientSecret: '', privateKey: secret } : { clientSecret: secret };
    return { name: visitNameOf(connection), label: name, issuer, clientId, ...credentials, scope, ...never, page: pageOf(id), foreign: true };
  }

  /** Returns the private keys of a connection by SAML, in PKCS #8: the one with which it signs, and the next one during a rotation. Each decrypts assertions. */
  privateKeysOf({ clientSecret, nextClientSecret }: SsoConnection): readonly [string, ...string[]] {
    return [this.#box.open(clientSecret), ...(nextClientSecret === null ? [] : [this.#box.open(nextClientSecret)])];
  }

  /** Seals the private key of a connection by SAML. */
  sealKey(privateKey: string): Uint8Array<ArrayBuffer> {
    return this.#box.seal(privateKey);
  }

  /** Returns a connection as its authors see it, with the public key of one that authenticates with `private_key_jwt`. */
  async show(connection: SsoConnectionWithAttempts): Promise<SsoConnectionDto> {
    const { clientAuth, clientSecret } = connection;
    return toSsoConnectionDto(connection, clientAuth === 'private_key_jwt' ? [await publicKeyOf(this.#box.open(clientSecret))] : [], this.config);
  }

  /** Returns a connection that was created, and names its place. @param path the path of the list in which it is */
  async showCreated(connection: SsoConnectionWithAttempts, reply: FastifyReply, path: string): Promise<SsoConnectionDto> {
    reply.header('location', `/api/v1/${path}/${connection.id}`);
    return this.show(connection);
  }

  /** @param clientSecret of the client; without one, the connection gets a new key pair */
  async #credentialsOf(clientSecret: string | null | undefined): Promise<Credentials> {
    const [clientAuth, secret] = clientSecret == null ? ['private_key_jwt', await newClientKey()] : ['client_secret', clientSecret];
    return { clientAuth, clientSecret: this.#box.seal(secret) };
  }

  #assertGrantable(roles: readonly string[], assertMayGrant: (role: string) => void): void {
    for (const role of new Set(roles)) {
      if (role === ownerRole) throw new MalformedRequestError('A connection makes no owners. Choose another role.');
      assertMayGrant(role);
    }
  }
}

/** Whether a text has the form of an issuer (OpenID Connect Discovery 1.0, section 1.2). */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password, search, hash } = new URL(text);
  return username === '' && password === '' && search === '' && hash === '';
}
