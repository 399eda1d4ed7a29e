import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

/** Returns the Fastify server of the application, to which hooks are added. */
export const fastifyOf = (host: HttpAdapterHost): FastifyInstance => host.httpAdapter.getInstance<FastifyInstance>();
