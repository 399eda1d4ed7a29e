import type { FastifyInstance } from 'fastify';
import { frontEndPages } from '../../config/front-end-pages.js';

/** Answers the links of mails while APP_URL names this server instead of a front end: says what is missing, and how the API is called without it. */
export function explainLinkedPages(fastify: FastifyInstance, apiPrefix: string, appUrl: string): void {
  for (const { path, parameters, purpose, calls, body } of Object.values(frontEndPages)) {
    const text = `This link leads to a page of a front end. The page ${purpose}. This server has no pages.

With a front end: set APP_URL to its URL, and serve ${path} there. docs/front-end.md lists all pages.
Without one: call the API with the ${parameters.join(' and the ')} of the address.

  curl ${appUrl}/${apiPrefix}${calls} -H 'content-type: application/json' -d '${body}'
`;
    fastify.get(path, (_request, reply) => reply.type('text/plain; charset=utf-8').header('cache-control', 'no-store').send(text));
  }
}
