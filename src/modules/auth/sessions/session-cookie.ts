import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isSentToOrigin } from '../../../common/http/addresses/host-header.js';
import { AppError } from '../../../common/errors/app-error.js';
import { lifetimes } from '../../../config/app-config.js';

/** Pages of the server's own origin ask for cookies with this header field. Pages of other origins cannot send it: CORS does not allow it. */
const cookieModeHeader = 'x-session-cookie';

/** Stands for a token that is in a cookie, in answers and in bodies. */
const inCookie = 'cookie';

/** The tokens that are kept, by their names in answers and bodies. `__Host-`: browsers take them from this host over a secure connection alone. */
const cookieNames = { refreshToken: '__Host-tenantry-session', deviceToken: '__Host-tenantry-device' } as const;
export const keptInCookies = Object.keys(cookieNames) as (keyof typeof cookieNames)[];

/** The server ends sessions itself: the cookie lasts as long as the longest one. */
const lifetime = lifetimes.rememberedSession;

export class SessionCookieRefusedError extends AppError {
  constructor() {
    super('forbidden', 'origin_not_allowed', 'Only pages of the same origin as the API keep their session in a cookie. Call without X-Session-Cookie, and keep the refresh token.');
  }
}

/** Browsers do not name the origin of a page when it reads something of its own origin. */
const wantsCookies = ({ method, headers }: FastifyRequest): boolean => headers[cookieModeHeader] === 'true' && method !== 'GET' && method !== 'HEAD';

/** Whether a request comes from a page of the origin that it is sent to. Browsers do not let pages choose these header fields. */
function isOfSameOrigin(request: FastifyRequest): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers;
  return origin !== undefined && isSentToOrigin(request, origin) && (site === undefined || site === 'same-origin');
}

const setCookie = (name: string, value: string, maxAge: number): string => stringifySetCookie({ name, value, maxAge, path: '/', httpOnly: true, secure: true, sameSite: 'strict' });

/** Puts the tokens of the cookies into a body that says `cookie` in their place. */
function fillIn(request: FastifyRequest): void {
  const body = request.body as Partial<Record<string, unknown>> | null | undefined;
  if (typeof body !== 'object' || body === null) return;
  const cookies = parseCookie(request.headers.cookie ?? '');
  for (const name of keptInCookies) {
    if (body[name] !== inCookie) continue;
    const kept = cookies[cookieNames[name]];
    // A missing refresh token is refused as an invalid one, and a missing device is one that is not trusted.
    if (kept !== undefined || name === 'refreshToken') body[name] = kept ?? inCookie;
    else delete body[name];
  }
}

/** Takes the tokens out of an answer. */
function takeOut(payload: string, reply: FastifyReply): string {
  const answer = JSON.parse(payload) as Partial<Record<string, unknown>>;
  for (const name of keptInCookies) {
    const token = answer[name];
    if (typeof token !== 'string') continue;
    reply.header('set-cookie', setCookie(cookieNames[name], token, lifetime));
    answer[name] = inCookie;
  }
  return JSON.stringify(answer);
}

/** Whether an answer ends the session of the browser. */
function endsSession({ routeOptions, method }: FastifyRequest, { statusCode }: FastifyReply): boolean {
  const { url = '' } = routeOptions;
  if (url.endsWith('/auth/refresh')) return statusCode === 401;
  return statusCode < 300 && (url.endsWith('/auth/logout') || (url.endsWith('/users/me') && method === 'DELETE'));
}

/**
 * Keeps the refresh tokens of pages of the server's own origin in cookies that no script can read, on every route that takes or answers one. Such a page sends
 * `X-Session-Cookie: true`, and `cookie` in the place of a token (docs/console.md#sessions). Without the header field, cookies have no effect.
 */
export function keepSessionsInCookies(fastify: FastifyInstance): void {
  fastify.addHook('preHandler', (request, _reply, done) => {
    if (!wantsCookies(request)) return done();
    if (!isOfSameOrigin(request)) return done(new SessionCookieRefusedError());
    fillIn(request);
    done();
  });
  // After the hook that stores answers for repetitions, whose answers come through here again.
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (!wantsCookies(request) || !isOfSameOrigin(request)) return done(null, payload);
    if (endsSession(request, reply)) reply.header('set-cookie', setCookie(cookieNames.refreshToken, '', 0));
    const hasToken = reply.statusCode < 300 && typeof payload === 'string' && keptInCookies.some((name) => payload.includes(`"${name}"`));
    done(null, hasToken ? takeOut(payload, reply) : payload);
  });
}
