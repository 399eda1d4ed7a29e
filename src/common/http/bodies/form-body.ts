import type { FastifyInstance, FastifyRequest } from 'fastify';
import { UnsupportedMediaTypeException } from '@nestjs/common';
import { parseFormBody } from './json-body.js';

const accepts = ({ routeOptions }: FastifyRequest): boolean => (routeOptions.config as { readonly formBody?: boolean }).formBody === true;

/** Makes Fastify parse `application/x-www-form-urlencoded` on routes with `@RouteConfig({ formBody: true })`. Other routes answer 415. */
export function acceptForms(fastify: FastifyInstance): void {
  fastify.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      if (!accepts(request)) throw new UnsupportedMediaTypeException();
      done(null, parseFormBody(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}
