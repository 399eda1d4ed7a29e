import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Returns the path of a request, without its query. */
export const pathOf = ({ url }: Pick<FastifyRequest, 'url'>): string => url.split('?', 1)[0] ?? '/';

/** The segments of a route, and its method. */
interface KnownRoute {
  readonly method: string;
  readonly segments: readonly string[];
}

const segmentsOf = (path: string): string[] => path.split('/').slice(1);
const matches = (route: readonly string[], path: readonly string[]): boolean =>
  route.length === path.length && route.every((segment, index) => segment === path[index] || (segment.startsWith(':') && path[index] !== ''));

const known = new WeakMap<FastifyInstance['server'], readonly KnownRoute[]>();

/**
 * Returns the methods that the routes of a path support, sorted; empty when there is no such path.
 *
 * @param path without a query ({@link pathOf})
 */
export function methodsOf({ server }: Pick<FastifyInstance, 'server'>, path: string): string[] {
  const segments = segmentsOf(path);
  const methods = (known.get(server) ?? []).filter((route) => matches(route.segments, segments)).map(({ method }) => method);
  return methods.length === 0 ? [] : [...new Set([...methods, 'OPTIONS'])].sort();
}

/** Remembers the methods of all routes that are added from here on. */
export function rememberMethods(fastify: FastifyInstance): void {
  const routes: KnownRoute[] = [];
  known.set(fastify.server, routes);
  fastify.addHook('onRoute', ({ method, url }) => {
    // The routes of all paths are those of preflights and of static files.
    if (!url.includes('*')) for (const each of [method].flat()) routes.push({ method: each, segments: segmentsOf(url) });
  });
}
