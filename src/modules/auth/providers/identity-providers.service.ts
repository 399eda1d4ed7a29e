import { Injectable, Logger } from '@nestjs/common';
import type { ClientAuth, Configuration, IDToken } from 'openid-client';
import { LRUCache } from 'lru-cache';
import { Clock, SystemClock, machineTime } from '../../../common/clock.js';
import { isLoopbackAddress, isPublicAddress } from '../../../common/http/addresses/address.js';
import { fetchAllowed, fetchOutside } from '../../../common/http/outgoing.js';
import { emailAddressOf, emailDomainOf } from '../../../common/text/internet-names.js';
import { toOneLine } from '../../../common/text/readable-text.js';
import { AppConfig } from '../../../config/app-config.js';
import type { AuthProvider } from '../../../config/auth-providers.js';
import { signingKeyOf } from './client-keys.js';
import { ProviderRefusedError, ProviderUnavailableError, UnknownProviderError } from './providers.errors.js';

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

type Client = typeof import('openid-client');

/** Speaks OpenID Connect with identity providers: authorization code with PKCE, state and nonce. */
@Injectable()
export class IdentityProvidersService {
  readonly #logger = new Logger(IdentityProvidersService.name);
  readonly #known = new LRUCache<string, { readonly until: number; readonly configuration: Promise<Configuration> }>({ max: 1000 });

  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
    private readonly systemClock: SystemClock,
  ) {}

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
    const secrets = { state: client.randomState(), nonce: client.randomNonce(), pkceVerifier: client.randomPKCECodeVerifier() };
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#returnAddressOf(provider),
      scope: provider.scope,
      state: secrets.state,
      nonce: secrets.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(secrets.pkceVerifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, secrets };
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
      return identityOf(provider, asked ? { ...(await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)), ...claims } : claims);
    } catch (error) {
      this.#logger.warn({ err: error, provider: provider.name }, 'the return from an identity provider was refused');
      const failure = isUnavailable(error, client) ? new ProviderUnavailableError(provider.label) : new ProviderRefusedError(provider.label);
      throw Object.assign(failure, { cause: error });
    }
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
    const isAllowed = (address: string): boolean => isPublicAddress(address) || (this.config.ssoAllowLoopback && isLoopbackAddress(address));
    const send = (url: string, options: RequestInit): Promise<Response> => (foreign ? fetchAllowed(url, options, isAllowed) : fetchOutside(url, options));
    const clockSkew = Math.round((this.systemClock.now().getTime() - machineTime()) / 1000);
    return client.discovery(new URL(issuer), clientId, { [client.clockSkew]: clockSkew }, byKey ?? bySecret, {
      execute,
      [client.customFetch]: (url, options) => send(url, options as RequestInit),
    });
  }
}

/** Whether the provider failed, and has not refused: it did not answer, or with a fault of its own. */
function isUnavailable(error: unknown, client: Client): boolean {
  if (error instanceof client.ResponseBodyError) return error.status >= 500;
  const code = (error as { readonly code?: unknown }).code;
  const status = ((error as { readonly cause?: unknown }).cause as { readonly status?: unknown } | undefined)?.status;
  return code === 'OAUTH_TIMEOUT' || (typeof status === 'number' && status >= 500) || (error instanceof TypeError && error.message === 'fetch failed');
}

function identityOf(provider: Issuer, claims: Pick<IDToken, 'iss' | 'sub'> & Readonly<Record<string, unknown>>): AssertedIdentity {
  const { iss: issuer, sub: subject, email: claimed, email_verified: verified, name, amr } = claims;
  const address = typeof claimed === 'string' && claimed.length <= 254 ? emailAddressOf(claimed) : undefined;
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
