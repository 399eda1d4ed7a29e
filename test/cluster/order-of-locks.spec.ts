import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, Client } from '../support/client.js';
import { Replicas } from '../support/replicas.js';
import { codeOf } from '../support/totp.js';
import { goodPassword } from '../support/world.js';

const rounds = 15;
const erasures = 50;

let replicas: Replicas;
let organizations: string[];
beforeAll(async () => {
  replicas = await Replicas.start(2, { CATALOG: 'test/catalogs/cluster.yaml', DATABASE_POOL_SIZE: '10' });
  const made = await Promise.all(['Beta', 'Gamma'].map((name) => replicas.owner(0).post('/organizations', { name })));
  organizations = [replicas.organizationId, ...made.map(({ body }) => body.id as string)];
}, 60_000);
afterAll(() => replicas.end());

interface Account {
  readonly id: string;
  readonly email: string;
}

/** Adds users with the owner's password who are members of all organizations, with a personal API key in the first one. */
async function addAccounts(
  count: number,
  email: (id: string) => string,
  { verified = true, within = organizations }: { verified?: boolean; within?: readonly string[] } = {},
): Promise<Account[]> {
  const accounts = Array.from({ length: count }, () => randomUUID()).map((id) => ({ id, email: email(id) }));
  const [ids, emails] = [accounts.map(({ id }) => id), accounts.map((account) => account.email)];
  await replicas.rows(
    `insert into users (id, email, name, email_verified_at, updated_at) select id, email, 'Mel', case when $3 then now() end, now() from unnest($1::uuid[], $2::text[]) u (id, email)`,
    ids,
    emails,
    verified,
  );
  await replicas.rows(
    `insert into credentials (user_id, password_hash, updated_at) select id, (select password_hash from credentials where user_id = $2), now() from unnest($1::uuid[]) id`,
    ids,
    replicas.userId,
  );
  await replicas.rows(
    `insert into memberships (organization_id, id, user_id, role, updated_at) select o, gen_random_uuid(), u, 'admin', now() from unnest($1::uuid[]) u, unnest($2::uuid[]) o`,
    ids,
    within,
  );
  await replicas.rows(
    `insert into api_keys (organization_id, id, name, token_hash, hint, permissions, owner_id, updated_at)
     select ($2::uuid[])[1 + (n % cardinality($2::uuid[]))::int], gen_random_uuid(), 'Key', sha256(u::text::bytea), 'x', '{}', u, now() from unnest($1::uuid[]) with ordinality k (u, n)`,
    ids,
    within,
  );
  return accounts;
}

async function token(userId: string, email: string, purpose: string): Promise<string> {
  const secret = randomUUID().padEnd(43, 'x');
  await replicas.rows(
    `insert into user_tokens (id, user_id, purpose, email, token_hash, expires_at) values (gen_random_uuid(), $1, $2::user_token_purpose, $3, sha256(convert_to($4, 'utf8')), now() + interval '1 hour')`,
    userId,
    purpose,
    email,
    secret,
  );
  return secret;
}

async function signIn({ email }: Account, replica = 0): Promise<Client> {
  const anonymous = replicas.owner(replica).as(undefined);
  const { status, body, text } = await anonymous.post('/auth/login', { email, password: goodPassword });
  if (status !== 200) throw new Error(`login answered ${status}: ${text}`);
  return anonymous.as(body.accessToken);
}

const anyOf = <Item>(items: readonly Item[]): Item => items[Math.floor(Math.random() * items.length)] as Item;
const home = (): string => `/organizations/${anyOf(organizations)}`;
const anonymous = (): Client => replicas.owner(anyOf([0, 1])).as(undefined);

