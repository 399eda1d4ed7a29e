import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Answer } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { toolboxaiWithoutConsent } from '../support/preset.js';
import { goodPassword, type Person } from '../support/world.js';

let server: TestServer;
let look: pg.Pool;
beforeAll(async () => {
  server = await startTestServer({ CATALOG: toolboxaiWithoutConsent() });
  look = new pg.Pool({ connectionString: testDatabase().platform, max: 2 });
});
afterAll(async () => {
  await look.end();
  await server.close();
});

interface Line {
  readonly table: string;
  readonly belongs: boolean;
  readonly row: Readonly<Record<string, unknown>>;
}

const request = ({ api }: Person): Promise<Answer> => api.post('/users/me/export');

async function exportOf(person: Person): Promise<{ head: any; lines: Line[]; text: string }> {
  const { status, text } = await request(person);
  expect(status).toBe(200);
  const [head, ...lines] = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  return { head, lines: lines as Line[], text };
}

describe('POST /users/me/export', () => {
  it('has the profile, memberships, sessions, mails and audit events of the caller', async () => {
    const owner = await server.world.signUp({ verified: true });
    await owner.api.post(`${owner.home}/teams`, { name: server.world.unique('team') });
    const { head, lines } = await exportOf(owner);
    expect(head).toMatchObject({ format: 'tenantry-person', version: 1, userId: owner.userId });
    const belonging = (table: string): Line[] => lines.filter((line) => line.table === table && line.belongs);
    expect(belonging('users')).toMatchObject([{ row: { id: owner.userId, email: owner.email, name: 'Olive Owner' } }]);
    expect(belonging('memberships')).toMatchObject([{ row: { user_id: owner.userId, organization_id: owner.organizationId, role: 'owner' } }]);
    expect(belonging('sessions').length).toBeGreaterThan(0);
    expect(belonging('mail_messages')).toEqual(
      expect.arrayContaining([expect.objectContaining({ row: expect.objectContaining({ recipient: owner.email, template: 'verify-email' }) })]),
    );
    expect(belonging('audit.events').map(({ row }) => row['action'])).toContain('createTeam');
    // A team is the organization's: the export only says that the caller made it.
    const [team] = lines.filter(({ table }) => table === 'teams');
    expect(team).toEqual({
      table: 'teams',
      belongs: false,
      row: { id: expect.any(String), organization_id: owner.organizationId, created_at: expect.any(String), created_by_id: owner.userId },
    });
  });

  it('has no secret, and nothing that names another person', async () => {
    const [host, stranger] = [await server.world.signUp({ verified: true }), await server.world.signUp({ verified: true })];
    const member = await server.world.invited(host, 'teacher');
    await server.world.verify(member.email);
    const guest = server.world.email('guest');
    await host.api.patch(`${host.home}/members/${member.userId}`, { role: 'admin' });
    await member.api.post(`${host.home}/invitations`, { email: guest, role: 'student' });
    await stranger.api.post(`${stranger.home}/invitations`, { email: member.email, role: 'student' });
    await member.api.post('/auth/mfa/totp');
    const { lines, text } = await exportOf(member);
    for (const other of [host, stranger]) expect(text).not.toMatch(new RegExp(`${other.userId}|${other.email}`));
    expect(text).not.toContain(guest);
    expect(text).not.toMatch(/argon2|_hash|"secret"|"content"/);
    // The invitation of an organization of which the caller is no member was sent to their address.
    expect(lines.filter(({ table, belongs }) => table === 'invitations' && belongs).map(({ row }) => row['organization_id'])).toContain(stranger.organizationId);
    expect(
      lines.filter(({ table, row, belongs }) => belongs && table !== 'invitations' && table !== 'mail_messages' && row['organization_id'] === stranger.organizationId),
    ).toEqual([]);
    // Others' events are in the export if they are about the caller, without their actor.
    const [promotion] = lines.filter(({ table, belongs, row }) => table === 'audit.events' && !belongs && row['action'] === 'updateMember');
    expect(Object.keys(promotion?.row ?? {}).toSorted()).toEqual(['action', 'id', 'occurred_at', 'organization_id', 'outcome', 'target_table']);
  });

  it('has the reads of others about the caller while the organization records reads for the GDPR, without the reader', async () => {
    const host = await server.world.owner({ verified: true });
    const [reader, member] = [await server.world.member(host, 'admin'), await server.world.member(host, 'teacher')];
    const read = () => reader.api.get(`${host.home}/members/${member.userId}`);
    expect((await read()).status).toBe(200);
    const readsIn = async (): Promise<unknown[]> =>
      (await exportOf(member)).lines.filter(({ table, belongs }) => table === 'access_log' && !belongs).map(({ row }) => [row['action'], row['organization_id'], row['record_id']]);
    expect(await readsIn()).toEqual([]);
    await host.api.patch('/tenant/compliance', { gdpr: true });
    expect((await read()).status).toBe(200);
    expect(await readsIn()).toEqual([['getMember', host.organizationId, member.userId]]);
    const { text } = await exportOf(member);
    expect(text).not.toContain(reader.userId);
    const { data } = (await host.api.get(`${host.home}/access-logs?recordId=${member.userId}`)).body;
    expect(data.map(({ action }: { action: string }) => action)).toEqual(['getMember']);
  });

  it('does not contain what others wrote to an address that was never proved', async () => {
    const host = await server.world.signUp({ verified: true });
    const email = server.world.email('victim');
    await host.api.post(`${host.home}/invitations`, { email, role: 'student', message: 'A private word' });
    const { body } = await server.api.post('/auth/signup', { email, password: goodPassword, name: 'Mallory', organization: { name: server.world.unique('org') } });
    const { status, text } = await server.api.as(body.accessToken).post('/users/me/export');
    expect(status).toBe(200);
    expect(text).not.toContain('A private word');
    expect(text).not.toContain(host.organizationId);
  });

  it('covers every table with a `user_id` that has rows of the caller', async () => {
    const owner = await server.world.signUp({ verified: true });
    const { rows } = await look.query<{ table: string }>(
      `select c.relname as table from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname not in ('erasures', 'legal_holds')`,
    );
    const present: string[] = [];
    for (const { table } of rows) if (((await look.query(`select from ${table} where user_id = $1 limit 1`, [owner.userId])).rowCount ?? 0) > 0) present.push(table);
    expect(present.length).toBeGreaterThan(3);
    const { lines } = await exportOf(owner);
    const exported = new Set(lines.map(({ table }) => table));
    expect(present.filter((table) => !exported.has(table))).toEqual([]);
  });

  it('needs a recent login, and one export of a person runs at a time', async () => {
    const owner = await server.world.owner();
    const client = await look.connect();
    try {
      await client.query(`select pg_advisory_lock(hashtextextended('tenantry export of ' || $1, 0))`, [owner.userId]);
      expect(await request(owner)).toMatchObject({ status: 409, body: { code: 'export_running' } });
    } finally {
      await client.query('select pg_advisory_unlock_all()');
      client.release();
    }
    expect((await request(owner)).status).toBe(200);
    await look.query(`update sessions set authenticated_at = now() - interval '2 hours' where user_id = $1`, [owner.userId]);
    expect(await request(owner)).toMatchObject({ status: 401, body: { code: 'recent_login_required' } });
  });
});
