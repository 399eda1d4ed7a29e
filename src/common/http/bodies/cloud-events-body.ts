import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../errors/app-error.js';
import { parseJsonBody } from './json-body.js';

/** A body of CloudEvents 1.0 in one of the modes of its HTTP binding. */
export class CloudEventsBody {
  constructor(
    readonly mode: 'structured' | 'batch' | 'binary',
    /** The parsed body: an event, a list of events, or (`binary`) the data of the event; undefined when there is none. */
    readonly value: unknown,
    /** The headers of the request. In the binary mode, they are the attributes of the event. */
    readonly headers: Readonly<Record<string, unknown>>,
  ) {}
}

class UnsupportedEventFormatError extends AppError {
  constructor(detail: string) {
    super('unsupported_media_type', 'unsupported_media_type', detail);
  }
}

const accepts = ({ routeOptions }: FastifyRequest): boolean => (routeOptions.config as { readonly cloudEvents?: boolean }).cloudEvents === true;
const isBinary = ({ headers }: FastifyRequest): boolean => headers['ce-specversion'] !== undefined || headers['ce-id'] !== undefined;

/** Returns the body of a request: a {@link CloudEventsBody}, or the parsed JSON of a request that is not an event. */
export const eventsBodyOf = (request: FastifyRequest): unknown =>
  !(request.body instanceof CloudEventsBody) && isBinary(request) ? new CloudEventsBody('binary', request.body, request.headers) : request.body;

/**
 * Makes Fastify parse CloudEvents on routes with `@RouteConfig({ cloudEvents: true })`. Other routes answer 415. A binary
 * event has its data as the body, so its data may be of any type of JSON.
 */
export function acceptCloudEvents(fastify: FastifyInstance): void {
  const parser = (mode: CloudEventsBody['mode']) => (request: FastifyRequest, body: string | Buffer, done: (error: Error | null, body?: unknown) => void) => {
    try {
      if (!accepts(request)) throw new UnsupportedEventFormatError('Send the body as application/json.');
      if (mode === 'binary' && !isBinary(request)) throw new UnsupportedEventFormatError('Send the body as application/json, or as CloudEvents.');
      const value = parseJsonBody(body as Buffer);
      done(null, mode === 'binary' ? value : new CloudEventsBody(mode, value, request.headers));
    } catch (error) {
      done(error as Error);
    }
  };
  fastify.addContentTypeParser('application/cloudevents+json', { parseAs: 'buffer' }, parser('structured'));
  fastify.addContentTypeParser('application/cloudevents-batch+json', { parseAs: 'buffer' }, parser('batch'));
  fastify.addContentTypeParser(/^[\w.!#$&^-]+\/([\w.!#$&^-]+\+)?json\b/i, { parseAs: 'buffer' }, parser('binary'));
}
