import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPair, exportJWK, importJWK, SignJWT, type JWK, type JWTPayload } from 'jose';
import { Provider } from 'oidc-provider';
import type { Client } from './client.js';

/** A person at the identity provider: the claims that it makes. */
export interface Claims {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
  /** How they signed in there. */
  readonly amr?: readonly string[];
  readonly groups?: readonly string[];
}

/** The parameters with which the provider sent a browser back, and the secret of its page. */
export interface Return {
  readonly state: string;
  readonly code: string;
  readonly iss: string;
  readonly verifier: string;
}

/** The client that authenticates with `private_key_jwt`. */
export const keyClient = 'tenantry-key';

/** Where it reads the keys of this client. */
const keysOfClient = '/keys-of-client';

/** The page to which it sends people who have signed out. */
export const signedOutPage = 'https://app.tenantry.test/signed-out';

const description = '/.well-known/openid-configuration';

const redirectTo = 'https://app.tenantry.test/sign-in';

async function newKey(kid: string) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' };
}

/** A real identity provider on loopback, whose ID tokens live two minutes: `oidc-provider`, with people who sign in at once. It changes its keys, and stops, when it is told to. */
export class IdentityProvider {
  readonly #people = new Map<string, Claims>();
  #handle: (request: IncomingMessage, response: ServerResponse) => unknown = () => undefined;
  #down = false;
  #beforeToken: (() => Promise<unknown>) | undefined;
  #described: Readonly<Record<string, string>> | undefined;
  #provider: Provider | undefined;
  #signingKey = newKey('first');
  #keys: readonly JWK[] = [];

  private constructor(
    private readonly server: Server,
    readonly issuer: string,
    private readonly returnPages: string,
    private readonly name: string,
  ) {}

