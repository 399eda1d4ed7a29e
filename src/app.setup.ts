import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { LoadGate } from './access/load/load-gate.service.js';
import { countRunningRequests, refuseEarly } from './access/load/load-hooks.js';
import { IdempotencyKeysService } from './access/idempotency/idempotency-keys.service.js';
import { storeAnswers } from './access/idempotency/store-answers.js';
import { identityOf } from './access/principal/principal.js';
import { WebOriginsService } from './access/principal/web-origins.service.js';
import { AppModule, type AppOptions } from './app.module.js';
import { pathOfTarget } from './common/http/addresses/host-header.js';
import { refuseAmbiguousHeaders } from './common/http/ambiguous-headers.js';
import { acceptCloudEvents } from './common/http/bodies/cloud-events-body.js';
import { acceptForms } from './common/http/bodies/form-body.js';
import { acceptJsonBodies, refuseOtherCharsets } from './common/http/bodies/json-body.js';
import { announceDeprecations } from './common/http/deprecation.js';
import { addVersions, answerUnchanged } from './common/http/etag.js';
import { answerRouterErrors, refuseMalformedQueries } from './common/http/request-target.js';
import { addSecurityHeaders } from './common/http/security-headers.js';
import { allowOrigins } from './common/http/cors.js';
import { explainLinkedPages } from './common/http/linked-pages.js';
import { serveConsole } from './console/serve-console.js';
import { keepSessionsInCookies } from './modules/auth/sessions/session-cookie.js';
import { requestIdOf } from './common/http/request-id.js';
import { rememberMethods } from './common/http/route-methods.js';
import { tracing } from './common/tracing.js';
import { HealthService } from './observability/health.service.js';
import { createLoggers, PinoLoggerService } from './observability/logger.js';
import { MetricsService } from './observability/metrics.service.js';
import { observeRequests } from './observability/request-hooks.js';
import { answerInForms, firstForm } from './common/http/problem-forms.js';
import { oauthFormOf } from './modules/auth/oauth/oauth-errors.js';
import { scimFormOf } from './modules/directories/scim/scim-errors.js';
import { MailRendererService } from './modules/mail/rendering/mail-renderer.service.js';
import { serveDocument } from './contract/openapi-document.js';
import { TenantContext } from './tenancy/tenant-context.js';

export const apiPrefix = 'api/v1';

/** Paths without the prefix and version of the API. */
const unprefixed = [
  'health/live',
  'health/ready',
  'metrics',
  '.well-known/jwks.json',
  '.well-known/oauth-authorization-server',
  'oauth/token',
  'oauth/introspect',
  'oauth/revoke',
  'scim/v2/*path',
];

/** The forms of problems on the routes of other standards. */
const formOf = firstForm([scimFormOf, oauthFormOf]);

const mebibyte = 1024 * 1024;

/** Creates the application without starting it: it opens no connection and no port. */
export async function createApp(options: AppOptions): Promise<NestFastifyApplication> {
  const { config } = options;
  const adapter = new FastifyAdapter({
    bodyLimit: mebibyte,
    trustProxy: (_address, hop) => hop < config.trustedProxies,
    genReqId: requestIdOf,
    requestIdHeader: false,
    pluginTimeout: 60_000, // the default of 10 s is too short for the start on a busy machine
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false, // a request that arrives on an open connection is answered, too
    rewriteUrl: pathOfTarget,
    routerOptions: { maxParamLength: 256 },
    frameworkErrors: answerRouterErrors(formOf),
  });
  const context = new TenantContext();
  const { logger, requests } = createLoggers(config.logLevel, () => ({ ...context.logFields(), ...tracing.active?.logFields }));
  const app = await NestFactory.create<NestFastifyApplication>(await AppModule.forRoot(options, context), adapter, { bodyParser: false, logger: new PinoLoggerService(logger) });
  app.setGlobalPrefix(apiPrefix, { exclude: unprefixed });
  const fastify = adapter.getInstance();
  rememberMethods(fastify);
  addVersions(fastify, (request) => identityOf(request).principal?.membership?.organizationId);
  // Before those that follow: they record who has read an answer, which comes after its effect.
  storeAnswers(fastify, app.get(IdempotencyKeysService));
  answerInForms(fastify, formOf);
  answerUnchanged(fastify);
  announceDeprecations(fastify);
  addSecurityHeaders(fastify);
  const webOrigins = app.get(WebOriginsService);
  allowOrigins(fastify, config.corsOrigins === '*' ? '*' : (origin) => webOrigins.isKnown(origin));
  refuseOtherCharsets(fastify);
  acceptJsonBodies(fastify);
  acceptCloudEvents(fastify);
  acceptForms(fastify);
  refuseAmbiguousHeaders(fastify, config.trustedProxies > 0);
  refuseMalformedQueries(fastify);
  observeRequests(fastify, { context, logger: requests, metrics: app.get(MetricsService), health: app.get(HealthService) });
  refuseEarly(fastify, app.get(LoadGate));
  countRunningRequests(fastify);
  keepSessionsInCookies(fastify);
  serveDocument(app);
  if (config.servesConsole) serveConsole(fastify, config);
  else explainLinkedPages(fastify, apiPrefix, config.appUrl);
  if (!config.production) {
    const { serveMailPages } = await import('./modules/mail/preview/mail-pages.js');
    serveMailPages(fastify, { dataDir: config.smtpUrl === undefined ? config.dataDir : undefined, renderer: app.get(MailRendererService) });
  }
  return app;
}
