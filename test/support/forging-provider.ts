import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTHeaderParameters, type JWTPayload } from 'jose';
import type { Client } from './client.js';
import { newPage } from './identity-provider.js';

/** The answer of an endpoint: a body of JSON, or what else it sends. */
export type Served = { readonly status?: number; readonly body: object | string };

/** What a forging provider answers that is not as usual. */
export interface Forgery {
  /** Makes the ID token from right claims. */
  readonly token?: (right: JWTPayload, provider: ForgingProvider) => Promise<string> | string;
  /** Replaces parameters of the return. */
  readonly returned?: Readonly<Record<string, string | undefined>>;
  readonly tokenEndpoint?: Served;
  readonly keys?: Served;
  readonly userInfo?: Served;
  /** Changes what the provider says about itself. */
  readonly description?: object;
}

/** An identity provider of OpenID Connect whose administrator is an attacker: it answers what a test wants. */
export class ForgingProvider {
  #forgery: Forgery = {};
  #idToken = '';

  private constructor(
    private readonly server: Server,
    readonly issuer: string,
    readonly privateKey: CryptoKey,
    readonly publicKey: JWK,
  ) {}

  readonly clientId = 'forged-client';
  readonly clientSecret = 'a secret that the attacker knows';

  static async open(): Promise<ForgingProvider> {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    let provider: ForgingProvider | undefined;
    const server = createServer(({ url = '' }, response) => {
      const { status = 200, body } = provider?.answer(url) ?? { status: 404, body: {} };
      response.writeHead(status, { 'content-type': 'application/json' }).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    provider = new ForgingProvider(server, issuer, privateKey, { ...(await exportJWK(publicKey)), kid: 'known', alg: 'RS256', use: 'sig' });
    return provider;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  /** Signs claims with the key that the provider publishes, or another one. */
  sign(claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}, key: CryptoKey | Uint8Array = this.privateKey): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'known', ...header }).sign(key);
  }

  /** Begins a visit and answers it with a forgery. @returns what the page sends to complete it */
  async visit(api: Client, path: string, claims: JWTPayload, forgery: Forgery = {}): Promise<Record<string, unknown>> {
    const { verifier, challenge } = newPage();
    this.#forgery = forgery;
    const begun = await api.post(path, { challenge });
    if (begun.status !== 200) throw new Error(`${path} answered ${begun.status}: ${begun.text}`);
    const asked = new URL(begun.body.url as string).searchParams;
    const now = Math.floor(Date.now() / 1000);
    const right = { iss: this.issuer, aud: this.clientId, nonce: asked.get('nonce') ?? '', iat: now, exp: now + 300, ...claims };
    this.#idToken = await (forgery.token ?? ((given) => this.sign(given)))(right, this);
    return { state: asked.get('state'), code: 'a-code', iss: this.issuer, verifier, ...forgery.returned };
  }

  answer(path: string): Served {
    const { tokenEndpoint, keys, userInfo, description } = this.#forgery;
    if (path === '/token') return tokenEndpoint ?? { body: { access_token: 'an-access-token', token_type: 'Bearer', expires_in: 300, id_token: this.#idToken } };
    if (path === '/jwks') return keys ?? { body: { keys: [this.publicKey] } };
    if (path === '/me') return userInfo ?? { body: { sub: 'somebody' } };
    if (path !== '/.well-known/openid-configuration') return { status: 404, body: {} };
    const usual = {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/auth`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/jwks`,
      userinfo_endpoint: `${this.issuer}/me`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
      token_endpoint_auth_methods_supported: ['client_secret_post'],
    };
    return { body: { ...usual, ...description } };
  }
}