  /**
   * @param name in AUTH_PROVIDERS
   * @param options.appUrl the front end to which it sends people back
   */
  static async open(name: string, { appUrl }: { readonly appUrl?: string } = {}): Promise<IdentityProvider> {
    const server = createServer((request, response) => void provider.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const provider = new IdentityProvider(server, issuer, appUrl === undefined ? redirectTo : `${appUrl}/sign-in`, name);
    await provider.rotateKeys();
    return provider;
  }

  readonly clientSecret = 'a secret of the client';

  /** The variables of a server that knows this provider. */
  env(name: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
    const settings = { LABEL: 'Acme', ISSUER: this.issuer, CLIENT_ID: 'tenantry', CLIENT_SECRET: this.clientSecret, ...more };
    return Object.fromEntries(Object.entries(settings).map(([setting, value]) => [`AUTH_PROVIDER_${name.toUpperCase()}_${setting}`, value]));
  }

  /** Signs claims with the key of its ID tokens. */
  async sign(claims: JWTPayload): Promise<string> {
    const { kid, ...key } = await this.#signingKey;
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(await importJWK(key, 'RS256'));
  }

  /** Registers the key of {@link keyClient}. Begins with new keys, too: the provider keeps those of its clients. */
  async register(key: JWK): Promise<void> {
    this.#keys = [key];
    await this.rotateKeys();
  }

  /** Begins with new keys: tokens of the former ones are no longer signed, and the former ones are not published. */
  async rotateKeys(): Promise<void> {
    this.#signingKey = newKey(randomBytes(4).toString('hex'));
    const provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: 'tenantry',
          client_secret: this.clientSecret,
          redirect_uris: [`${this.returnPages}/${this.name}`],
          token_endpoint_auth_method: 'client_secret_post',
          post_logout_redirect_uris: [signedOutPage],
          backchannel_logout_uri: `${this.issuer}/nobody`,
          backchannel_logout_session_required: true,
        },
        {
          client_id: keyClient,
          redirect_uris: [`${this.returnPages}/${this.name}`],
          token_endpoint_auth_method: 'private_key_jwt',
          jwks_uri: `${this.issuer}${keysOfClient}`,
        },
      ],
      jwks: { keys: [await this.#signingKey] },
      cookies: { keys: ['a key of cookies'] },
      claims: { openid: ['sub', 'amr', 'groups'], email: ['email', 'email_verified'], profile: ['name'] },
      ttl: { IdToken: 120, AccessToken: 600, Session: 600, Interaction: 600, Grant: 600 },
      features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
      interactions: { url: (_, { uid }) => `/interaction/${uid}` },
      findAccount: (_, accountId) => ({ accountId, claims: () => ({ ...this.#people.get(accountId), sub: accountId }) }),
      loadExistingGrant: async ({ oidc }) => {
        const grant = new oidc.provider.Grant({ clientId: oidc.client?.clientId, accountId: oidc.session?.accountId });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
    });
    this.#provider = provider;
    // Also the page of every connection of single sign-on, whose id is not known before.
    provider.Client.prototype.redirectUriAllowed = (uri: string) => this.#isOwnPage(uri);
    // Its advice about production is not for tests.
    provider.on('server_error', () => undefined);
    const callback = provider.callback();
    this.#handle = async (request, response) => {
      if (request.url?.startsWith('/interaction/') !== true) return callback(request, response);
      const accountId = String(request.headers['x-person']);
      const amr = [...(this.#people.get(accountId)?.amr ?? [])];
      await provider.interactionFinished(request, response, { login: { accountId, ...(amr.length === 0 ? {} : { amr }) } });
    };
  }

  /** Tells `address` that a person has signed out (OpenID Connect Back-Channel Logout 1.0). @returns the status of its answer */
  async signOut(sub: string, address: string): Promise<number> {
    const client = await this.#provider?.Client.find('tenantry');
    if (client === undefined) throw new Error('the identity provider has no client');
    try {
      await (Object.assign(client, { backchannelLogoutUri: address }) as unknown as { backchannelLogout(sub: string, sid: string): Promise<void> }).backchannelLogout(sub, 'none');
      return 204;
    } catch (error) {
      return (error as { readonly response?: Response }).response?.status ?? 0;
    }
  }

  /** Lets the provider fail with 500 for a while. */
  async whileDown<Result>(use: () => Promise<Result>): Promise<Result> {
    this.#down = true;
    try {
      return await use();
    } finally {
      this.#down = false;
    }
  }

  /** Lets the provider describe itself with other endpoints for a while. */
  async whileDescribedBy<Result>(endpoints: Readonly<Record<string, string>>, use: () => Promise<Result>): Promise<Result> {
    this.#described = endpoints;
    try {
      return await use();
    } finally {
      this.#described = undefined;
    }
  }

  /** Lets something happen before the provider answers the next request for a token. */
  async whenAskedForToken<Result>(work: () => Promise<unknown>, use: () => Promise<Result>): Promise<Result> {
    this.#beforeToken = work;
    try {
      return await use();
    } finally {
      this.#beforeToken = undefined;
    }
  }

  /** Lets the clock of the provider, which is that of this process, be slow for a while. */
  async whileSlow<Result>(milliseconds: number, use: () => Promise<Result>): Promise<Result> {
    const { now } = Date;
    Date.now = () => now() - milliseconds;
    try {
      return await use();
    } finally {
      Date.now = now;
    }
  }

  /** Signs a person in at the provider, as a browser that follows its redirects. @returns the parameters of the return */
  async visit(url: string, person: Claims): Promise<Omit<Return, 'verifier'>> {
    this.#people.set(person.sub, person);
    const cookies = new Map<string, string>();
    let next = url;
    for (let steps = 0; steps < 10; steps += 1) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(next, { redirect: 'manual', headers: { cookie, 'x-person': person.sub } });
      for (const set of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
        cookies.set(name, value);
      }
      const location = response.headers.get('location');
      if (location === null) throw new Error(`the identity provider answered ${response.status}: ${await response.text()}`);
      next = new URL(location, this.issuer).href;
      if (!next.startsWith(this.issuer)) break;
    }
    const { searchParams, origin, pathname } = new URL(next);
    if (!this.#isOwnPage(`${origin}${pathname}`)) throw new Error(`the identity provider sends people to ${next}`);
    const of = (name: string): string => searchParams.get(name) ?? '';
    return { state: of('state'), code: of('code'), iss: of('iss') };
  }

  #isOwnPage(page: string): boolean {
    return page === `${this.returnPages}/${this.name}` || /^\/sso\/[\da-f-]{36}$/.test(page.slice(this.returnPages.length));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#down) response.writeHead(500).end();
    else if (request.url === keysOfClient) response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: this.#keys }));
    else if (this.#described !== undefined && request.url === description) {
      const own = {
        issuer: this.issuer,
        authorization_endpoint: `${this.issuer}/auth`,
        token_endpoint: `${this.issuer}/token`,
        jwks_uri: `${this.issuer}/jwks`,
        userinfo_endpoint: `${this.issuer}/me`,
      };
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ ...own, ...this.#described }));
    } else {
      const work = request.url === '/token' ? this.#beforeToken : undefined;
      if (work !== undefined) this.#beforeToken = undefined;
      await work?.();
      await this.#handle(request, response);
    }
  }
}

/** The secret of a page, and what it sends. */
export function newPage(): { readonly verifier: string; readonly challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** Begins a sign-in or a link and visits the provider. @returns what the page sends to complete it */
export async function visitProvider(api: Client, provider: IdentityProvider, person: Claims, path: string, body: object = {}): Promise<Return> {
  const { verifier, challenge } = newPage();
  const begun = await api.post(path, { challenge, ...body });
  if (begun.status !== 200) throw new Error(`${path} answered ${begun.status}: ${begun.text}`);
  return { ...(await provider.visit(begun.body.url as string, person)), verifier };
}
