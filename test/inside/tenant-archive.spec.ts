import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { leftOutTables, userTables } from '../../src/modules/tenants/archive/archive-contents.js';
import type { Manifest } from '../../src/modules/tenants/archive/archive-manifest.js';
import { TenantExportService } from '../../src/modules/tenants/archive/tenant-export.service.js';
import { TenantImportService } from '../../src/modules/tenants/archive/tenant-import.service.js';
import { Catalog, withoutChecks } from '../support/isolation/planter.js';
import { archivedTables, everything, plantAwkward, rowsOf } from '../support/archive-rows.js';
import { Installation } from '../support/installation.js';
import { goodPassword, type Person } from '../support/world.js';
import { contentOf, entriesOf } from '../support/zip.js';

let folder: string;
let source: Installation;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-archive-'));
  source = await Installation.start();
});
afterAll(async () => {
  await source.end();
  await rm(folder, { recursive: true, force: true });
});

const fileNamed = (name: string): string => path.join(folder, `${name}.zip`);

async function archiveOf(organization: string, from = source): Promise<string> {
  const file = fileNamed(`${organization}-${(Math.random() * 1e12).toFixed()}`);
  await from.rest();
  await from.app.get(TenantExportService).exportTenant(organization, file);
  return file;
}

/** Does something with an installation whose database is empty. */
async function elsewhere(use: (target: Installation) => Promise<void>, options?: Parameters<typeof Installation.start>[0]): Promise<void> {
  const target = await Installation.start(options);
  try {
    await use(target);
  } finally {
    await target.end();
    source.takeOver();
  }
}

const login = (at: Installation, email: string, password = goodPassword) => at.api.post('/auth/login', { email, password });

function ok<A extends { status: number; text: string }>(answer: A): A {
  if (answer.status >= 300) throw new Error(`answered ${answer.status}: ${answer.text}`);
  return answer;
}

/** An organization in which people have worked, all over HTTP. */
async function livelyOrganization(at: Installation): Promise<{ owner: Person; member: Person }> {
  const owner = await at.world.owner({ verified: true });
  const member = await at.world.member(owner);
  ok(await owner.api.post(`${owner.home}/roles`, { key: 'editor', name: 'Editor', permissions: ['projects:read'] }));
  const team = ok(await owner.api.post(`${owner.home}/teams`, { name: 'Team', roles: ['editor'] })).body;
  ok(await owner.api.put(`${owner.home}/teams/${team.id}/members/${member.userId}`));
  const project = ok(await owner.api.post(`${owner.home}/projects`, { name: 'Ünïted', assigneeId: member.userId })).body;
  ok(await owner.api.post(`${owner.home}/projects/${project.id}/tasks`, { title: 'Do it', assigneeId: member.userId }));
  ok(await owner.api.post(`${owner.home}/api-keys`, { name: 'Key', permissions: ['projects:read'] }));
  ok(await owner.api.patch('/tenant/integrations', { slack: { secrets: { token: 'a secret of the integration' } } }));
  await at.world.invitationToken(owner, at.world.email('invited'));
  return { owner, member };
}

describe('a tenant that moves to an empty database', () => {
  it('an imported tenant has every row unchanged, and its members sign in with their passwords', async () => {
    const { owner, member } = await livelyOrganization(source);
    ok(await owner.api.post('/auth/mfa/totp'));
    const file = await archiveOf(owner.slug);
    await elsewhere(async (target) => {
      const result = await target.app.get(TenantImportService).importTenant(file, { moved: true });
      expect(result).toMatchObject({ organization: { id: owner.organizationId, slug: owner.slug }, users: { created: 2, kept: 0, matched: 0 }, unreadable: {} });
      expect(await rowsOf(target, owner.organizationId)).toEqual(await rowsOf(source, owner.organizationId));

      const api = target.api.as(ok(await login(target, owner.email)).body.accessToken);
      expect(ok(await api.get(`${owner.home}/projects`)).body.data).toMatchObject([{ name: 'Ünïted', assigneeId: member.userId }]);
      expect(ok(await api.get('/organizations/current')).body.id).toBe(owner.organizationId);
      ok(await login(target, member.email));
      expect((await login(target, member.email, 'a wrong password')).status).toBe(401);
    });
  });

  it('an archive keeps rows of every table and values of every type exactly', async () => {
    await elsewhere(
      async (from) => {
        await from.database.alter(withoutChecks);
        const id = await plantAwkward(from);
        const file = await archiveOf(id, from);
        const before = await rowsOf(from, id);
        for (const table of archivedTables(await Catalog.read(from.look))) expect({ table, rows: before[table]?.length }).toMatchObject({ table, rows: 1 });
        await elsewhere(async (target) => {
          await target.database.alter(withoutChecks);
          await target.app.get(TenantImportService).importTenant(file, { moved: true });
          expect(await rowsOf(target, id)).toEqual(before);
          expect(await target.rows(`select address::text, billing_address from organizations`)).toEqual([{ address: 'null', billing_address: null }]);
        });
      },
      { jobs: false },
    );
  });
});

