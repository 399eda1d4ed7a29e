import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { RouteAudit } from '../access/route-audit.js';
import { Problem } from '../common/http/problem.js';
import { EventTypesService } from '../modules/events/event-types.service.js';
import { addExamples } from './examples.js';
import { completeOperations } from './operations.js';
import { checkEnums, completeSchemas } from './schemas.js';
import { tags } from './tags.js';
import { addWebhooks } from './webhooks.js';

const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

const description = `tenantry is a multi-tenant backend for SaaS products. It provides sign-up, sessions and second factors; organizations with
members, teams, custom roles, invitations and verified domains; API keys; plans, subscriptions, invoices and Stripe; usage metering with
quotas, credits and reports; settings, branding and data retention; an audit log; and an API with which the operator manages all tenants.

Send an access token as a bearer token, or an API key in \`X-API-Key\`. Errors are problem documents (RFC 9457) with a stable \`code\`.`;

/** Builds the OpenAPI document from the controllers, their access rules and their DTOs. */
export function createDocument(app: NestFastifyApplication): OpenAPIObject {
  const outline = new DocumentBuilder()
    .setTitle('tenantry')
    .setDescription(description.replaceAll(/(?<!\n)\n(?!\n)/g, ' '))
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .setOpenAPIVersion('3.1.0')
    .addServer('/', 'The installation that serves this document')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The access token of a session' }, 'bearer')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'METRICS_TOKEN of the installation' }, 'metricsToken')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key of an organization' }, 'apiKey')
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'A service key of the installation. Name the organization in the path, in X-Tenant-ID or in X-Tenant-Slug.' },
      'serviceKey',
    )
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'The token of a set-up link of single sign-on' }, 'setupLink')
    .build();
  const { types } = app.get(EventTypesService);
  const dataOfEvents = [...new Set([...types.values()].map(({ data }) => data))];
  const document = SwaggerModule.createDocument(app, outline, { operationIdFactory: (_controller, method) => method, extraModels: [Problem, ...dataOfEvents] });
  completeSchemas(document);
  completeOperations(document, app.get(RouteAudit).routes());
  addWebhooks(document, types);
  checkEnums(document);
  addExamples(document);
  document.info.contact = { name: 'tenantry', url: 'https://github.com/tenantry/tenantry' };
  document.tags = [...tags];
  document.paths = inOrder(document.paths);
  return document;
}

/** Groups the paths by tag, in the order of {@link tags}. */
function inOrder(paths: OpenAPIObject['paths']): OpenAPIObject['paths'] {
  const rank = (item: OpenAPIObject['paths'][string]): number => {
    const used = Object.values(item as Record<string, { readonly tags?: readonly string[] } | undefined>).flatMap((operation) => operation?.tags ?? []);
    return Math.min(...used.map((tag) => tags.findIndex(({ name }) => name === tag)));
  };
  return Object.fromEntries(Object.entries(paths).sort(([, a], [, b]) => rank(a) - rank(b)));
}

/** The part of Immutable.js that Swagger UI's filter has. */
interface Immutable {
  readonly size: number;
  get(key: string): Immutable;
  getIn(path: readonly string[]): unknown;
  update(key: string, change: (part: Immutable) => Immutable): Immutable;
  map(change: (part: Immutable, key: string) => Immutable): Immutable;
  filter(isKept: (part: Immutable) => boolean): Immutable;
}

/**
 * Keeps the tags with the text in their names, and the operations with the text in their path, name or summary. Swagger UI itself searches tags only.
 * It runs in the browser, from its source: it uses nothing of this module.
 */
const opsFilter = (tags: Immutable, phrase: string): Immutable => {
  const wanted = phrase.toLowerCase();
  const isFound = (operation: Immutable): boolean =>
    [['path'], ['operation', 'operationId'], ['operation', 'summary']]
      .map((place) => operation.getIn(place))
      .join(' ')
      .toLowerCase()
      .includes(wanted);
  return tags
    .map((tag, name) => (name.includes(wanted) ? tag : tag.update('operations', (operations) => operations.filter(isFound))))
    .filter((tag) => tag.get('operations').size > 0);
};

/** Serves the OpenAPI document at /openapi.json and Swagger UI at /docs. */
export function serveDocument(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', (request, reply, payload, done) => {
      if (request.url.startsWith('/docs')) reply.header('content-security-policy', policy);
      done(null, payload);
    });
  SwaggerModule.setup('docs', app, () => createDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'tenantry API',
    // The tags are closed and searchable. The token stays when the page is loaded again.
    swaggerOptions: { docExpansion: 'none', filter: true, persistAuthorization: true, plugins: [{ fn: { opsFilter } }] },
  });
}
