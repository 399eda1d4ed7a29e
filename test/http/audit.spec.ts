import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { eventually } from '../support/eventually.js';
import { takesIdempotencyKey } from '../../src/access/idempotency/takes-idempotency-key.js';
import { calls, harmless, unrecorded, type Stage } from '../audit/calls.js';
import { closeStage, openStage } from '../audit/stage.js';
import type { Answer, Client } from '../support/client.js';
import type { TestServer } from '../support/http.js';
import { RepeatingClient } from '../support/repeating-client.js';
import { goodPassword } from '../support/world.js';
import { chained } from '../support/audit.js';

interface Change {
  readonly table: string;
  readonly id: string;
  readonly operation: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
}

interface Event {
  readonly organization_id: string | null;
  readonly actor_kind: string;
  readonly actor_id: string | null;
  readonly action: string;
  readonly outcome: string;
  readonly changes: Change[];
}

let stage: Stage;
let server: TestServer;
let database: pg.Pool;
/** The chains that this test has written to; others belong to other tests. */
const touched = new Set<string>();
/** The handlers that take an Idempotency-Key. */
const keyed = new Set<string>();
beforeAll(async () => {
  stage = await openStage();
  ({ server, database } = stage);
  for (const { method, handler, withoutIdempotencyKey } of await server.control.routes())
    if (takesIdempotencyKey(method, withoutIdempotencyKey)) keyed.add(handler.split('.')[1] ?? '');
});
afterAll(() => closeStage(stage));

const eventsOf = async (requestId: string): Promise<Event[]> =>
  (await (await chained(database)).query<Event>('select e.*, e.details as changes from audit.events e where e.request_id = $1', [requestId])).rows;

/** Calls after which the caller may not call the route again, or whose effect follows their answer. */
const notRepeated = new Set(['logOut', 'changePassword', 'leaveOrganization', 'transferOwnership', 'forgotPassword', 'logIn', 'refresh', 'switchOrganization', 'verifyMfa']);

/** Returns the status with which the caller reads what they have created; 200 where the answer names no place. */
async function statusAtLocation({ status, headers }: Answer, caller: Client): Promise<number> {
  const location = headers.get('location');
  return status === 201 && location !== null ? (await caller.get(`/${new URL(location, caller.url).pathname}`)).status : 200;
}

const handlerOf = (name: string): string => name.split(' ')[0] ?? '';

describe('every route that changes something', () => {
  it('every route that changes something is in the table of this test', async () => {
    const handlers = (await server.control.routes()).filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method)).map(({ handler }) => handler.split('.')[1] ?? '');
    expect(handlers.filter((handler) => !(handler in calls) && !(handler in unrecorded) && !(handler in harmless))).toEqual([]);
    expect([...Object.keys(calls), ...Object.keys(unrecorded), ...Object.keys(harmless)].filter((name) => !handlers.includes(handlerOf(name)))).toEqual([]);
  });

  it.each(Object.entries(calls))('%s leaves exactly one event in each organization that it concerns, also when it is repeated with its Idempotency-Key', async (name, call) => {
    const { send, actor, actorKind = 'user', table, operation, before, after, organizationId = stage.owner.organizationId, alsoIn } = await call(stage);
    const requestId = randomUUID();
    let caller = stage.owner.api;
    const answer = await send((client) => {
      caller = client;
      return RepeatingClient.of(client.with({ 'x-request-id': requestId, 'user-agent': `walk '"\\ é`, 'idempotency-key': requestId }));
    });
    expect({ status: answer.status, text: answer.status < 300 ? '' : answer.text }).toEqual({ status: answer.status, text: '' });
    expect(await statusAtLocation(answer, caller)).toBe(200);
    const isRepeatable = keyed.has(handlerOf(name)) && !notRepeated.has(handlerOf(name));
    const again = isRepeatable ? await RepeatingClient.repeat() : undefined;
    expect([again?.status, again?.text, again?.headers.get('idempotency-replayed')]).toEqual(
      isRepeatable ? [answer.status, answer.text, 'true'] : [undefined, undefined, undefined],
    );
    // Some requests are answered before their work is done.
    const events = await eventually(
      () => eventsOf(requestId),
      (found) => found.length > 0,
    );
    const others = events.filter((each) => alsoIn !== undefined && each.organization_id === alsoIn);
    expect(others.map((each) => each.action)).toEqual(alsoIn === undefined ? [] : [handlerOf(name)]);
    const own = events.filter((each) => !others.includes(each));
    expect(own.map((each) => [each.action, each.outcome])).toEqual([[handlerOf(name), 'done']]);
    const [event] = own as [Event];
    touched.add(event.organization_id ?? '00000000-0000-0000-0000-000000000000');
    const { actor_kind: kind, actor_id: id, organization_id: home } = event;
    expect({ kind, id: typeof actor === 'string' || id === null ? (id ?? 'anonymous') : actor.test(id), home: organizationId === 'any' ? 'any' : home }).toEqual({
      kind: actor === 'anonymous' ? 'anonymous' : actorKind,
      id: typeof actor === 'string' ? actor : true,
      home: organizationId,
    });
    // A job changes rows of other spec files, too.
    const isWanted = (part: 'before' | 'after', wanted: object | undefined) => (each: (typeof event.changes)[number]) => wanted === undefined || matches(each[part], wanted);
    const sameKind = event.changes.filter((each) => each.table === table && each.operation === operation);
    const change = sameKind.filter(isWanted('after', after)).find(isWanted('before', before));
    expect(change ?? event.changes).toMatchObject({ table, operation, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) });
    const shown = JSON.stringify(event.changes);
    const secret = /\\\\x[0-9a-f]{8}|\$argon2|xoxb-very-secret/;
    expect(shown).not.toMatch(secret);
    expect(shown).not.toContain(goodPassword);
  });

  it.each(Object.entries(harmless))('%s changes nothing and leaves no event', async (_, call) => {
    const requestId = randomUUID();
    const answer = await call(stage, (client) => client.with({ 'x-request-id': requestId }));
    expect({ status: answer.status, text: answer.text }).toMatchObject({ status: 200 });
    expect(await eventsOf(requestId)).toEqual([]);
  });

  it.each(Object.entries(unrecorded))('%s is recorded elsewhere, and leaves no event', async (_, { reason, call }) => {
    const requestId = randomUUID();
    let caller = stage.owner.api;
    const answer = await call(stage, (client) => {
      caller = client;
      return client.with({ 'x-request-id': requestId });
    });
    expect(await statusAtLocation(answer, caller)).toBe(200);
    expect({ status: answer.status < 400, text: answer.status < 400 ? '' : answer.text, reason }).toEqual({ status: true, text: '', reason });
    expect(await eventsOf(requestId)).toEqual([]);
  });

  it('the hash chains are valid after all calls', async () => {
    expect(touched.size).toBeGreaterThan(10);
    for (const organizationId of touched) expect((await server.control.verifyChains(organizationId)).map(({ bad }) => bad)).toEqual([undefined]);
  });
});

const matches = (value: object | null, wanted: object): boolean =>
  Object.entries(wanted).every(([key, one]) => JSON.stringify((value as Record<string, unknown> | null)?.[key]) === JSON.stringify(one));
