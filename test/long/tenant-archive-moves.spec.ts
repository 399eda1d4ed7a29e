import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TenantExportService } from '../../src/modules/tenants/archive/tenant-export.service.js';
import { TenantImportService } from '../../src/modules/tenants/archive/tenant-import.service.js';
import { archivedTables, everything, plantAwkward, rowsOf } from '../support/archive-rows.js';
import { Archives, livelyOrganization, login, ok } from '../support/archives.js';
import type { Installation } from '../support/installation.js';
import { Catalog, withoutChecks } from '../support/isolation/planter.js';

let archives: Archives;
let source: Installation;
beforeAll(async () => {
  archives = await Archives.open();
  ({ source } = archives);
});
afterAll(() => archives.close());

/** Constraints are dropped here, which jobs of the start would lock against. */
const withoutJobs = { jobs: false };

describe('the rows of an archive', () => {
  it('an archive keeps rows of every table and values of every type exactly', async () => {
    await archives.elsewhere(async (from) => {
      await from.database.alter(withoutChecks);
      const id = await plantAwkward(from);
      const file = await archives.archiveOf(id, from);
      const before = await rowsOf(from, id);
      for (const table of archivedTables(await Catalog.read(from.look))) expect({ table, rows: before[table]?.length }).toMatchObject({ table, rows: 1 });
      await archives.elsewhere(async (target) => {
        await target.database.alter(withoutChecks);
        await target.app.get(TenantImportService).importTenant(file, { moved: true });
        expect(await rowsOf(target, id)).toEqual(before);
        expect(await target.rows(`select address::text, billing_address from organizations`)).toEqual([{ address: 'null', billing_address: null }]);
      }, withoutJobs);
    }, withoutJobs);
  });

  it('an archive is a consistent snapshot despite concurrent writes', async () => {
    const { owner } = await livelyOrganization(source);
    const before = await rowsOf(source, owner.organizationId);
    const file = archives.fileNamed('moment');
    let wrote: Promise<unknown> | undefined;
    await source.app.get(TenantExportService).exportTenant(owner.slug, file, () => {
      wrote ??= source.rows(`update teams set description = 'later' where organization_id = $1`, [owner.organizationId]);
    });
    await wrote;
    expect(await source.rows(`select distinct description from teams where organization_id = $1`, [owner.organizationId])).toEqual([{ description: 'later' }]);
    await archives.elsewhere(async (target) => {
      await target.app.get(TenantImportService).importTenant(file);
      expect((await rowsOf(target, owner.organizationId))['teams']).toEqual(before['teams']);
    });
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
    await archives.elsewhere(async (from) => {
      await from.database.alter(...tables);
      const { organizationId, slug } = await from.world.owner();
      await from.rows(planted, [organizationId]);
      const file = await archives.archiveOf(slug, from);
      const read = async (at: Installation): Promise<string[]> =>
        (await at.rows<{ row: string }>(`select t::text as row from "Odd table" t union all select o::text from organizations o where id = $1 order by 1`, [organizationId])).map(
          // A line break between the parts of a document becomes a space.
          ({ row }) => row.replaceAll('\n', ' '),
        );
      await archives.elsewhere(async (target) => {
        await expect(target.app.get(TenantImportService).importTenant(file)).rejects.toThrow('table Odd table, which this database does not have');
        await target.database.alter(...tables);
        await target.app.get(TenantImportService).importTenant(file);
        expect(await read(target)).toEqual(await read(from));
      });
    });
  });
});

describe('people who are in the other database already', () => {
  it('users who exist by id or verified address keep their password and name, and references to them are mapped', async () => {
    const { owner, member } = await livelyOrganization(source);
    await source.rows(`update organizations set address = jsonb_build_object('street', $2::text) where id = $1`, [owner.organizationId, owner.userId]);
    const [first, second] = [await archives.archiveOf(owner.slug), await archives.archiveOf((await source.world.owner()).slug)];
    await archives.elsewhere(async (target) => {
      // The owner has an account here, under another id and with another password.
      const here = ok(await target.api.post('/auth/signup', { email: owner.email, password: 'another long passphrase', name: 'Here', organization: { name: 'Here' } })).body.user;
      await target.world.verify(owner.email, 'another long passphrase');
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
    const file = await archives.archiveOf(owner.slug);
    await archives.elsewhere(async (target) => {
      expect((await target.app.get(TenantImportService).importTenant(file)).users).toEqual({ created: 2, kept: 0, matched: 0 });
      expect((await rowsOf(target, owner.organizationId))['join_requests']).toEqual((await rowsOf(source, owner.organizationId))['join_requests']);
      expect(await target.rows('select user_id from credentials')).toEqual([{ user_id: owner.userId }]);
      expect(await target.rows('select default_organization_id as home from users where id = $1', [stranger.userId])).toEqual([{ home: null }]);
    });
  });

  it('two users of directories with one account are imported with the account that it is here', async () => {
    const { owner } = await livelyOrganization(source);
    for (const [name, userName, deletedAt] of [
      ['Former', null, '2026-01-01'],
      ['Present', 'ann', null],
    ]) {
      const [directory] = await source.rows<{ id: string }>(`insert into directories (organization_id, id, name, role) values ($1, gen_random_uuid(), $2, 'member') returning id`, [
        owner.organizationId,
        name,
      ]);
      await source.rows(
        `insert into directory_users (organization_id, id, directory_id, user_name, external_id, active, user_id, deleted_at) values ($1, gen_random_uuid(), $2, $3, 'ann', $4, $5, $6)`,
        [owner.organizationId, directory?.id, userName, deletedAt === null, owner.userId, deletedAt],
      );
    }
    const file = await archives.archiveOf(owner.slug);
    await archives.elsewhere(async (target) => {
      const here = ok(await target.api.post('/auth/signup', { email: owner.email, password: 'another long passphrase', name: 'Here', organization: { name: 'Here' } })).body.user;
      await target.world.verify(owner.email, 'another long passphrase');
      await target.app.get(TenantImportService).importTenant(file, { moved: true });
      const [before, after] = [await rowsOf(source, owner.organizationId), await rowsOf(target, owner.organizationId)];
      expect(after['directory_users']?.toSorted()).toEqual(before['directory_users']?.map((row) => row.replaceAll(owner.userId, here.id)).toSorted());
    });
  });

  it('an archive is refused if two of its users are one user in this database', async () => {
    const owner = await source.world.owner({ verified: true });
    const member = await source.world.member(owner);
    const file = await archives.archiveOf(owner.slug);
    await archives.elsewhere(
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
});

describe('an organization that is there already', () => {
  it('an organization that exists by id is refused, and one by slug unless it gets another slug', async () => {
    const { owner } = await livelyOrganization(source);
    const file = await archives.archiveOf(owner.slug);
    await expect(source.app.get(TenantImportService).importTenant(file, { slug: 'another-one' })).rejects.toThrow(/already exists in this database/);
    await archives.elsewhere(async (target) => {
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
    const file = await archives.archiveOf(owner.slug);
    await archives.elsewhere(
      async (target) => {
        expect((await target.app.get(TenantImportService).importTenant(file)).unreadable).toEqual({ integration_secrets: 1 });
      },
      { secret: 'another secret than that of the source, long enough' },
    );
  });
});
