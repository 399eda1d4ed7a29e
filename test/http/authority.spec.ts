import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { needsTenant } from '../../src/access/access.decorators.js';
import type { AuditedRoute } from '../../src/access/route-audit.js';
import { calls, harmless, unrecorded, type Stage } from '../audit/calls.js';
import { appUrl, closeStage, openStage } from '../audit/stage.js';
import type { Answer, Client } from '../support/client.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { eventually } from '../support/eventually.js';
import { lockWaiters, sessionOf } from '../support/lock-waiters.js';
import type { Person } from '../support/world.js';
import { chained } from '../support/audit.js';

let stage: Stage;
let database: pg.Pool;
let routes: Map<string, AuditedRoute>;
beforeAll(async () => {
  stage = await openStage();
  ({ database } = stage);
  await stage.server.control.createOperator(stage.server.world.email('operator'));
  routes = new Map((await stage.server.control.routes()).map((route) => [route.handler.split('.')[1] ?? '', route]));
});
afterAll(() => closeStage(stage));

/** Who sends a request, and in which organization. */
interface Scene {
  readonly actorId: string;
  readonly organizationId: string;
}

/** A change of who may do what, which another transaction makes between the guard of a request and its write. */
interface Change {
  readonly make: (scene: Scene) => readonly [text: string, values: readonly unknown[]];
  readonly undo: (scene: Scene) => readonly [text: string, values: readonly unknown[]];
}

const lockOf = `select pg_advisory_xact_lock(app.authority_key($1))`;
const removed: Change = {
  make: ({ actorId, organizationId }) => ['delete from memberships where organization_id = $1 and user_id = $2', [organizationId, actorId]],
  undo: ({ actorId, organizationId }) => [`insert into memberships (organization_id, id, user_id, role) values ($1, gen_random_uuid(), $2, 'owner')`, [organizationId, actorId]],
};
const demoted: Change = {
  make: ({ actorId, organizationId }) => [`update memberships set role = 'member' where organization_id = $1 and user_id = $2`, [organizationId, actorId]],
  undo: ({ actorId, organizationId }) => [`update memberships set role = 'owner' where organization_id = $1 and user_id = $2`, [organizationId, actorId]],
};
const suspended: Change = {
  make: ({ organizationId }) => [`update organizations set status = 'suspended' where id = $1`, [organizationId]],
  undo: ({ organizationId }) => [`update organizations set status = 'active' where id = $1`, [organizationId]],
};
const signedOut: Change = {
  make: ({ actorId }) => [`update sessions set revoked_at = now(), revoked_reason = 'revoked' where user_id = $1 and revoked_at is null`, [actorId]],
  undo: ({ actorId }) => [`update sessions set revoked_at = null, revoked_reason = null where user_id = $1 and revoked_reason = 'revoked'`, [actorId]],
};
const revoked: Change = {
  make: ({ actorId }) => ['with link as (delete from sso_setup_links where id = $1) delete from directory_tokens where id = $1', [actorId]],
  undo: () => ['select', []],
};
const noOperator: Change = {
  make: ({ actorId }) => ['delete from platform_admins where user_id = $1', [actorId]],
  undo: ({ actorId }) => ['insert into platform_admins (user_id) values ($1)', [actorId]],
};

/**
 * Sends a request and makes the change while its write waits for the authority that the change holds. Answers the
 * response; fails when nothing waited: such a route writes without comparing its authority.
 */
async function overtaken(
  scene: Scene,
  change: Change,
  operators: boolean,
  send: (mark: (client: Client) => Client) => Promise<Answer>,
): Promise<{ answer: Answer; requestId: string }> {
  const requestId = randomUUID();
  const other = await database.connect();
  const session = await sessionOf(other);
  let overtook: Promise<void> | undefined;
  const commitOnceWaiting = async (answered: () => boolean): Promise<void> => {
    await eventually(
      () => lockWaiters(database, session),
      (found) => found > 0 || answered(),
    );
    await other.query('commit');
  };
  const mark = (client: Client): Client => {
    const marked = client.with({ 'x-request-id': requestId });
    const request = marked.request.bind(marked);
    return Object.assign(marked, {
      async request(...sent: Parameters<Client['request']>) {
        await other.query('begin');
        if (operators) await other.query(`select pg_advisory_xact_lock(app.operators_key())`);
        else await other.query(lockOf, [scene.organizationId]);
        const [text, values] = change.make(scene);
        await other.query(text, [...values]);
        let answered = false;
        overtook = commitOnceWaiting(() => answered);
        return request(...sent).finally(() => (answered = true));
      },
    });
  };
  try {
    const answer = await send(mark);
    await overtook;
    return { answer, requestId };
  } finally {
    await other.query('rollback');
    const [text, values] = change.undo(scene);
    await other.query(text, [...values]).finally(() => other.release());
  }
}

