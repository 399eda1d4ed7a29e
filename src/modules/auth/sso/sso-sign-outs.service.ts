import { Injectable, Logger } from '@nestjs/common';
import type { UserPrincipal } from '../../../access/principal/principal.js';
import { WebOriginsService } from '../../../access/principal/web-origins.service.js';
import { SecretBox } from '../../../common/crypto/secret-box.js';
import { AppError, NotFoundError } from '../../../common/errors/app-error.js';
import { AppConfig } from '../../../config/app-config.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { IdentityProvidersService } from '../providers/identity-providers.service.js';
import { SessionsService, type SsoProof } from '../sessions/sessions.service.js';
import { SsoConnectionsService } from './sso-connections.service.js';
import { SsoDiscoveryService } from './sso-discovery.service.js';
import { ReturnAddressNotAllowedError } from './sso.errors.js';

/** The longest ID token that is sent back in the address of a page: servers refuse addresses of more than 8 KB. */
const longestHint = 6000;

/** How a user signs out. */
export interface SignOutWish {
  /** The page to which the identity provider sends the user afterwards. */
  readonly returnTo?: string;
  /** A parameter that it gives to this page. */
  readonly state?: string;
}

/** Signs users out with the identity providers of organizations, in both directions. */
@Injectable()
export class SsoSignOutsService {
  readonly #logger = new Logger(SsoSignOutsService.name);
  readonly #box: SecretBox;

  constructor(
    private readonly platform: PlatformDb,
    private readonly connections: SsoConnectionsService,
    private readonly discovery: SsoDiscoveryService,
    private readonly providers: IdentityProvidersService,
    private readonly sessions: SessionsService,
    private readonly origins: WebOriginsService,
    private readonly config: AppConfig,
  ) {
    this.#box = new SecretBox(config.appSecret, 'sso-id-token', config.previousSecrets);
  }

  /** Returns an ID token as it is kept with its session; null without one, and for one that is too long to be sent back. */
  sealIdToken(idToken: string | null): Uint8Array<ArrayBuffer> | null {
    return idToken === null || idToken.length > longestHint ? null : this.#box.seal(idToken);
  }

  /**
   * Ends the session of the request, whatever the identity provider answers.
   *
   * @returns the page at which the user signs out of the identity provider; null when the session did not begin there, or it has none
   * @throws {ReturnAddressNotAllowedError} for a page of nobody here. The session then stays
   */
  async signOut({ userId, sessionId, email }: UserPrincipal, { returnTo, state }: SignOutWish): Promise<string | null> {
    if (returnTo !== undefined && !(await this.#isOurs(returnTo))) throw new ReturnAddressNotAllowedError();
    const proof = await this.sessions.signOut(userId, sessionId);
    if (proof === undefined) return null;
    const back = { ...(returnTo === undefined ? {} : { post_logout_redirect_uri: returnTo }), ...(state === undefined ? {} : { state }) };
    try {
      return (await this.#findPage(proof, { ...back, ...(email === null ? {} : { logout_hint: email }) })) ?? null;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#logger.warn({ err: error, connectionId: proof.connectionId }, 'an identity provider does not say where its users sign out');
      return null;
    }
  }

  /**
   * Ends the sessions of a user, or of one session at the identity provider, that has ended there. Those that have begun after the second in which the token was issued stay, so
   * that a token does nothing when it is sent again.
   *
   * @throws {NotFoundError | ProviderUnavailableError | InvalidLogoutTokenError}
   */
  async endSessions(connectionId: string, logoutToken: string): Promise<void> {
    const connection = await this.discovery.findConnection(connectionId);
    if (connection.protocol !== 'oidc') throw new NotFoundError();
    const { organizationId } = connection;
    const { issuer, subject, sid, issuedAt } = await this.providers.checkLogoutToken(this.connections.issuerOf(connection), logoutToken);
    const key = { organizationId, connectionId, issuer, subject: subject ?? '' };
    const identity = subject === undefined ? null : await this.platform.ssoIdentity.findUnique({ where: { organizationId_connectionId_issuer_subject: key } });
    const named = [...(identity === null ? [] : [{ userId: identity.userId }]), ...(sid === undefined ? [] : [{ ssoSid: sid }])];
    if (named.length > 0) await this.sessions.endSessionsOfConnection(connectionId, { OR: named, createdAt: { lt: new Date(issuedAt.getTime() + 1000) } });
  }

  async #findPage({ organizationId, connectionId, idToken }: SsoProof, { logout_hint: hint, ...back }: { readonly logout_hint?: string }): Promise<string | undefined> {
    const connection = await this.platform.ssoConnection.findUnique({ where: { organizationId_id: { organizationId, id: connectionId } } });
    if (connection?.protocol !== 'oidc') return undefined;
    const who = idToken === null ? (hint === undefined ? {} : { logout_hint: hint }) : { id_token_hint: this.#box.open(idToken) };
    return this.providers.findSignOutPage(this.connections.issuerOf(connection), { ...who, ...back });
  }

  /** Whether a page belongs to the installation or to the verified domain of an organization: no other page gets users from here. */
  async #isOurs(page: string): Promise<boolean> {
    if (!URL.canParse(page)) return false;
    const { origin, username, password } = new URL(page);
    if (username !== '' || password !== '') return false;
    return origin === new URL(this.config.appUrl).origin || (await this.origins.findServer(origin)) !== undefined;
  }
}
