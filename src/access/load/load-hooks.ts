import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { problemOf, statusOfKind } from '../../common/http/problem.js';
import type { Load } from '../../common/load/load.js';
import { identityOf, type RequestIdentity } from '../principal/principal.js';
import type { LoadGate, LoadRefusal } from './load-gate.service.js';

/** Returns the text of the credential of a request, before it is verified. */
export function credentialOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const key = headers['x-api-key'];
  return headers.authorization ?? (typeof key === 'string' ? key : undefined);
}

/** Returns the method and the template of the path. */
export const routeOf = ({ method, routeOptions }: Pick<FastifyRequest, 'method' | 'routeOptions'>): string => `${method} ${routeOptions.url ?? ''}`;

/** Describes the exceeded limit with the header fields of draft-ietf-httpapi-ratelimit-headers-11. */
export function setLoadHeaders(reply: FastifyReply, { error, policy }: LoadRefusal): void {
  const retryAfter = String(error.details['retryAfter']);
  reply.header('retry-after', retryAfter);
  if (policy === undefined) return;
  reply.header('ratelimit-policy', policy);
  reply.header('ratelimit', `${policy.split(';', 1)[0]};r=0;t=${retryAfter}`);
}

/** Milliseconds until a refusal is sent: a client that repeats its requests at once would otherwise keep the replica busy with refusals. */
const refusalDelay = 500;

/** Waits until a refusal is sent. */
export const beforeRefusal = (): Promise<void> => sleep(refusalDelay, undefined, { ref: false });

/** Refuses a request before its body is read and its credential is verified, if its organization was refused lately and still is. */
export function refuseEarly(fastify: FastifyInstance, gate: LoadGate): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const refusal = gate.remembers ? gate.refuseRemembered(credentialOf(request), routeOf(request)) : undefined;
    if (refusal === undefined) return done();
    setLoadHeaders(reply, refusal);
    const body = problemOf(refusal.error, { instance: request.url.split('?', 1)[0] ?? '/', requestId: request.id });
    reply.status(statusOfKind[refusal.error.kind]).header('content-type', 'application/problem+json; charset=utf-8');
    void beforeRefusal().then(() => reply.send(JSON.stringify(body)));
  });
}

function endOnce(identity: RequestIdentity): void {
  identity.load?.end();
  identity.load = undefined;
}

/** The same function for all responses: one for each would have to be allocated. */
function onClose(this: ServerResponse): void {
  const identity = identityOf({ raw: this.req });
  identity.closed = true;
  if (identity.answered === true) endOnce(identity);
}

/** Counts a request as running until it is answered and its response has been sent or given up. A client that goes away does not end the work that it has caused. */
export function begin(load: Load, { raw: { req }, raw }: FastifyReply): void {
  const identity = identityOf({ raw: req });
  load.begin();
  identity.load = load;
  // The client may have gone away while the guards before waited.
  if (raw.destroyed) identity.closed = true;
  else raw.on('close', onClose);
}

/** Notices that requests are answered: see {@link begin}. */
export function countRunningRequests(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, _reply, payload, done) => {
    const identity = identityOf(request);
    identity.answered = true;
    if (identity.closed === true) endOnce(identity);
    done(null, payload);
  });
}