/** Returns the requests that have changed something, of those that were sent. */
async function landed(requestIds: readonly string[]): Promise<Set<string>> {
  const text = `select request_id as id from audit.events where request_id = any($1) and outcome = 'done'`;
  const { rows } = await (await chained(database)).query<{ id: string }>(text, [requestIds]);
  return new Set(rows.map(({ id }) => id));
}

const handlerOf = (name: string): string => name.split(' ')[0] ?? '';
/** Whether only tokens of directories, or set-up links, can call a route. */
const isOfToken = (rule: AuditedRoute['rule']): boolean => rule?.kind === 'directory' || rule?.kind === 'setup';
const ruleOf = (name: string): AuditedRoute['rule'] => routes.get(handlerOf(name))?.rule;

/** The calls of every mutating route of a tenant: their preparation, and their request. */
const everyCall: [string, () => Promise<Scene & { send: (mark: (client: Client) => Client) => Promise<Answer> }>][] = [
  ...Object.entries(calls).map(([name, call]) => [
    name,
    async () => {
      const { send, actor, organizationId } = await call(stage);
      return { send, actorId: typeof actor === 'string' ? actor : '', organizationId: organizationId ?? stage.owner.organizationId };
    },
  ]),
  ...Object.entries(unrecorded).map(([name, { call }]) => [
    name,
    async () => ({ send: (mark: (client: Client) => Client) => call(stage, mark), actorId: stage.metered.userId, organizationId: stage.metered.organizationId }),
  ]),
] as typeof everyCall;

describe('a write whose actor loses authority between the guard and the write', () => {
  it('every mutating route of a tenant or an operator is walked', () => {
    const mutating = [...routes.values()].filter(
      ({ method, rule }) => !['GET', 'HEAD'].includes(method) && rule !== undefined && (needsTenant(rule) || rule.kind === 'platform_admin'),
    );
    const walked = new Set([...everyCall.map(([name]) => handlerOf(name)), ...Object.keys(harmless)]);
    expect(mutating.length).toBeGreaterThan(60);
    expect(mutating.map(({ handler }) => handler.split('.')[1]).filter((name) => !walked.has(name ?? ''))).toEqual([]);
  });

  const walk = 120_000;

  it(
    'no route of a tenant changes anything after its actor was removed, demoted or signed out, or the organization was suspended',
    async () => {
      const found: { name: string; title: string; code: string; requestId: string }[] = [];
      for (const [name, prepare] of everyCall) {
        const rule = ruleOf(name);
        if (rule === undefined || !needsTenant(rule) || isOfToken(rule)) continue;
        const { send, ...scene } = await prepare();
        // A deleted organization can be restored whatever its status is.
        const open = 'evenIf' in rule && (rule.evenIf ?? []).some((state) => state === 'suspended' || state === 'deleted');
        for (const [title, change] of Object.entries({ removed, demoted, signedOut, ...(open ? {} : { suspended }) })) {
          const { answer, requestId } = await overtaken(scene, change, false, send);
          found.push({ name, title, code: answer.body?.code, requestId });
        }
      }
      expect(found.length).toBeGreaterThan(200);
      const refused: Readonly<Record<string, readonly string[]>> = {
        removed: ['organization_not_found'],
        demoted: ['access_denied', 'authority_changed'],
        signedOut: ['session_ended'],
        suspended: ['organization_suspended'],
      };
      const changed = await landed(found.map(({ requestId }) => requestId));
      expect(found.filter(({ title, code, requestId }) => changed.has(requestId) || refused[title]?.includes(code) !== true)).toEqual([]);
    },
    walk,
  );

  it(
    'no route of directories and set-up links changes anything after the token was revoked, or the organization was suspended',
    async () => {
      const found: { name: string; title: string; isRefused: boolean; requestId: string }[] = [];
      for (const [name, prepare] of everyCall) {
        if (!isOfToken(ruleOf(name))) continue;
        for (const [title, change, status] of [['suspended', suspended, 403] as const, ['revoked', revoked, 401] as const]) {
          const { send, ...scene } = await prepare();
          const { answer, requestId } = await overtaken(scene, change, false, send);
          found.push({ name, title, isRefused: answer.status === status || answer.status === 409, requestId });
        }
      }
      expect(found.length).toBeGreaterThan(15);
      const changed = await landed(found.map(({ requestId }) => requestId));
      expect(found.filter(({ isRefused, requestId }) => !isRefused || changed.has(requestId))).toEqual([]);
    },
    walk,
  );

  it(
    'no route of operators changes anything after its operator was removed',
    async () => {
      const found: { name: string; code: string; requestId: string }[] = [];
      for (const [name, prepare] of everyCall) {
        if (ruleOf(name)?.kind !== 'platform_admin') continue;
        const { send, ...scene } = await prepare();
        const { answer, requestId } = await overtaken({ ...scene, actorId: stage.operator.userId }, noOperator, true, send);
        found.push({ name, code: answer.body?.code, requestId });
      }
      expect(found.length).toBeGreaterThan(20);
      const changed = await landed(found.map(({ requestId }) => requestId));
      expect(found.filter(({ code, requestId }) => code !== 'access_denied' || changed.has(requestId))).toEqual([]);
    },
    walk,
  );
});

