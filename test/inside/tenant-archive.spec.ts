import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { leftOutTables, userTables } from '../../src/modules/tenants/archive/archive-contents.js';
import type { Manifest } from '../../src/modules/tenants/archive/format/archive-manifest.js';
import { TenantImportService } from '../../src/modules/tenants/archive/tenant-import.service.js';
import { archivedTables, rowsOf } from '../support/archive-rows.js';
import { Archives, livelyOrganization, login, ok } from '../support/archives.js';
import type { Installation } from '../support/installation.js';
import { Catalog } from '../support/isolation/planter.js';
import { contentOf, entriesOf } from '../support/zip.js';

let archives: Archives;
let source: Installation;
beforeAll(async () => {
  archives = await Archives.open();
  ({ source } = archives);
});
afterAll(() => archives.close());

describe('a tenant that moves to an empty database', () => {
  it('an imported tenant has every row unchanged, and its members sign in with their passwords', async () => {
    const { owner, member } = await livelyOrganization(source);
    ok(await owner.api.post('/auth/mfa/totp'));
    const file = await archives.archiveOf(owner.slug);
    await archives.elsewhere(async (target) => {
      const result = await target.app.get(TenantImportService).importTenant(file, { moved: true });
      expect(result).toMatchObject({ organization: { id: owner.organizationId, slug: owner.slug }, users: { created: 2, kept: 0, matched: 0 }, unreadable: {} });
      expect(await rowsOf(target, owner.organizationId)).toEqual(await rowsOf(source, owner.organizationId));

      const api = target.api.as(ok(await login(target, owner.email)).body.accessToken);
      expect(ok(await api.get(`${owner.home}/teams`)).body.data).toMatchObject([
        { name: 'Team', memberCount: 1 },
        { name: 'Ünïted', memberCount: 1 },
      ]);
      expect(ok(await api.get('/organizations/current')).body.id).toBe(owner.organizationId);
      ok(await login(target, member.email));
      expect((await login(target, member.email, 'a wrong password')).status).toBe(401);
    });
  });

  it('imported users are not matched with a user who has not verified the address', async () => {
    const owner = await source.world.owner();
    const file = await archives.archiveOf(owner.slug);
    await archives.elsewhere(async (target) => {
      const there = await target.world.owner({ email: owner.email, verified: true });
      expect((await target.app.get(TenantImportService).importTenant(file)).users).toEqual({ created: 1, kept: 0, matched: 0 });
      expect(await target.rows('select organization_id from memberships where user_id = $1', [there.userId])).toEqual([{ organization_id: there.organizationId }]);
    });
  });
});

describe('an archive', () => {
  it('an archive contains nothing of another tenant, even if a user belongs to both', async () => {
    const { owner } = await livelyOrganization(source);
    const other = await source.world.owner({ organization: 'The other company' });
    const token = await source.world.invitationToken(other, owner.email);
    ok(await owner.api.post('/invitations/accept', { token }));
    ok(await other.api.post(`${other.home}/teams`, { name: 'A secret of the other company' }));
    const content = await contentOf(await archives.archiveOf(owner.slug));
    const foreign = Object.entries(await rowsOf(source, other.organizationId)).flatMap(([table, rows]) => (userTables.includes(table) || table === 'users' ? [] : rows));
    const ours = JSON.stringify(await rowsOf(source, owner.organizationId));
    const ids = new Set(foreign.flatMap((row) => row.match(/[0-9a-f-]{36}/g) ?? []).filter((id) => !ours.includes(id)));
    expect(ids.size).toBeGreaterThan(4);
    for (const told of [...ids, 'other company', other.email, other.slug]) expect(content).not.toContain(told);
    expect(content).toContain(owner.email);
  });

  it('the manifest lists checksums, counts, sealed columns and exclusions', async () => {
    const { owner } = await livelyOrganization(source);
    const entries = await entriesOf(await archives.archiveOf(owner.organizationId));
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
    const { files, leftOut } = JSON.parse((await entriesOf(await archives.archiveOf(owner.slug))).get('manifest.json')?.toString() ?? '') as Manifest;
    expect(files.map(({ table }) => table).toSorted()).toEqual([...archivedTables(catalog), ...userTables, 'organizations', 'users'].toSorted());
    expect(leftOut).toEqual(leftOutTables);
  });
});
