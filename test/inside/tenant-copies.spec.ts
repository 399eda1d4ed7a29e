import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toNewFile } from '../../src/modules/tenants/archive/format/archive-writer.js';
import { TenantExportService } from '../../src/modules/tenants/archive/tenant-export.service.js';
import { TenantImportService } from '../../src/modules/tenants/archive/tenant-import.service.js';
import { rowsOf } from '../support/archive-rows.js';
import { Archives, livelyOrganization, login, ok } from '../support/archives.js';
import type { Installation } from '../support/installation.js';
import { contentOf, entriesOf } from '../support/zip.js';

let archives: Archives;
let source: Installation;
beforeAll(async () => {
  archives = await Archives.open();
  ({ source } = archives);
});
afterAll(() => archives.close());

const restore = (file: string, slug: string): Promise<{ organization: { id: string; slug: string } }> =>
  source.app.get(TenantImportService).importTenant(file, { newId: true, slug });

/** The rows of the tables of an archive, with one id for its organization, and without the columns that differ in a copy. */
async function tablesOf(file: string, organizationId: string): Promise<Record<string, unknown[]>> {
  const left: Readonly<Record<string, readonly string[]>> = { organizations: ['slug'], subscriptions: ['provider_detached', 'version', 'updated_at'] };
  const tables: Record<string, unknown[]> = {};
  for (const [name, content] of await entriesOf(file)) {
    const table = /^tables\/(.+)\.ndjson$/.exec(name)?.[1];
    if (table === undefined || table === 'domains') continue;
    const lines = content.toString().replaceAll(organizationId, 'the organization').split('\n').slice(0, -1);
    tables[table] = lines.map((line) => Object.fromEntries(Object.entries(JSON.parse(line) as object).filter(([column]) => left[table]?.includes(column) !== true)));
  }
  return tables;
}

describe('a tenant that is restored under a new id', () => {
  it('export, import and export give the same rows, next to the original, which does not change', async () => {
    const { owner } = await livelyOrganization(source);
    const other = await source.world.owner();
    await source.rows(
      `insert into domains (organization_id, id, kind, name, verified_at, grade, dns_token, updated_at) values ($1, gen_random_uuid(), 'host', $2, now(), 'ownership', 'token', now())`,
      [owner.organizationId, `${owner.slug}.example.com`],
    );
    const first = await archives.archiveOf(owner.slug);
    const [original, others] = [await rowsOf(source, owner.organizationId), await rowsOf(source, other.organizationId)];
    const copy = (await restore(first, `${owner.slug}-copy`)).organization;
    expect(copy.id).not.toBe(owner.organizationId);
    const second = await archives.archiveOf(copy.slug);
    expect(await tablesOf(second, copy.id)).toEqual(await tablesOf(first, owner.organizationId));
    expect(await contentOf(second)).not.toContain(owner.organizationId);
    const { id, slug } = (await restore(second, `${owner.slug}-copy-2`)).organization;
    expect(await tablesOf(await archives.archiveOf(slug), id)).toEqual(await tablesOf(second, copy.id));
    for (const [tenant, rows] of [
      [owner, original],
      [other, others],
    ] as const)
      expect(await rowsOf(source, tenant.organizationId)).toEqual(rows);
    const api = source.api.as(ok(await login(source, owner.email)).body.accessToken);
    expect(
      ok(await api.get('/organizations'))
        .body.data.map((organization: { id: string }) => organization.id)
        .toSorted(),
    ).toEqual([owner.organizationId, copy.id, id].toSorted());
    expect(ok(await api.get(`/organizations/${copy.id}/teams`)).body.data).toHaveLength(2);
    ok(await api.delete(`/organizations/${copy.id}/teams/${ok(await api.get(`/organizations/${copy.id}/teams`)).body.data[0].id}`));
    expect(ok(await api.get(`${owner.home}/teams`)).body.data).toHaveLength(2);
  });

  it('has managed accounts of its own, which sign in to it with the same names and passwords', async () => {
    const owner = await source.world.owner();
    const password = 'seven green lamps sing';
    const made = ok(await owner.api.post(`${owner.home}/managed-accounts`, { userName: 'ada.l', name: 'Ada', role: 'member', password }));
    const logIn = async (organization: string): Promise<string> => {
      const { accessToken } = ok(await source.api.post('/auth/login', { userName: 'ada.l', organization, password })).body;
      return ok(await source.api.as(accessToken).get('/auth/me')).body.user.id;
    };
    const file = await archives.archiveOf(owner.slug);
    const copy = (await restore(file, `${owner.slug}-copy`)).organization;
    const ids = [await logIn(owner.slug), await logIn(copy.slug)];
    expect(ids[0]).toBe(made.body.userId);
    expect(new Set(ids).size).toBe(2);
    expect(await source.rows('select user_id from memberships where organization_id = $1 and user_id = any($2)', [copy.id, ids])).toEqual([{ user_id: ids[1] }]);
  });

  it('keeps the ids of the payment provider with the original', async () => {
    const owner = await source.world.owner();
    await source.rows(`update subscriptions set provider = 'stripe', provider_customer_id = 'cus_1', provider_subscription_id = 'sub_1' where organization_id = $1`, [
      owner.organizationId,
    ]);
    const { id } = (await restore(await archives.archiveOf(owner.slug), `${owner.slug}-copy`)).organization;
    const subscriptions = await source.rows<object>(
      `select provider, provider_customer_id as customer, provider_subscription_id as subscription from subscriptions where organization_id = any($1) order by created_at, provider desc`,
      [[owner.organizationId, id]],
    );
    expect(subscriptions).toEqual([
      { provider: 'stripe', customer: 'cus_1', subscription: 'sub_1' },
      { provider: 'manual', customer: null, subscription: null },
    ]);
  });

  it('is refused with a slug that is taken, and for an organization that moves', async () => {
    const owner = await source.world.owner();
    const file = await archives.archiveOf(owner.slug);
    await expect(restore(file, owner.slug)).rejects.toThrow(`Another organization has the slug "${owner.slug}"`);
    await expect(source.app.get(TenantImportService).importTenant(file, { newId: true, moved: true })).rejects.toThrow('keeps its id');
  });
});

it('an archive without credentials is restored: its members set a new password', async () => {
  const { owner } = await livelyOrganization(source);
  const file = archives.fileNamed('without-credentials');
  await source.app.get(TenantExportService).writeTenant(owner.slug, toNewFile(file), { credentials: false });
  await archives.elsewhere(async (target) => {
    expect((await target.app.get(TenantImportService).importTenant(file)).users).toEqual({ created: 2, kept: 0, matched: 0 });
    expect((await login(target, owner.email)).status).toBe(401);
    expect(await target.rows('select user_id from credentials')).toEqual([]);
    expect(await target.rows('select name from teams order by name')).toEqual([{ name: 'Team' }, { name: 'Ünïted' }]);
  });
});
