import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { problemOf, statusOfKind } from '../../common/http/problem.js';
import { pathOf } from '../../common/http/route-methods.js';
import type { Load } from '../../common/load/load.js';
import { identityOf, type RequestIdentity } from '../principal/principal.js';
import type { LoadGate, Refusal } from './load-gate.service.js';
import { isDedicated } from '../dedicated-kinds.js';

/** Returns the text of the credential of a request, before it is verified. */
function credentialOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const key = headers['x-api-key'];
  return headers.authorization ?? (typeof key === 'string' ? key : undefined);
}

const organizationOf = ({ params }: Pick<FastifyRequest, 'params'>): string | undefined => (params as { organizationId?: string }).organizationId?.toLowerCase();

/** Returns the method, the template of the path, and the organization that the path names. */
const routeOf = (request: FastifyRequest): string => `${request.method} ${request.routeOptions.url ?? ''} ${organizationOf(request) ?? ''}`;

/** Milliseconds until a refusal is sent: a client that repeats its requests at once would otherwise keep the replica busy with refusals. */
const refusalDelay = 500;

const beforeRefusal = (): Promise<void> => sleep(refusalDelay, undefined, { ref: false });

/** Whether each request with the credential to the same {@link routeOf} counts for the organization that this one counts for. */
const isOfOneOrganization = ({ credential, principal }: RequestIdentity, request: FastifyRequest): boolean =>
  principal?.membership !== undefined &&
  credential !== undefined &&
  (credential.kind === 'key' ||
    isDedicated(credential) ||
    (credential.kind === 'user' && (organizationOf(request) ?? credential.claims.organizationId) === principal.membership.organizationId));

/**
 * Refuses a request for its load or its rate. It does no work meanwhile, so it does not count as running.
 *
 * @param again says for the next requests with the same credential to the same route whether they are refused as well; undefined if each must be judged
 * @throws {AppError}
 */
export async function refuse(
  gate: LoadGate,
  { error, headers }: Refusal,
  again: (() => Refusal | undefined) | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<never> {
  const [identity, credential] = [identityOf(request), credentialOf(request)];
  endOnce(identity);
  if (again !== undefined && credential !== undefined && isOfOneOrganization(identity, request)) gate.remember(credential, routeOf(request), again);
  reply.headers(headers);
  await beforeRefusal();
  throw error;
}

/** Refuses a request before its body is read and its credential is verified, if its organization was refused lately and still is. */
export function refuseEarly(fastify: FastifyInstance, gate: LoadGate): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const refusal = gate.remembers ? gate.refuseRemembered(credentialOf(request), routeOf(request)) : undefined;
    if (refusal === undefined) return done();
    const { error, headers } = refusal;
    const body = problemOf(error, { instance: pathOf(request), requestId: request.id });
    reply.status(statusOfKind[error.kind]).headers(headers).header('content-type', 'application/problem+json; charset=utf-8');
    void beforeRefusal().then(() => reply.send(JSON.stringify(body)));
  });
}

function endOnce(identity: RequestIdentity): void {
  identity.load?.end();
  identity.load = undefined;
}

function close(identity: RequestIdentity): void {
  identity.closed = true;
  if (identity.answered === true) endOnce(identity);
}

/** Where a connection keeps the requests that are open on it. */
const open = Symbol('open');
type Connection = Socket & { [open]?: Set<RequestIdentity> };

/** The requests of a connection: a client may send several without waiting for the answers, and Node.js 20 does not close the later ones with the connection. */
function openOn(connection: Connection): Set<RequestIdentity> {
  const known = connection[open];
  if (known !== undefined) return known;
  const requests = new Set<RequestIdentity>();
  connection.on('close', () => {
    for (const identity of requests) close(identity);
    requests.clear();
  });
  return (connection[open] = requests);
}

/** The same function for all responses: one for each would have to be allocated. */
function onClose(this: ServerResponse): void {
  const identity = identityOf({ raw: this.req });
  identity.open?.delete(identity);
  close(identity);
}

/** Counts a request as running until it is answered and its response has been sent or given up. A client that goes away does not end the work that it has caused. */
export function begin(load: Load, { raw: { req }, raw }: FastifyReply): void {
  const identity = identityOf({ raw: req });
  load.begin();
  identity.load = load;
  // The client may have gone away while the guards before waited.
  if (raw.destroyed || req.socket.destroyed) identity.closed = true;
  else {
    identity.open = openOn(req.socket).add(identity);
    raw.on('close', onClose);
  }
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
