import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { decideAccess } from '../../../access/access-decision.js';
import { apiKeyFormat, serviceKeyFormat, type KeyContent } from '../../../access/principal/key-token.js';
import type { PrincipalMembership } from '../../../access/principal/principal.js';
import { PrincipalResolverService } from '../../../access/principal/principal-resolver.service.js';
import { Clock } from '../../../common/clock.js';
import { clientAddressOf } from '../../../common/http/addresses/client-address.js';
import { OAuthError, sendForm } from './oauth-errors.js';

/** A key that has authenticated itself as a client. */
export interface OAuthClient {
  readonly keyId: string;
  /** The organization of an API key; undefined for a service key. */
  readonly organizationId: string | undefined;
  /** The permissions of an API key, or the scopes of a service key. */
  readonly scopes: ReadonlySet<string>;
  /** The secret that the client has sent. */
  readonly key: KeyContent;
  /** The organization of an API key, with what decides about access in it; undefined for a service key. */
  readonly membership: PrincipalMembership | undefined;
  /** When the secret stops working; null for never. */
  readonly secretExpiresAt: Date | null;
}

/** The fields of a form. A field without a value counts as omitted (RFC 6749, section 3.2). */
export type OAuthForm = Readonly<Record<string, string | undefined>>;

const isForm = (contentType: string | undefined): boolean => /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType ?? '');

/** Returns the form of a request. @throws {OAuthError} when the body is none */
export function formOf({ headers, body }: FastifyRequest): OAuthForm {
  if (!isForm(headers['content-type']) || typeof body !== 'object' || body === null) throw new OAuthError('invalid_request', sendForm);
  return Object.fromEntries(Object.entries(body as Record<string, string>).filter(([, value]) => value !== ''));
}

interface ClientSecret {
  readonly id: string;
  readonly secret: string;
}

const invalidClient = (): OAuthError => new OAuthError('invalid_client', 'Send the id of an API key or a service key as client_id, and the key itself as client_secret.');

const decoded = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));

/** Reads `Authorization: Basic`, whose parts are form-encoded (RFC 6749, section 2.3.1). @throws {OAuthError} */
function basicOf(header: string): ClientSecret {
  const [, credentials] = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header) ?? [];
  const [, id, secret] = /^([^:]*):(.*)$/.exec(Buffer.from(credentials ?? '', 'base64').toString('utf8')) ?? [];
  if (id === undefined || secret === undefined) throw invalidClient();
  try {
    return { id: decoded(id), secret: decoded(secret) };
  } catch {
    throw invalidClient();
  }
}

/** @throws {OAuthError} when the client authenticates itself in no way, or in two */
function secretOf({ authorization }: FastifyRequest['headers'], { client_id: id, client_secret: secret }: OAuthForm): ClientSecret {
  if (authorization === undefined) {
    if (id === undefined || secret === undefined) throw invalidClient();
    return { id, secret };
  }
  if (secret !== undefined) throw new OAuthError('invalid_request', 'Send the secret in Authorization or in client_secret, not in both.');
  const basic = basicOf(authorization);
  if (id !== undefined && id !== basic.id) throw new OAuthError('invalid_request', 'client_id and Authorization name different clients.');
  return basic;
}

/** Authenticates API keys and service keys as OAuth clients: by `client_secret_basic` or `client_secret_post`, with the checks of a request that the key itself would make. */
@Injectable()
export class OAuthClientsService {
  constructor(
    private readonly principals: PrincipalResolverService,
    private readonly clock: Clock,
  ) {}

  /** @throws {OAuthError | AppError} the refusal, which {@link oauthFormOf} turns into an error of the protocol */
  async authenticate(request: FastifyRequest, form: OAuthForm): Promise<OAuthClient> {
    const { id, secret } = secretOf(request.headers, form);
    const [apiKey, serviceKey] = [apiKeyFormat.readKey(secret), serviceKeyFormat.readKey(secret)];
    const client = apiKey !== undefined ? await this.#acceptApiKey(apiKey, request) : serviceKey !== undefined ? await this.#acceptServiceKey(serviceKey, request) : undefined;
    if (client?.keyId !== id.toLowerCase()) throw invalidClient();
    return client;
  }

  async #acceptApiKey(key: KeyContent, request: FastifyRequest): Promise<OAuthClient> {
    const address = clientAddressOf(request);
    const principal = await this.principals.resolveApiKey({ key }, undefined, address);
    const { refusal } = decideAccess(principal, { address, now: this.clock.now() });
    if (refusal !== undefined) throw refusal;
    const { keyId, membership, secretExpiresAt } = principal;
    return { keyId, organizationId: membership.organizationId, membership, scopes: membership.permissions, key, secretExpiresAt };
  }

  async #acceptServiceKey(key: KeyContent, request: FastifyRequest): Promise<OAuthClient> {
    const { keyId, scopes, secretExpiresAt } = await this.principals.resolveServiceClient(key, clientAddressOf(request));
    return { keyId, organizationId: undefined, membership: undefined, scopes, key, secretExpiresAt };
  }
}
