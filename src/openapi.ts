import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { Problem } from './common/http/problem.js';

const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/** The contract of the whole API, read from its controllers. */
export function createDocument(app: NestFastifyApplication): OpenAPIObject {
  const outline = new DocumentBuilder()
    .setTitle('tenantry')
    .setDescription('The multi-tenant backend: organizations, members, roles and invitations. Errors are problem documents (RFC 9457).')
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

/** Every operation answers errors with the same document. */
function addProblems(operations: readonly unknown[]): void {
  for (const operation of operations as readonly Operation[]) {
    if (typeof operation !== 'object' || operation.responses === undefined) continue;
    operation.responses['default'] = { description: 'A problem', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
  }
}

/** Serves the contract at /openapi.json and, to try it out, Swagger UI at /docs. */
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
