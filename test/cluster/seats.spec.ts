import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/client.js';
import { Replicas, tally } from '../support/replicas.js';
import { goodPassword } from '../support/world.js';

const crowd = 200;
const seats = 30;
const rounds = Array.from({ length: 20 }, (_, index) => index + 1);

let replicas: Replicas;
beforeAll(async () => {
  replicas = await Replicas.start(3, { CATALOG: 'test/catalogs/cluster.yaml' });
  await replicas.rows(
    `insert into users (id, email, name, email_verified_at, updated_at) select gen_random_uuid(), 'user' || n || '@example.com', 'User ' || n, now(), now() from generate_series(1, $1::integer) n`,
    crowd,
  );
}, 60_000);
afterAll(() => replicas.end());

/** All want the organization's lock: who waits too long for a connection is sent away with 503, and comes back. */
async function patiently(call: () => Promise<Answer>): Promise<Answer> {
  const answer = await call();
  return answer.status === 503 ? patiently(call) : answer;
}

/** All have left; so many seats are free, and half of the users wait to be let in. */
async function startAnew(free: number): Promise<Map<string, string>> {
  await replicas.rows('delete from join_requests');
  await replicas.rows('delete from memberships where user_id <> $1', replicas.userId);
  await replicas.rows(
    `with seated as (insert into users (id, email, name, email_verified_at, updated_at) select gen_random_uuid(), gen_random_uuid() || '@example.com', 'Seated', now(), now() from generate_series(1, $2::integer) returning id)
     insert into memberships (organization_id, id, user_id, role, updated_at) select $1, gen_random_uuid(), id, 'member', now() from seated`,
    replicas.organizationId,
    seats - 1 - free,
  );
  // At a domain of the organization, users are added at once.
  await replicas.rows(
    `insert into domains (organization_id, id, kind, name, dns_token, grade, verified_at) values ($1, gen_random_uuid(), 'email', 'example.com', 'x', 'ownership', now())
     on conflict (organization_id, kind, name) do nothing`,
    replicas.organizationId,
  );
  const waiting = await replicas.rows<{ id: string; email: string }>(
    `insert into join_requests (organization_id, id, user_id, email, name, updated_at) select $1, gen_random_uuid(), id, email, name, now() from users where email like 'user%0@example.com' returning id, email`,
    replicas.organizationId,
  );
  return new Map(waiting.map(({ id, email }) => [email, id]));
}

const members = async (): Promise<number> => (await replicas.rows<{ count: number }>('select count(*)::integer from memberships'))[0]?.count ?? 0;

describe(`of ${crowd} concurrent users on three replicas, exactly as many get a seat as are available:`, () => {
  it.each(rounds)('added users and approved join requests get exactly the available seats (round %i)', async (round) => {
    const waiting = await startAnew(round);
    const answers = await replicas.crowd(crowd, (owner, number) => {
      const email = `user${number + 1}@example.com`;
      const request = waiting.get(email);
      return patiently(() =>
        request === undefined
          ? owner.post(`${replicas.home}/members`, { email, role: 'member' })
          : owner.post(`${replicas.home}/join-requests/${request}/approve`, { role: 'member' }),
      );
    });
    const { 200: approved = 0, 201: added = 0, ...others } = tally(answers);
    expect(others).toEqual({ 402: crowd - round });
    expect(approved + added).toBe(round);
    expect(await members()).toBe(seats);
  });

  it('accepted invitations get exactly the available seats', async () => {
    await startAnew(7);
    const invite = async (number: number): Promise<string> => {
      const wanted = { email: `guest${number}@example.com`, role: 'member', delivery: 'link' };
      const { status, body, text } = await patiently(() => replicas.owner(number).post(`${replicas.home}/invitations`, wanted));
      if (status !== 201) throw new Error(`the invitation answered ${status}: ${text}`);
      return new URL(body.data[0].link).searchParams.get('token') ?? '';
    };
    const tokens = await Promise.all(Array.from({ length: 40 }, (_, number) => invite(number)));
    const answers = await replicas.crowd(tokens.length, (owner, number) =>
      patiently(() => owner.as(undefined).post('/invitations/accept', { token: tokens[number], name: 'Guest', password: goodPassword })),
    );
    expect(tally(answers)).toEqual({ 201: 7, 402: 33 });
    expect(await members()).toBe(seats);
  });
});