describe('a table that somebody adds', () => {
  const tables = [
    `create type "Odd type" as enum ('a', 'it''s "b"')`,
    `create table "Odd table" (
       organization_id uuid not null references organizations on delete cascade, number integer generated always as identity, "a ""column""" "Odd type" not null,
       amount numeric, ratio float8, day date, span interval, raw json, ids uuid[], nested integer[][], doubled numeric generated always as (amount * 2) stored,
       parent integer, primary key (organization_id, number), foreign key (organization_id, parent) references "Odd table" (organization_id, number))`,
    `select app.protect_tenant_table('"Odd table"')`,
    `create function app.count_odd() returns trigger language plpgsql set search_path = pg_catalog as $$
       begin update public.organizations set version = version + 1 where id = new.organization_id; return new; end $$`,
    `create trigger count_odd after insert on "Odd table" for each row execute function app.count_odd()`,
  ];
  const planted = `insert into "Odd table" (organization_id, "a ""column""", amount, ratio, day, span, raw, ids, nested, parent)
    values ($1, 'it''s "b"', 12345678901234567890.12345678901234567890, 0.1 + 0.2::float8, '0044-03-15 BC', '1 mon -2 days 03:04:05.678',
            E'{"b": 1.0,\\n "a": "\\\\n", "b": 2}', array[gen_random_uuid(), null], '{{1,2},{3,null}}', null),
           ($1, 'a', 'NaN', '-Infinity', 'infinity', null, 'null', '{}', '{}', 1)`;

  it('an added table is included in archives, regardless of its names, types and triggers', async () => {
    await elsewhere(async (from) => {
      await from.database.alter(...tables);
      const { organizationId, slug } = await from.world.owner();
      await from.rows(planted, [organizationId]);
      const file = await archiveOf(slug, from);
      const read = async (at: Installation): Promise<string[]> =>
        (await at.rows<{ row: string }>(`select t::text as row from "Odd table" t union all select o::text from organizations o where id = $1 order by 1`, [organizationId])).map(
          // A line break between the parts of a document becomes a space.
          ({ row }) => row.replaceAll('\n', ' '),
        );
      await elsewhere(async (target) => {
        await expect(target.app.get(TenantImportService).importTenant(file)).rejects.toThrow('table Odd table, which this database does not have');
        await target.database.alter(...tables);
        await target.app.get(TenantImportService).importTenant(file);
        expect(await read(target)).toEqual(await read(from));
      });
    });
  });
});

