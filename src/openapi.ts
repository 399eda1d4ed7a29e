import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { Problem } from './common/http/problem.js';

const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

const description = `tenantry is a multi-tenant backend for SaaS products. It provides sign-up, sessions and second factors; organizations with
members, teams, custom roles, invitations and verified domains; API keys; plans, subscriptions, invoices and Stripe; usage metering with
quotas, credits and reports; settings, branding and data retention; an audit log; and an API with which the operator manages all tenants.

Send an access token as a bearer token, or an API key in \`X-API-Key\`. Errors are problem documents (RFC 9457) with a stable \`code\`.`;

/** Builds the OpenAPI document from the controllers. */
export function createDocument(app: NestFastifyApplication): OpenAPIObject {
  const outline = new DocumentBuilder()
    .setTitle('tenantry')
    .setDescription(description.replaceAll(/(?<!\n)\n(?!\n)/g, ' '))
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'apiKey')
    .build();
  const document = SwaggerModule.createDocument(app, outline, { operationIdFactory: (_controller, method) => method, extraModels: [Problem] });
  for (const operations of Object.values(document.paths)) addProblems(Object.values(operations as Record<string, unknown>));
  return document;
}

interface Operation {
  responses?: Record<string, unknown>;
}

/** Documents the error response that all operations share. */
function addProblems(operations: readonly unknown[]): void {
  for (const operation of operations as readonly Operation[]) {
    if (typeof operation !== 'object' || operation.responses === undefined) continue;
    operation.responses['default'] = {
      description: 'An error as a problem document',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    };
  }
}

/** Serves the OpenAPI document at /openapi.json and Swagger UI at /docs. */
export function serveDocument(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', (request, reply, payload, done) => {
      if (request.url.startsWith('/docs')) reply.header('content-security-policy', policy);
      done(null, payload);
    });
  SwaggerModule.setup('docs', app, () => createDocument(app), { jsonDocumentUrl: 'openapi.json', yamlDocumentUrl: 'openapi.yaml' });
}
