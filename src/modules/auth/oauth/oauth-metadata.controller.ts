import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../../access/access.decorators.js';
import { Roles } from '../../../access/roles.js';
import { serviceScopeNames } from '../../../access/service-scopes.js';
import { AppConfig } from '../../../config/app-config.js';
import { Catalog } from '../../../config/catalog/catalog.js';

/** The metadata of the authorization server (RFC 8414), by which libraries find its endpoints. */
@ApiExcludeController()
@Controller('.well-known')
export class OAuthMetadataController {
  constructor(
    private readonly config: AppConfig,
    private readonly catalog: Catalog,
    private readonly roles: Roles,
  ) {}

  @Get('oauth-authorization-server')
  @Public()
  @Header('cache-control', 'public, max-age=300')
  getAuthorizationServer(): object {
    const { apiUrl, tokenIssuer } = this.config;
    const methods = ['client_secret_basic', 'client_secret_post'];
    const permissions = [...this.catalog.permissions.keys()].filter((permission) => this.roles.isGrantableToKeys(permission));
    return {
      issuer: tokenIssuer,
      token_endpoint: `${apiUrl}/oauth/token`,
      token_endpoint_auth_methods_supported: methods,
      introspection_endpoint: `${apiUrl}/oauth/introspect`,
      introspection_endpoint_auth_methods_supported: methods,
      revocation_endpoint: `${apiUrl}/oauth/revoke`,
      revocation_endpoint_auth_methods_supported: [...methods, 'none'],
      jwks_uri: `${apiUrl}/.well-known/jwks.json`,
      scopes_supported: [...new Set<string>([...permissions, ...serviceScopeNames])].sort(),
      response_types_supported: [],
      grant_types_supported: ['client_credentials'],
      service_documentation: 'https://github.com/tenantry/tenantry/blob/main/docs/use-as-a-service.md',
    };
  }
}
