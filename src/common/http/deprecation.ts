import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { readTime } from '../times.js';

/** The announcement that a part of the API will be removed. The days are in UTC, such as `2027-06-01`. */
export interface Deprecation {
  /** From this day on, new code should not use it. */
  readonly since: string;
  /** From this day on, it may be removed. docs/versioning.md says how long it stays at least. */
  readonly sunset: string;
  /** The address of a page that says what replaces it, and how to change to that. */
  readonly link: string;
}

/** Returns what the document says about a part that is deprecated. */
export const deprecationNotice = ({ since, sunset, link }: Deprecation): string => `Deprecated since ${since}, and removed on ${sunset} or later. [Use its replacement](${link}).`;

/** Returns the keywords of a part that is deprecated. */
export const deprecationSchema = ({ sunset }: Deprecation): { deprecated: true; 'x-sunset': string } => ({ deprecated: true, 'x-sunset': sunset });

/** Declares that an operation will be removed: in the document, and in the header fields of all its answers. Other settings of `RouteConfig` are replaced. */
export function Deprecated(deprecation: Deprecation): MethodDecorator {
  // A day that does not exist stops the start.
  headersOf(deprecation);
  return applyDecorators(RouteConfig({ deprecation }), ApiExtension('x-deprecation', deprecation));
}

function headersOf({ since, sunset, link }: Deprecation): Record<string, string> {
  return {
    // RFC 9745: seconds since 1970, as a date of structured fields (RFC 9651).
    deprecation: `@${readTime(since).getTime() / 1000}`,
    // RFC 8594: a date of HTTP.
    sunset: readTime(sunset).toUTCString(),
    link: `<${link}>; rel="deprecation"; type="text/html"`,
  };
}

/** Adds the header fields to the answers of routes with {@link Deprecated}, also to refusals. */
export function announceDeprecations(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    const { deprecation } = (route.config ?? {}) as { readonly deprecation?: Deprecation };
    if (deprecation === undefined) return;
    const headers = headersOf(deprecation);
    route.onSend = [
      ...[route.onSend ?? []].flat(),
      (_request, reply, payload, done) => {
        reply.headers(headers);
        done(null, payload);
      },
    ];
  });
}