describe('authority across replicas', () => {
  let replica: TestServer;
  let owner: Person;
  beforeAll(async () => {
    replica = await startTestServer({ DNS_SERVERS: stage.dns.address, APP_URL: appUrl });
    owner = await stage.server.world.owner();
  });
  afterAll(() => replica.close());

  const teams = async (): Promise<number> =>
    (await database.query<{ n: number }>('select count(*)::int as n from teams where organization_id = $1', [owner.organizationId])).rows[0]?.n ?? 0;

  it('none of twenty parallel writes of an admin commits once another replica has answered that the admin was removed', async () => {
    const admin = await stage.server.world.member(owner, 'admin');
    const writing = new AbortController();
    const statuses = new Set<number>();
    const write = async (): Promise<void> => {
      while (!writing.signal.aborted) statuses.add((await admin.api.post(`${owner.home}/teams`, { name: stage.server.world.unique('team') })).status);
    };
    const writers = Array.from({ length: 20 }, write);
    await eventually(teams, (count) => count > 40, 20_000);
    const removal = await owner.api.on(replica.url).delete(`${owner.home}/members/${admin.userId}`);
    const count = await teams();
    writing.abort();
    await Promise.all(writers);
    expect({ removal: removal.status, after: await teams() }).toEqual({ removal: 204, after: count });
    expect([...statuses].filter((status) => ![201, 404].includes(status))).toEqual([]);
  });

  it('parallel changes of who may do what all end, and the organization keeps an owner', async () => {
    const admins = await Promise.all(Array.from({ length: 4 }, () => stage.server.world.member(owner, 'admin')));
    const answers = await Promise.all(
      admins.flatMap(({ userId }, index) => [
        owner.api.patch(`${owner.home}/members/${userId}`, { role: index % 2 === 0 ? 'member' : 'admin' }),
        (admins[(index + 1) % admins.length] as Person).api.delete(`${owner.home}/members/${userId}`),
        (admins[(index + 2) % admins.length] as Person).api.on(replica.url).patch('/tenant/settings', { session_timeout_minutes: 60 }),
        (admins[(index + 3) % admins.length] as Person).api.post(`${owner.home}/teams`, { name: `Parallel ${index}` }),
      ]),
    );
    expect(answers.map((answer) => answer.status).filter((status) => ![200, 201, 204, 403, 404, 409].includes(status))).toEqual([]);
    expect((await owner.api.get(owner.home)).status).toBe(200);
  });
});
