import { Injectable, Logger } from '@nestjs/common';
import type { ClientAuth, Configuration, IDToken } from 'openid-client';
import { createRemoteJWKSet, customFetch, jwtVerify, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import { Clock, SystemClock, machineTime } from '../../../common/clock.js';
import { hostOf, isLoopbackAddress } from '../../../common/http/addresses/address.js';
import { CustomerHttp, CustomerHttpError } from '../../../common/http/outgoing/customer-http.js';
import { fetchOutside } from '../../../common/http/outgoing/fetch-outside.js';
import { emailAddressOf, emailDomainOf } from '../../../common/text/internet-names.js';
import { toOneLine } from '../../../common/text/readable-text.js';
import { AppConfig } from '../../../config/app-config.js';
import type { AuthProvider } from '../../../config/auth-providers.js';
import { signingKeyOf } from './client-keys.js';
import { VisitStates } from './visit-states.js';
import { InvalidLogoutTokenError, ProviderRefusedError, ProviderUnavailableError, UnknownProviderError, type RefusalCode } from './providers.errors.js';

/** An identity provider of this installation, or of an organization. */
export interface Issuer extends AuthProvider {
  /** The page of the front end to which it sends users back: one for each, so that none can pass for another. Default: `/sign-in/<name>`. */
  readonly page?: string;
  /** The private key in PKCS #8 with which the client authenticates, in the place of its secret. */
  readonly privateKey?: string;
  /** Whether somebody else than the operator has named it: only public addresses are reached. */
  readonly foreign?: boolean;
}

/** A user, as an identity provider describes them. */
export interface AssertedIdentity {
  readonly provider: Issuer;
  /** All that it says about the user. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly issuer: string;
  readonly subject: string;
  /** In the form of {@link emailAddressOf}; null if there is none. */
  readonly email: string | null;
  /** Whether the provider has verified the address, and is trusted with its domain. */
  readonly emailVerified: boolean;
  readonly name: string | null;
  /** Whether the provider has checked a second factor, and is trusted to. */
  readonly secondFactor: boolean;
  /** The session at the provider (`sid`); null if it names none. */
  readonly sid: string | null;
  /** The ID token, as it was sent. */
  readonly idToken: string;
}

/** A sign-out at a provider: of a user, of one of their sessions, or of both. */
export interface AssertedLogout {
  readonly issuer: string;
  readonly subject: string | undefined;
  readonly sid: string | undefined;
  readonly issuedAt: Date;
}

/** The secrets with which the return of a user is checked. */
export interface ReturnSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly pkceVerifier: string;
}

/** The parameters with which a provider sends a user back: a code, or why there is none (RFC 6749, section 4.1.2.1). */
export interface ProviderReturn {
  readonly code?: string;
  readonly error?: string;
  readonly errorDescription?: string;
  /** RFC 9207. */
  readonly iss?: string;
}

/** Milliseconds for which what a provider says about itself is kept. */
const metadataLifetime = 600_000;

/** Seconds for which a logout token is accepted after it was issued. */
const longestTokenAge = 600;
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';
/** The asymmetric ones: with a symmetric one, any caller that knows the client secret could sign. */
const signatureAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const;

type Client = typeof import('openid-client');