describe('an archive', () => {
  it('an archive contains nothing of another tenant, even if a user belongs to both', async () => {
    const { owner } = await livelyOrganization(source);
    const other = await source.world.owner({ organization: 'The other company' });
    const token = await source.world.invitationToken(other, owner.email);
    ok(await owner.api.post('/invitations/accept', { token }));
    ok(await other.api.post(`${other.home}/projects`, { name: 'A secret of the other company' }));
    const content = await contentOf(await archiveOf(owner.slug));
    const foreign = Object.entries(await rowsOf(source, other.organizationId)).flatMap(([table, rows]) => (userTables.includes(table) || table === 'users' ? [] : rows));
    const ours = JSON.stringify(await rowsOf(source, owner.organizationId));
    const ids = new Set(foreign.flatMap((row) => row.match(/[0-9a-f-]{36}/g) ?? []).filter((id) => !ours.includes(id)));
    expect(ids.size).toBeGreaterThan(4);
    for (const told of [...ids, 'other company', other.email, other.slug]) expect(content).not.toContain(told);
    expect(content).toContain(owner.email);
  });

  it('the manifest lists checksums, counts, sealed columns and exclusions', async () => {
    const { owner } = await livelyOrganization(source);
    const entries = await entriesOf(await archiveOf(owner.organizationId));
    const manifest = JSON.parse(entries.get('manifest.json')?.toString() ?? '') as Manifest;
    expect(manifest).toMatchObject({ format: 'tenantry-tenant-archive', formatVersion: 1, organization: { id: owner.organizationId, slug: owner.slug } });
    expect(manifest.schema).toBe(
      readdirSync('prisma/migrations')
        .filter((name) => /^\d/.test(name))
        .sort()
        .at(-1),
    );
    expect(manifest.warnings.join()).toMatch(/credentials.*backup.*APP_SECRET/);
    expect(manifest.sealedColumns.toSorted()).toEqual(['integration_secrets.sealed', 'second_factors.secret']);
    for (const { path, rows, bytes, sha256 } of manifest.files) {
      const content = entries.get(path) ?? Buffer.alloc(0);
      expect({ bytes: content.length, rows: content.toString().split('\n').length - 1, sha256: createHash('sha256').update(content).digest('hex') }).toEqual({
        bytes,
        rows,
        sha256,
      });
    }
  });

  it('an archive includes every table of a tenant and of users, or excludes it for a reason', async () => {
    const catalog = await Catalog.read(source.look);
    const aboutUsers = catalog.foreignKeys.filter(({ table, target }) => target === 'users' && !catalog.has(table, 'organization_id')).map(({ table }) => table);
    expect([...new Set(aboutUsers)].filter((table) => !userTables.includes(table) && leftOutTables[table] === undefined)).toEqual([]);
    expect([...userTables, ...Object.keys(leftOutTables)].filter((table) => !table.includes('.') && !catalog.columns.has(table))).toEqual([]);
    const { owner } = await livelyOrganization(source);
    const { files, leftOut } = JSON.parse((await entriesOf(await archiveOf(owner.slug))).get('manifest.json')?.toString() ?? '') as Manifest;
    expect(files.map(({ table }) => table).toSorted()).toEqual([...archivedTables(catalog), ...userTables, 'organizations', 'users'].toSorted());
    expect(leftOut).toEqual(leftOutTables);
  });

  it('an archive is a consistent snapshot despite concurrent writes', async () => {
    const { owner } = await livelyOrganization(source);
    const before = await rowsOf(source, owner.organizationId);
    const file = fileNamed('moment');
    let wrote: Promise<unknown> | undefined;
    await source.app.get(TenantExportService).exportTenant(owner.slug, file, () => {
      wrote ??= source.rows(`update projects set name = 'later' where organization_id = $1`, [owner.organizationId]);
    });
    await wrote;
    expect(await source.rows(`select name from projects where organization_id = $1`, [owner.organizationId])).toEqual([{ name: 'later' }]);
    await elsewhere(async (target) => {
      await target.app.get(TenantImportService).importTenant(file);
      expect((await rowsOf(target, owner.organizationId))['projects']).toEqual(before['projects']);
    });
  });
});

