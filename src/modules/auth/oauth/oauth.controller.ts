import { Controller, Header, HttpCode, Post, Req, UseFilters } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public, RateLimited, WithoutIdempotencyKey } from '../../../access/access.decorators.js';
import { clientAddressOf } from '../../../common/http/addresses/client-address.js';
import { ClientTokensService, type ClientToken } from './client-tokens.service.js';
import { IntrospectionService, type Introspection } from './introspection.service.js';
import { RevocationService } from './revocation.service.js';
import { formOf, OAuthClientsService, type OAuthForm } from './oauth-clients.service.js';
import { OAuthError, OAuthErrorFilter } from './oauth-errors.js';

/**
 * OAuth 2.0 for API keys and service keys. Excluded from the OpenAPI document, because it describes itself by its metadata (RFC 8414), and its errors are those
 * of its own standard: clients of OAuth know no problem documents.
 */
@ApiExcludeController()
@Controller('oauth')
@Public()
@UseFilters(OAuthErrorFilter)
export class OAuthController {
  constructor(
    private readonly clients: OAuthClientsService,
    private readonly tokens: ClientTokensService,
    private readonly introspection: IntrospectionService,
    private readonly revocation: RevocationService,
  ) {}

  @Post('token')
  @RouteConfig({ formBody: true })
  @RateLimited('clientToken')
  @WithoutIdempotencyKey('A repetition issues another token, which expires by itself.')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Header('pragma', 'no-cache')
  async issueClientToken(@Req() request: FastifyRequest): Promise<ClientToken> {
    const form = formOf(request);
    const { grant_type: grantType } = form;
    if (grantType === undefined) throw new OAuthError('invalid_request', 'Send grant_type=client_credentials.');
    const client = await this.clients.authenticate(request, form);
    if (grantType !== 'client_credentials') throw new OAuthError('unsupported_grant_type', 'The only grant type is client_credentials.');
    return this.tokens.issueToken(client, form['scope']);
  }

  @Post('introspect')
  @RouteConfig({ formBody: true })
  @RateLimited('clientToken')
  @WithoutIdempotencyKey('It changes nothing.')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async introspectToken(@Req() request: FastifyRequest): Promise<Introspection> {
    const form = formOf(request);
    const client = await this.clients.authenticate(request, form);
    const tenantId = request.headers['x-tenant-id'];
    return this.introspection.introspect(client, tokenIn(form), typeof tenantId === 'string' ? tenantId : undefined, clientAddressOf(request));
  }

  @Post('revoke')
  @RouteConfig({ formBody: true })
  @RateLimited('clientToken')
  @WithoutIdempotencyKey('A token that was revoked stays so.')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async revokeToken(@Req() request: FastifyRequest): Promise<void> {
    const form = formOf(request);
    const isClient = request.headers.authorization !== undefined || form['client_secret'] !== undefined;
    const client = isClient ? await this.clients.authenticate(request, form) : undefined;
    await this.revocation.revokeToken(client, tokenIn(form));
  }
}

/** @throws {OAuthError} when there is no token */
function tokenIn({ token }: OAuthForm): string {
  if (token === undefined) throw new OAuthError('invalid_request', 'Send the token.');
  return token;
}
