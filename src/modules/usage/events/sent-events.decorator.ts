import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { eventsBodyOf } from '../../../common/http/bodies/cloud-events-body.js';

/** Passes the body of a request to a parameter: CloudEvents in any mode, or JSON. */
export const SentEvents = createParamDecorator((_: unknown, execution: ExecutionContext) => eventsBodyOf(execution.switchToHttp().getRequest<FastifyRequest>()));