describe('people who are in the other database already', () => {
  it('users who exist by id or verified address keep their password and name, and references to them are mapped', async () => {
    const { owner, member } = await livelyOrganization(source);
    await source.rows(`update organizations set address = jsonb_build_object('contact', $2::text) where id = $1`, [owner.organizationId, owner.userId]);
    const [first, second] = [await archiveOf(owner.slug), await archiveOf((await source.world.owner()).slug)];
    await elsewhere(async (target) => {
      // The owner has an account here, under another id and with another password.
      const here = ok(await target.api.post('/auth/signup', { email: owner.email, password: 'another long passphrase', name: 'Here', organization: { name: 'Here' } })).body.user;
      await target.world.verify(owner.email);
      const [before] = await target.rows('select * from users natural join (select user_id as id, password_hash from credentials) c where id = $1', [here.id]);
      const result = await target.app.get(TenantImportService).importTenant(first, { moved: true });
      expect(result.users).toEqual({ created: 1, kept: 0, matched: 1 });
      expect(await target.rows('select * from users natural join (select user_id as id, password_hash from credentials) c where id = $1', [here.id])).toEqual([before]);
      const expected = JSON.stringify(await rowsOf(source, owner.organizationId)).replaceAll(owner.userId, here.id);
      const { users: _, credentials: __, ...restored } = await rowsOf(target, owner.organizationId);
      for (const [table, rows] of Object.entries(restored)) expect(rows.toSorted()).toEqual((JSON.parse(expected) as Record<string, string[]>)[table]?.toSorted());
      expect((await login(target, owner.email)).status).toBe(401);
      const api = target.api.as(ok(await login(target, owner.email, 'another long passphrase')).body.accessToken);
      expect(ok(await api.get('/organizations')).body.data.map(({ id }: { id: string }) => id)).toContain(owner.organizationId);
      ok(await login(target, member.email));
      // A person who came with one organization is here when the next one comes.
      expect((await target.app.get(TenantImportService).importTenant(second)).users).toEqual({ created: 1, kept: 0, matched: 0 });
    });
  });

  it('a user who only asked to join is imported without credentials', async () => {
    const [owner, stranger] = await source.world.twoTenants();
    const values = [owner.organizationId, stranger.userId, stranger.email];
    await source.rows(`insert into join_requests (organization_id, id, user_id, email, name) values ($1, gen_random_uuid(), $2, $3, 'Stranger')`, values);
    const file = await archiveOf(owner.slug);
    await elsewhere(async (target) => {
      expect((await target.app.get(TenantImportService).importTenant(file)).users).toEqual({ created: 2, kept: 0, matched: 0 });
      expect((await rowsOf(target, owner.organizationId))['join_requests']).toEqual((await rowsOf(source, owner.organizationId))['join_requests']);
      expect(await target.rows('select user_id from credentials')).toEqual([{ user_id: owner.userId }]);
      expect(await target.rows('select default_organization_id as home from users where id = $1', [stranger.userId])).toEqual([{ home: null }]);
    });
  });

  it('an archive is refused if two of its users are one user in this database', async () => {
    const owner = await source.world.owner({ verified: true });
    const member = await source.world.member(owner);
    const file = await archiveOf(owner.slug);
    await elsewhere(
      async (target) => {
        // Known here: the member, by id, who has taken the owner's address.
        await target.rows(`insert into users (id, email, name, email_verified_at) values ($1, $2, 'Both', now())`, [member.userId, owner.email]);
        const before = await everything(target);
        await expect(target.app.get(TenantImportService).importTenant(file)).rejects.toThrow(`Two users of the archive match the same user of this database: ${member.userId}`);
        expect(await everything(target)).toEqual(before);
      },
      { jobs: false },
    );
  });

  it('imported users are not matched with a user who has not verified the address', async () => {
    const owner = await source.world.owner();
    const file = await archiveOf(owner.slug);
    await elsewhere(async (target) => {
      const there = await target.world.owner({ email: owner.email, verified: true });
      expect((await target.app.get(TenantImportService).importTenant(file)).users).toEqual({ created: 1, kept: 0, matched: 0 });
      expect(await target.rows('select organization_id from memberships where user_id = $1', [there.userId])).toEqual([{ organization_id: there.organizationId }]);
    });
  });
});

describe('an organization that is there already', () => {
  it('an organization that exists by id is refused, and one by slug unless it gets another slug', async () => {
    const { owner } = await livelyOrganization(source);
    const file = await archiveOf(owner.slug);
    await expect(source.app.get(TenantImportService).importTenant(file, { slug: 'another-one' })).rejects.toThrow(/already exists in this database/);
    await elsewhere(async (target) => {
      await target.world.owner({ organization: owner.slug });
      const before = await everything(target);
      await expect(target.app.get(TenantImportService).importTenant(file)).rejects.toThrow(`has the slug "${owner.slug}". Choose a different slug with --slug.`);
      await expect(target.app.get(TenantImportService).importTenant(file, { slug: 'admin' })).rejects.toThrow(/reserved/);
      await expect(target.app.get(TenantImportService).importTenant(file, { slug: 'No Slug' })).rejects.toThrow(/is not a valid slug/);
      expect(await everything(target)).toEqual(before);
      await target.app.get(TenantImportService).importTenant(file, { slug: 'moved' });
      expect(await target.rows('select slug from organizations where id = $1', [owner.organizationId])).toEqual([{ slug: 'moved' }]);
      await expect(target.app.get(TenantImportService).importTenant(file, { slug: 'moved-again' })).rejects.toThrow(/already exists in this database/);
    });
  });
});

describe('sealed values', () => {
  it('sealed values can be opened with the same secret, and are counted with a different one', async () => {
    const { owner } = await livelyOrganization(source);
    const file = await archiveOf(owner.slug);
    await elsewhere(
      async (target) => {
        expect((await target.app.get(TenantImportService).importTenant(file)).unreadable).toEqual({ integration_secrets: 1 });
      },
      { secret: 'another secret than that of the source, long enough' },
    );
  });
});