async function oneRound(operator: Account): Promise<Answer[]> {
  const [leaving, disabled, changed] = (await addAccounts(3, (id) => `${id}@example.com`)) as [Account, Account, Account];
  const address = `${randomUUID()}@example.com`;
  const claims = await addAccounts(6, () => address, { verified: false });
  const [proved, lost] = [claims[2] as Account, claims[4] as Account];
  const [acting, left, own] = await Promise.all([signIn(operator), signIn(leaving), signIn(changed, 1)]);
  const { secret } = (await left.post('/auth/mfa/totp')).body as { secret: string };
  const { recoveryCodes } = (await left.post('/auth/mfa/totp/confirm', { code: codeOf(secret) })).body as { recoveryCodes: string[] };
  const impersonate = (userId: string): Promise<Answer> => acting.post(`/tenants/${anyOf(organizations)}/impersonate`, { userId, reason: 'Ticket 4711', scope: 'write' });
  await Promise.all([leaving, disabled, changed, changed].map(({ id }) => impersonate(id)));
  const tokens = {
    verify: await token(proved.id, address, 'verify_email'),
    reset: await token(lost.id, address, 'reset_password'),
    undo: await token(changed.id, changed.email, 'undo_email_change'),
    undoFactor: await token(leaving.id, leaving.email, 'undo_second_factor'),
  };
  const owner = (): Client => replicas.owner(anyOf([0, 1]));
  const work: (() => Promise<Answer>)[] = [
    () => left.request('DELETE', '/users/me', { currentPassword: goodPassword, code: recoveryCodes[0] }),
    () => left.request('DELETE', '/auth/mfa/totp', { code: recoveryCodes[1] }),
    () => acting.post(`/platform/users/${disabled.id}/disable`),
    () => acting.post(`/platform/users/${anyOf(claims).id}/disable`),
    () => acting.post(`/platform/users/${leaving.id}/disable`),
    () => anonymous().post('/auth/email/verify', { token: tokens.verify, password: goodPassword }),
    () => anonymous().post('/auth/password/reset', { token: tokens.reset, newPassword: 'a quite different passphrase' }),
    () => anonymous().post('/auth/email/undo', { token: tokens.undo }),
    () => anonymous().post('/auth/mfa/totp/undo', { token: tokens.undoFactor }),
    () => own.post('/auth/mfa/totp'),
    () => own.delete('/auth/sessions'),
    () => own.post('/auth/password/change', { currentPassword: goodPassword, newPassword: 'a quite different passphrase' }),
    () => acting.post('/auth/logout'),
    ...[leaving, disabled, changed, anyOf(claims)].flatMap(({ id }) => [
      () => owner().patch(`${home()}/members/${id}`, { role: 'member' }),
      () => owner().delete(`${home()}/members/${id}`),
      () => impersonate(id),
    ]),
    () => owner().patch('/tenant/settings', { session_timeout_minutes: 60 + Math.floor(Math.random() * 60) }),
  ];
  return Promise.all(work.sort(() => Math.random() - 0.5).map((each) => each()));
}

interface Doomed {
  readonly id: string;
  readonly writers: readonly Client[];
  readonly key: string;
  readonly members: readonly Account[];
}

/** An organization with rows of every kind, and its owner at both replicas. */
async function doomedOrganization(owner: Account): Promise<Doomed> {
  const signedIn = await signIn(owner);
  const made = await signedIn.post('/organizations', { name: `Doomed ${randomUUID()}` });
  if (made.status !== 201) throw new Error(`the creation answered ${made.status}: ${made.text}`);
  const { id } = made.body as { id: string };
  const { body } = await signedIn.post('/auth/switch-organization', { organizationId: id });
  const members = await addAccounts(2, (each) => `${each}@example.com`, { within: [id] });
  const writers = [0, 1].map((replica) => replicas.owner(replica).as(body.accessToken));
  const [writer] = writers as [Client];
  const { key } = (await writer.post(`/organizations/${id}/api-keys`, { name: 'Key' })).body as { key: string };
  return { id, writers, key, members };
}