/** Speaks OpenID Connect with identity providers: authorization code with PKCE, state and nonce. */
@Injectable()
export class IdentityProvidersService {
  readonly #logger = new Logger(IdentityProvidersService.name);
  readonly #customerHttp: CustomerHttp;
  readonly #known = new LRUCache<string, { readonly until: number; readonly configuration: Promise<Configuration> }>({ max: 1000 });
  /** The published keys of the providers that have sent logout tokens. They are read again when a token names another one. */
  readonly #keys = new WeakMap<Configuration, ReturnType<typeof createRemoteJWKSet>>();

  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
    private readonly systemClock: SystemClock,
    private readonly states: VisitStates,
  ) {
    this.#customerHttp = new CustomerHttp({ dnsServers: config.dnsServers, allowLoopback: config.ssoAllowLoopback });
  }

  listProviders(): readonly AuthProvider[] {
    return this.config.authProviders;
  }

  /** @throws {UnknownProviderError} */
  findProvider(name: string): AuthProvider {
    const found = this.config.authProviders.find((provider) => provider.name === name);
    if (found === undefined) throw new UnknownProviderError();
    return found;
  }

  /** Returns the page of the provider that asks the user, and the secrets to check their return with. @throws {ProviderUnavailableError} */
  async beginVisit(provider: Issuer): Promise<{ readonly url: string; readonly secrets: ReturnSecrets }> {
    const [client, configuration] = await Promise.all([import('openid-client'), this.#configurationOf(provider)]);
    const secrets = { state: this.states.newState(), nonce: client.randomNonce(), pkceVerifier: client.randomPKCECodeVerifier() };
    const parameters = {
      redirect_uri: this.#returnAddressOf(provider),
      scope: provider.scope,
      state: secrets.state,
      nonce: secrets.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(secrets.pkceVerifier),
      code_challenge_method: 'S256',
    };
    return { url: this.#pageAt(provider, () => client.buildAuthorizationUrl(configuration, parameters)), secrets };
  }

  /**
   * Exchanges the code of a return for an ID token and checks it.
   *
   * @throws {ProviderRefusedError} when the code, the ID token or the issuer is wrong
   * @throws {ProviderUnavailableError}
   */
  async completeVisit(provider: Issuer, { state, nonce, pkceVerifier }: ReturnSecrets, returned: ProviderReturn): Promise<AssertedIdentity> {
    const [client, configuration] = await Promise.all([import('openid-client'), this.#configurationOf(provider, true)]);
    const address = new URL(this.#returnAddressOf(provider));
    const { code, error: refusal, errorDescription, iss } = returned;
    for (const [name, value] of Object.entries({ state, code, error: refusal, error_description: errorDescription, iss }))
      if (value !== undefined) address.searchParams.set(name, value);
    try {
      const checks = { pkceCodeVerifier: pkceVerifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
      const tokens = await client.authorizationCodeGrant(configuration, address, checks);
      const claims = tokens.claims();
      if (claims === undefined) throw new Error('There is no ID token.');
      // Many providers put the address into the answer about the user alone.
      const asked = claims['email'] === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined;
      const known = asked ? { ...(await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)), ...claims } : claims;
      const { id_token: idToken = '' } = tokens;
      return { ...identityOf(provider, known), idToken, sid: typeof claims['sid'] === 'string' ? claims['sid'] : null };
    } catch (error) {
      this.#logger.warn({ err: error, provider: provider.name }, 'the return from an identity provider was refused');
      const failure = isUnavailable(error, client) ? new ProviderUnavailableError(provider.label) : new ProviderRefusedError(provider.label, refusalCodeOf(error, client));
      throw Object.assign(failure, { cause: error });
    }
  }

  /**
   * Checks a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.6).
   *
   * @returns who signed out, and when the token was issued
   * @throws {InvalidLogoutTokenError}
   * @throws {ProviderUnavailableError}
   */
  async checkLogoutToken(provider: Issuer, token: string): Promise<AssertedLogout> {
    const configuration = await this.#configurationOf(provider);
    const { issuer, jwks_uri: keys } = configuration.serverMetadata();
    if (keys === undefined) throw new InvalidLogoutTokenError();
    let known = this.#keys.get(configuration);
    if (known === undefined) {
      known = createRemoteJWKSet(new URL(keys), { [customFetch]: (url, options) => this.#send(provider, url, options) });
      this.#keys.set(configuration, known);
    }
    try {
      const checks = { issuer, audience: provider.clientId, currentDate: this.systemClock.now(), maxTokenAge: longestTokenAge, clockTolerance: 30 };
      const { payload } = await jwtVerify<{ events?: unknown }>(token, known, { ...checks, algorithms: [...signatureAlgorithms], requiredClaims: ['jti', 'events'] });
      const { sub: subject, sid, iat = 0 } = payload as JWTPayload & { readonly sid?: unknown };
      if (!isLogout(payload.events) || payload['nonce'] !== undefined || (subject === undefined && typeof sid !== 'string')) throw new InvalidLogoutTokenError();
      return { issuer, subject, sid: typeof sid === 'string' ? sid : undefined, issuedAt: new Date(1000 * iat) };
    } catch (error) {
      this.#logger.warn({ err: error, provider: provider.name }, 'a logout token was refused');
      throw error instanceof InvalidLogoutTokenError ? error : Object.assign(new InvalidLogoutTokenError(), { cause: error });
    }
  }

  /**
   * Returns the page of a provider that signs a user out there (OpenID Connect RP-Initiated Logout 1.0); undefined if it has none.
   *
   * @param parameters those of the request, without the id of the client
   * @throws {ProviderUnavailableError}
   */
  async findSignOutPage(provider: Issuer, parameters: Readonly<Record<string, string>>): Promise<string | undefined> {
    const [client, configuration] = await Promise.all([import('openid-client'), this.#configurationOf(provider)]);
    if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
    return this.#pageAt(provider, () => client.buildEndSessionUrl(configuration, parameters));
  }

  #returnAddressOf({ name, page = `/sign-in/${name}` }: Issuer): string {
    return `${this.config.appUrl}${page}`;
  }

  /** @param fresh for each return: a provider can have replaced its keys a second ago, and a configuration keeps those that it has read */
  async #configurationOf(provider: Issuer, fresh = false): Promise<Configuration> {
    const now = this.clock.now().getTime();
    let known = this.#known.get(provider.name);
    if (fresh || known === undefined || known.until <= now) {
      known = { until: now + metadataLifetime, configuration: this.#discover(provider) };
      this.#known.set(provider.name, known);
    }
    try {
      return await known.configuration;
    } catch (error) {
      if (this.#known.get(provider.name) === known) this.#known.delete(provider.name);
      this.#logger.error({ err: error, provider: provider.name }, 'an identity provider does not describe itself');
      throw Object.assign(new ProviderUnavailableError(provider.label), { cause: error });
    }
  }

  async #discover({ issuer, clientId, clientSecret, privateKey, foreign = false }: Issuer): Promise<Configuration> {
    const client = await import('openid-client');
    const byKey = privateKey === undefined ? undefined : client.PrivateKeyJwt(await signingKeyOf(privateKey));
    const bySecret: ClientAuth = (server, ...request) => {
      const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
      return (methods.includes('client_secret_post') ? client.ClientSecretPost(clientSecret) : client.ClientSecretBasic(clientSecret))(server, ...request);
    };
    // The issuer is https, or http of this machine.
    const execute = [client.enableNonRepudiationChecks, ...(issuer.startsWith('http:') ? [client.allowInsecureRequests] : [])];
    const clockSkew = Math.round((this.systemClock.now().getTime() - machineTime()) / 1000);
    return client.discovery(new URL(issuer), clientId, { [client.clockSkew]: clockSkew }, byKey ?? bySecret, {
      execute,
      [client.customFetch]: (url, options) => this.#send({ foreign }, url, options as RequestInit),
    });
  }

  /**
   * Whether a URL of a provider may be used: https, or also http of this machine. That of a provider which somebody else than the operator has named is one that
   * {@link CustomerHttp} accepts.
   */
  mayReach(url: string, foreign = true): boolean {
    if (foreign) return this.#customerHttp.accepts(url);
    if (!URL.canParse(url)) return false;
    const target = new URL(url);
    const host = hostOf(target);
    return target.protocol === 'https:' || (target.protocol === 'http:' && (host === 'localhost' || isLoopbackAddress(host)));
  }

  /** Sends a request to a provider that somebody else than the operator has named. @throws {TypeError} when there is no answer, as `fetch` does */
  async fetchForeign(url: string, options: Pick<RequestInit, 'method' | 'headers' | 'body'>): Promise<Response> {
    try {
      return await this.#customerHttp.send(url, options);
    } catch (error) {
      throw new TypeError('fetch failed', { cause: error });
    }
  }

  /** Sends a request to a provider, whose own description can name any URL. */
  async #send({ foreign = false }: Pick<Issuer, 'foreign'>, url: string, options: RequestInit): Promise<Response> {
    if (foreign) return this.fetchForeign(url, options);
    if (!this.mayReach(url, false)) throw new TypeError('fetch failed', { cause: new CustomerHttpError(new URL(url), 'refused_host') });
    return fetchOutside(url, options);
  }

  /**
   * Returns a page of a provider to which users are sent.
   *
   * @param build makes its URL, and throws if the provider describes itself with none, or with one of another kind
   * @throws {ProviderUnavailableError}
   */
  #pageAt({ foreign = false, label }: Issuer, build: () => URL): string {
    try {
      const url = build();
      if (!this.mayReach(url.href, foreign)) throw new CustomerHttpError(url, 'refused_host');
      return url.href;
    } catch (error) {
      throw Object.assign(new ProviderUnavailableError(label), { cause: error });
    }
  }
}

/** Whether the claim `events` of a token says that a user has signed out. */
const isLogout = (events: unknown): boolean => typeof events === 'object' && events !== null && logoutEvent in events;

/** Whether the provider failed, and has not refused: it did not answer, or with a fault of its own. */
function isUnavailable(error: unknown, client: Client): boolean {
  if (error instanceof client.ResponseBodyError) return error.status >= 500;
  const code = (error as { readonly code?: unknown }).code;
  const status = ((error as { readonly cause?: unknown }).cause as { readonly status?: unknown } | undefined)?.status;
  return code === 'OAUTH_TIMEOUT' || (typeof status === 'number' && status >= 500) || (error instanceof TypeError && error.message === 'fetch failed');
}

const codesOfClaims: Readonly<Record<string, RefusalCode>> = {
  iss: 'identity_wrong_issuer',
  aud: 'identity_wrong_audience',
  azp: 'identity_wrong_audience',
  nonce: 'identity_wrong_nonce',
  exp: 'identity_expired',
  iat: 'identity_expired',
  nbf: 'identity_not_valid_yet',
};

/** The beginnings of the messages of the library, for what it gives no code to. */
const codesOfMessages: readonly (readonly [RegExp, RefusalCode])[] = [
  [/"iss" \(issuer\) (?:missing|response parameter)|parameter "iss"/, 'identity_mixed_up_issuer'],
  [/signature verification failed/, 'identity_wrong_signature'],
  [/no authorization code/, 'identity_wrong_code'],
  [/missing|no ID token|"id_token" property/i, 'identity_incomplete'],
];

/** Returns what is wrong with a return, as far as the library says. */
function refusalCodeOf(error: unknown, client: Client): RefusalCode {
  if (error instanceof client.AuthorizationResponseError) return 'identity_declined';
  if (error instanceof client.ResponseBodyError) return error.error === 'invalid_grant' ? 'identity_wrong_code' : 'identity_client_refused';
  if (error instanceof client.WWWAuthenticateChallengeError) return 'identity_client_refused';
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    const { code, cause, message } = each as { readonly code?: unknown; readonly cause?: unknown; readonly message: string };
    const { claim, header, alg = header?.alg, attribute } = (cause ?? {}) as { claim?: string; header?: { alg?: unknown }; alg?: unknown; attribute?: string };
    if (claim !== undefined && codesOfClaims[claim] !== undefined) return codesOfClaims[claim];
    if (attribute === 'sub') return 'identity_wrong_subject';
    if (code === 'OAUTH_KEY_SELECTION_FAILED') return 'identity_unknown_key';
    if (alg !== undefined && /alg/.test(message)) return alg === 'none' ? 'identity_unsigned' : 'identity_wrong_algorithm';
    const known = codesOfMessages.find(([pattern]) => pattern.test(message));
    if (known !== undefined) return known[1];
  }
  return 'identity_malformed';
}

function identityOf(provider: Issuer, claims: Pick<IDToken, 'iss' | 'sub'> & Readonly<Record<string, unknown>>): Omit<AssertedIdentity, 'sid' | 'idToken'> {
  const { iss: issuer, sub: subject, email: claimed, email_verified: verified, name, amr } = claims;
  const address = typeof claimed === 'string' ? emailAddressOf(claimed) : undefined;
  const trusted = address !== undefined && (provider.trustedDomains === '*' || provider.trustedDomains.includes(emailDomainOf(address)));
  const shown = typeof name === 'string' ? toOneLine(name, 200) : '';
  return {
    provider,
    claims,
    issuer,
    subject,
    email: address ?? null,
    emailVerified: trusted && verified === true,
    name: shown === '' ? null : shown,
    secondFactor: provider.secondFactor && Array.isArray(amr) && amr.includes('mfa'),
  };
}
