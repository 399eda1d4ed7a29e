import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Answer } from '../support/client.js';
import { startTestServer, type TestServer } from '../support/http.js';
import type { Person } from '../support/world.js';

// The same over HTTP as src/access/permission-ceiling.spec.ts has as a model: members of every standing do what they
// like, and whatever the server admits, nobody has gained a permission that the doer did not have.

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

const pool = ['organization:update', 'organization:delete', 'organization:transfer', 'members:write', 'roles:write', 'teams:write', 'invitations:read'] as const;
const nat = fc.nat({ max: 60 });
const operation = fc.record({
  kind: fc.constantFrom('base', 'makeRole', 'editRole', 'deleteRole', 'give', 'changeTeam', 'join', 'part'),
  actor: nat,
  target: nat,
  role: nat,
  other: nat,
  team: nat,
  permissions: fc.subarray([...pool], { maxLength: 3 }),
});
type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never;

interface Scene {
  readonly home: string;
  readonly people: readonly Person[];
  readonly roles: string[];
  readonly teams: readonly string[];
}

/** Owner, admin, a manager of members and teams, a manager of roles, a member; a team with less than an admin has, and one with more. */
async function scene(): Promise<Scene> {
  const owner = await server.world.owner();
  const { home } = owner;
  const others = [await server.world.member(owner, 'admin'), await server.world.member(owner), await server.world.member(owner), await server.world.member(owner)] as const;
  const roles = { hr: ['members:write', 'teams:write'], roles: ['roles:write', 'organization:update'], high: ['organization:delete', 'organization:transfer'], plain: [] };
  for (const [key, permissions] of Object.entries(roles)) await owner.api.post(`${home}/roles`, { key, name: key, permissions });
  const teams: string[] = [];
  for (const held of [['roles'], ['high'], []]) teams.push((await owner.api.post(`${home}/teams`, { name: `Team ${held.join()}`, roles: held })).body.id);
  await owner.api.patch(`${home}/members/${others[1].userId}`, { customRoles: ['hr'] });
  await owner.api.put(`${home}/teams/${teams[0]}/members/${others[2].userId}`);
  return { home, people: [owner, ...others], roles: Object.keys(roles), teams };
}

const pick = <Item>(items: readonly Item[], index: number): Item => items[index % items.length] as Item;
const permissionsOf = async ({ api }: Person): Promise<Set<string>> => new Set((await api.get('/auth/me')).body.permissions as string[]);

async function perform({ home, people, roles, teams }: Scene, { kind, actor, target, role, other, team, permissions }: Operation): Promise<Answer> {
  const { api } = pick(people, actor);
  const [whom, key, second, into] = [pick(people, target).userId, pick(roles, role), pick(roles, other), pick(teams, team)];
  if (kind === 'base') return api.patch(`${home}/members/${whom}`, { role: pick(['owner', 'admin', 'member'], role) });
  if (kind === 'give') return api.patch(`${home}/members/${whom}`, { customRoles: [...new Set([key, second])] });
  if (kind === 'editRole') return api.patch(`${home}/roles/${key}`, { permissions });
  if (kind === 'deleteRole') return api.delete(`${home}/roles/${key}?replacement=${second}`);
  if (kind === 'changeTeam') return api.patch(`${home}/teams/${into}`, { roles: [...new Set([key, second])] });
  if (kind === 'join') return api.put(`${home}/teams/${into}/members/${whom}`);
  if (kind === 'part') return api.delete(`${home}/teams/${into}/members/${whom}`);
  const made = server.world.unique('r').replace('-', '_');
  const answer = await api.post(`${home}/roles`, { key: made, name: made, permissions });
  if (answer.status === 201) roles.push(made);
  return answer;
}

/** So that something is gained, and something is refused, however chance has it. */
const opening: readonly Operation[] = [
  { kind: 'give', actor: 0, target: 4, role: 0, other: 0, team: 0, permissions: [] },
  { kind: 'give', actor: 1, target: 4, role: 2, other: 2, team: 0, permissions: [] },
];

it('random requests of thirty members never grant a permission that the actor lacks', async () => {
  const outcomes = { admitted: 0, tooHigh: 0, gained: 0 };
  const lives = fc.asyncProperty(fc.array(operation, { minLength: 30, maxLength: 30 }), async (operations) => {
    const stage = await scene();
    for (const wanted of [...opening, ...operations]) {
      const before = await Promise.all(stage.people.map(permissionsOf));
      const { status, body } = await perform(stage, wanted);
      expect(status).toBeLessThan(500);
      const after = await Promise.all(stage.people.map(permissionsOf));
      const actor = wanted.actor % stage.people.length;
      const gained = after.map((now, index) => [...now].filter((permission) => before[index]?.has(permission) !== true));
      const unearned = gained.map((some, index) => some.filter((permission) => index === actor || before[actor]?.has(permission) !== true));
      expect({ wanted, unearned }).toEqual({ wanted, unearned: stage.people.map(() => []) });
      expect(status >= 300 ? after : before).toEqual(before);
      if (status < 300) outcomes.admitted += 1;
      if (body?.code === 'role_too_high') outcomes.tooHigh += 1;
      if (gained.flat().length > 0) outcomes.gained += 1;
    }
  });
  await fc.assert(lives, { numRuns: 4, endOnFailure: true });
  for (const times of Object.values(outcomes)) expect(times).toBeGreaterThan(0);
}, 180_000);