/** Writes of every kind to an organization, of which it may be erased at any moment. */
function writesTo({ id, writers, members, key }: Doomed): (() => Promise<Answer>)[] {
  const path = `/organizations/${id}`;
  const writer = (): Client => anyOf(writers);
  const [changed, removed] = members as [Account, Account];
  const team = async (): Promise<Answer> => {
    const { body } = await writer().post(`${path}/teams`, { name: `Team ${randomUUID()}` });
    if (body?.id === undefined) return writer().post(`${path}/teams`, { name: `Team ${randomUUID()}` });
    await writer().request('PUT', `${path}/teams/${body.id}/members/${changed.id}`);
    return writer().delete(`${path}/teams/${body.id}`);
  };
  const ownKey = async (): Promise<Answer> => {
    const { body } = await writer().post(`${path}/api-keys`, { name: `Key ${randomUUID()}` });
    return writer().delete(`${path}/api-keys/${body?.id ?? randomUUID()}`);
  };
  return [
    team,
    team,
    ownKey,
    () => writer().post('/usage/consume', { meter: 'quizzes', quantity: 1 }),
    () => writer().post('/usage/consume', { meter: 'quizzes', quantity: 1 }),
    () => writer().post('/usage/reservations', { meter: 'quizzes', quantity: 1 }),
    () => writer().post('/usage/events', { events: [{ id: randomUUID(), meter: 'quizzes', quantity: 1 }] }),
    () => anonymous().as(key).post('/usage/consume', { meter: 'quizzes', quantity: 1 }),
    () => writer().post(`${path}/teams`, { name: `Team ${randomUUID()}` }),
    () => writer().post(`${path}/invitations`, { email: `${randomUUID()}@example.com`, role: 'member' }),
    () => writer().patch(`${path}/members/${changed.id}`, { role: anyOf(['member', 'admin']) }),
    () => writer().delete(`${path}/members/${removed.id}`),
    () => writer().patch('/tenant/settings', { session_timeout_minutes: 60 + Math.floor(Math.random() * 60) }),
    () => writer().patch(path, { name: `Doomed ${randomUUID()}` }),
    () => writer().post('/auth/switch-organization', { organizationId: id }),
  ];
}

/** Erases an organization in the middle of writes. Returns the answer to the erasure and those of the writes. */
async function eraseUnderWrites(owner: Account, acting: readonly Client[]): Promise<{ readonly erased: Answer; readonly written: Answer[] }> {
  const doomed = await doomedOrganization(owner);
  const written: Answer[] = [];
  let erased: Answer | undefined;
  const writing = writesTo(doomed).map(async (write) => {
    for (let after = 0; after < 2; after += erased === undefined ? 0 : 1) written.push(await write());
  });
  await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 200));
  erased = await anyOf(acting).delete(`/tenants/${doomed.id}?hard=true`);
  await Promise.all(writing);
  return { erased, written };
}

const deadlocksSoFar = async (): Promise<number> => {
  const [found] = await replicas.rows<{ deadlocks: number }>('select deadlocks::int from pg_stat_database where datname = current_database()');
  return found?.deadlocks ?? 0;
};

describe('the order of locks', () => {
  it(`${erasures} organizations are erased in the middle of writes from two replicas, and nothing waits in a circle or answers 500`, async () => {
    const [operator, ...owners] = (await addAccounts(6, (id) => `${id}@example.com`)) as [Account, ...Account[]];
    await replicas.rows('insert into platform_admins (user_id) values ($1)', operator.id);
    await replicas.rows('delete from memberships where user_id = $1', operator.id);
    const acting = await Promise.all([signIn(operator), signIn(operator, 1)]);
    const statuses: Record<number, number> = {};
    const unexpected: string[] = [];
    const erased: number[] = [];
    await Promise.all(
      owners.map(async (owner) => {
        for (let round = 0; round < erasures / owners.length; round += 1) {
          const outcome = await eraseUnderWrites(owner, acting);
          erased.push(outcome.erased.status);
          for (const { status, text } of outcome.written) {
            statuses[status] = (statuses[status] ?? 0) + 1;
            if (status >= 500) unexpected.push(`${status} ${text}`);
          }
        }
      }),
    );
    expect({ erased: [...new Set(erased)], count: erased.length, unexpected: unexpected.slice(0, 5), failed: unexpected.length }).toEqual({
      erased: [204],
      count: erasures,
      unexpected: [],
      failed: 0,
    });
    expect(statuses[201]).toBeGreaterThan(erasures);
    expect(await deadlocksSoFar()).toBe(0);
  }, 300_000);

  it('endings of sessions, accounts and claims during changes of roles never wait for each other in a circle', async () => {
    const [operator] = (await addAccounts(1, () => 'operator@example.com')) as [Account];
    await replicas.rows('insert into platform_admins (user_id) values ($1)', operator.id);
    await replicas.rows('delete from memberships where user_id = $1', operator.id);
    const statuses: Record<number, number> = {};
    for (let round = 0; round < rounds; round += 1) for (const { status } of await oneRound(operator)) statuses[status] = (statuses[status] ?? 0) + 1;
    // Connections report their counters when they end.
    await Promise.all(replicas.processes.map((each) => each.end('SIGTERM')));
    expect(await deadlocksSoFar()).toBe(0);
    expect(statuses[500]).toBeUndefined();
    expect(statuses[204]).toBeGreaterThan(rounds);
  }, 600_000);
});
