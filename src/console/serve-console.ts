import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { offeredMethods } from '../access/sign-in-method.js';
import type { AppConfig } from '../config/app-config.js';
import { consolePaths, frontEndPages } from '../config/front-end-pages.js';

/** The build of the workspace `console`. */
const folder = path.resolve(import.meta.dirname, '../../console/dist');

/** Nothing runs or is styled that the build does not have. The logos of organizations are at any address. */
const policyOf = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    // Mantine writes the variables of the theme into an element.
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' https: data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const permissions = 'camera=(), geolocation=(), microphone=(), payment=(), usb=()';

/** Shown while the first build runs. */
const waiting = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="1"><title>tenantry</title></head>
<body><p>The console is being built. This page loads again by itself. If it does not end: npm run build:console</p></body></html>`;

const escapeAttribute = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** Returns the facts of the installation that pages need before they call the API. */
const settingsOf = (config: AppConfig): object => ({
  methods: offeredMethods(config),
  product: config.catalog.product,
  appOrigin: new URL(config.appUrl).origin,
  ownHosts: [config.appUrl, config.apiUrl].map((url) => new URL(url).host),
  returnOrigins: config.corsOrigins === '*' ? [new URL(config.appUrl).origin] : config.corsOrigins.filter((origin) => typeof origin === 'string'),
});

/** Serves the pages of the console: its scripts forever, because their names have hashes, and the document with a new nonce for each request. Other paths stay those of the API. */
export function serveConsole(fastify: FastifyInstance, config: AppConfig): void {
  const settings = escapeAttribute(JSON.stringify(settingsOf(config)));

  async function answer(reply: FastifyReply): Promise<FastifyReply> {
    const document = await readFile(path.join(folder, 'index.html'), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    const nonce = randomBytes(16).toString('base64');
    void reply.type('text/html; charset=utf-8').headers({ 'cache-control': 'no-store', 'content-security-policy': policyOf(nonce), 'permissions-policy': permissions });
    if (document === undefined) return reply.status(503).header('retry-after', '1').send(waiting);
    return reply.send(document.replaceAll('%NONCE%', nonce).replace('%SETTINGS%', () => settings));
  }

  for (const at of [...consolePaths, ...Object.values(frontEndPages).map((page) => page.path)]) fastify.get(at, (_request, reply) => answer(reply));
  void fastify.register(fastifyStatic, {
    root: path.join(folder, 'assets'),
    prefix: '/assets/',
    decorateReply: false,
    index: false,
    immutable: true,
    maxAge: '365d',
    preCompressed: true,
  });
}
