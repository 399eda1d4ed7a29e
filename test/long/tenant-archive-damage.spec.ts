import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { copyFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { archiveLimits } from '../../src/modules/tenants/archive/format/archive-limits.js';
import { TenantExportService } from '../../src/modules/tenants/archive/tenant-export.service.js';
import { TenantImportService } from '../../src/modules/tenants/archive/tenant-import.service.js';
import { everything } from '../support/archive-rows.js';
import { Installation } from '../support/installation.js';
import type { Person } from '../support/world.js';
import { entriesOf, manifestIn, patch, rewrite, setManifest, writeZip } from '../support/zip.js';

let folder: string;
let good: string;
let owner: Person;
let target: Installation;
let bystander: Person;
let entries: Map<string, Buffer>;
let untouched: unknown;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-damage-'));
  good = path.join(folder, 'good.zip');
  const source = await Installation.start();
  owner = await source.world.owner();
  const { userId } = await source.world.member(owner);
  for (const name of ['One', 'Two']) {
    const { body } = await owner.api.post(`${owner.home}/teams`, { name });
    await owner.api.put(`${owner.home}/teams/${body.id}/members/${userId}`);
  }
  await source.app.get(TenantExportService).exportTenant(owner.slug, good);
  await source.end();
  target = await Installation.start({ jobs: false });
  bystander = await target.world.owner();
  untouched = await everything(target);
});
afterAll(async () => {
  await target.end();
  await rm(folder, { recursive: true, force: true });
});
/** Takes away what a test has restored. */
async function forget(): Promise<void> {
  await target.rows('delete from organizations where id = $1', [owner.organizationId]);
  await target.rows('delete from users where not exists (select from memberships where user_id = users.id)');
}
afterEach(forget);
beforeEach(async () => {
  entries = await entriesOf(good);
});

const restore = (file: string, limits = archiveLimits): Promise<unknown> => target.app.get(TenantImportService).importTenant(file, { limits });
const saved = (): Promise<string> => writeZip(path.join(folder, `${randomUUID()}.zip`), entries);
const edit = (change: (manifest: any) => unknown): void => setManifest(entries, change(structuredClone(manifestIn(entries))));

/** The file is refused, for the reason that is expected, and nothing was written. */
async function expectRefused(file: string, reason: RegExp, limits = archiveLimits): Promise<void> {
  const error: unknown = await restore(file, limits).then(
    () => undefined,
    (refusal: unknown) => refusal,
  );
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: expect.stringMatching(/^(BadArchiveError|ArchiveConflictError)$/), message: expect.stringMatching(reason) });
  expect(await everything(target)).toEqual(untouched);
}

describe('a file that is no whole archive', () => {
  it('a file that is empty, truncated or no archive is refused', async () => {
    const file = path.join(folder, 'other');
    for (const content of ['', 'not a zip', 'PK\u0003\u0004']) {
      await writeFile(file, content);
      await expectRefused(file, /is not a zip file/);
    }
    const { length } = await readFile(good);
    for (const size of [length - 1, length - 30, Math.floor(length / 2), 10]) {
      await copyFile(good, file);
      await truncate(file, size);
      await expectRefused(file, /is not a zip file/);
    }
    await expect(restore(path.join(folder, 'nowhere.zip'))).rejects.toThrow(/ENOENT/);
  });

  it('an archive with changed bytes is refused', async () => {
    rewrite(entries, 'teams', (content) => content.replace('"One"', `"${randomBytes(100_000).toString('hex')}"`));
    const file = await saved();
    const bytes = await readFile(file);
    for (const share of [0.3, 0.5, 0.7]) {
      const flipped = Buffer.from(bytes);
      const at = Math.floor(bytes.length * share);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 0xff, at);
      await writeFile(file, flipped);
      await expectRefused(file, /./);
    }
  });

  it('an archive with a missing, additional or escaping file is refused', async () => {
    const [{ path: first } = { path: '' }] = manifestIn(entries).files;
    const content = entries.get(first) ?? Buffer.alloc(0);
    entries.delete(first);
    await expectRefused(await saved(), new RegExp(`${first} is missing`));
    entries.set(first, content).set('tables/more.ndjson', Buffer.from('{}\n'));
    await expectRefused(await saved(), /contains tables\/more\.ndjson, which is not in manifest\.json/);
    entries.delete('tables/more.ndjson');
    entries.set('tables/xx/xx/xx/etc.ndjson', Buffer.from('{}\n'));
    const leading = await saved();
    await patch(leading, 'tables/xx/xx/xx/etc.ndjson', 'tables/../../../etc.ndjson');
    await expectRefused(leading, /invalid relative path/);
    entries.delete('tables/xx/xx/xx/etc.ndjson');
    entries.set('xtc/passwd.ndjson', Buffer.from('{}\n'));
    const absolute = await saved();
    await patch(absolute, 'xtc/passwd.ndjson', '/tc/passwd.ndjson');
    await expectRefused(absolute, /absolute path/);
    entries.delete('xtc/passwd.ndjson');
    edit((manifest) => ({ ...manifest, files: [{ ...manifest.files[0], path: '../../etc/passwd' }] }));
    await expectRefused(await saved(), /files\/0\/path/);
  });

  it('an archive with two files of the same name is refused', async () => {
    entries.set('tables/teamz.ndjson', Buffer.from('{}\n'));
    const file = await saved();
    await patch(file, 'tables/teamz.ndjson', 'tables/teams.ndjson');
    await expectRefused(file, /tables\/teams\.ndjson twice/);
  });
});

describe('a manifest', () => {
  it('an archive with a missing, invalid or newer manifest is refused', async () => {
    entries.set('manifest.json', Buffer.from('{'));
    await expectRefused(await saved(), /manifest\.json is not valid JSON/);
    for (const content of ['[]', 'null', '{"format":"another"}', '{}']) {
      entries.set('manifest.json', Buffer.from(content));
      await expectRefused(await saved(), /manifest\.json is not the manifest of a tenantry archive/);
    }
    entries.delete('manifest.json');
    await expectRefused(await saved(), /has no manifest\.json/);
    entries = await entriesOf(good);
    const manifest = manifestIn(entries);
    setManifest(entries, { ...manifest, formatVersion: 2 });
    await expectRefused(await saved(), /has format 2, but this version of tenantry reads format 1/);
    setManifest(entries, { ...manifest, organization: { ...manifest.organization, id: `' or true --` } });
    await expectRefused(await saved(), /organization\/id/);
    setManifest(entries, { ...manifest, files: [...manifest.files, manifest.files[0]] });
    await expectRefused(await saved(), /twice/);
  });

  it('an archive of a newer schema, or with unknown tables or columns, is refused', async () => {
    const manifest = manifestIn(entries);
    setManifest(entries, { ...manifest, schema: '20991231235959_from_the_future' });
    await expectRefused(await saved(), /schema 20991231235959_from_the_future, but this database has .* npx tenantry db:migrate/);
    edit(() => ({ ...manifest, files: manifest.files.map((file) => (file.table === 'teams' ? { ...file, table: 'rockets' } : file)) }));
    await expectRefused(await saved(), /table rockets, which this database does not have/);
    rewrite((entries = await entriesOf(good)), 'teams', (content) => content.replace('{', '{"thrust":1,'), [
      ...(manifest.files.find(({ table }) => table === 'teams')?.columns ?? []),
      'thrust',
    ]);
    await expectRefused(await saved(), /column teams\.thrust, which this database does not have/);
  });

  it('an archive of a development version with the foundation schema is not refused for its schema', async () => {
    edit((manifest) => ({
      ...manifest,
      schema: '20261121091700_usage_reports',
      files: manifest.files.map((file: { table: string }) => (file.table === 'teams' ? { ...file, table: 'rockets' } : file)),
    }));
    await expectRefused(await saved(), /table rockets, which this database does not have/);
  });

  it('an archive cannot import excluded rows: operators, sessions, mail', async () => {
    for (const table of ['platform_admins', 'sessions', 'mail_messages', 'organizations_of_all', '_prisma_migrations', 'pgboss.job']) {
      entries = await entriesOf(good);
      edit((manifest) => ({ ...manifest, files: manifest.files.map((file: { table: string }) => (file.table === 'teams' ? { ...file, table } : file)) }));
      await expectRefused(await saved(), /which this database does not have/);
    }
  });
});

describe('rows', () => {
  it('changed rows are detected by their checksum, and wrong counts by the number of rows', async () => {
    const { path: teams } = manifestIn(entries).files.find(({ table }) => table === 'teams') ?? { path: '' };
    const content = entries.get(teams)?.toString() ?? '';
    entries.set(teams, Buffer.from(content.replace('"One"', '"Won"')));
    await expectRefused(await saved(), /teams\.ndjson: the SHA-256 checksum does not match the manifest/);
    entries.set(teams, Buffer.from(content));
    edit((manifest) => ({
      ...manifest,
      files: manifest.files.map((file: { table: string; rows: number }) => (file.table === 'teams' ? { ...file, rows: file.rows + 1 } : file)),
    }));
    await expectRefused(await saved(), /teams\.ndjson: the file has 2 rows in \d+ bytes, but the manifest has 3/);
  });

  it.each<[string, (content: string) => string, RegExp, string?]>([
    ['no JSON', (content) => content.replace('{', '{{'), /a line is not valid JSON/],
    ['no object', () => '[]\n', /a line is not a JSON object/],
    ['an unknown column', (content) => content.replace('{', '{"thrust":1,'), /column "thrust" that is not in the manifest/],
    ['no end', (content) => content.trimEnd(), /the last line does not end/],
    ['an empty line', (content) => `${content}\n`, /a line is not valid JSON/],
    ['a NUL', (content) => content.replace('"One"', String.raw`"O\u0000ne"`), /The database rejected rows/],
    ['a half character', (content) => content.replace('"One"', String.raw`"\ud800"`), /The database rejected rows/],
    [
      'a value of another type',
      (content) => content.replace(/"created_at":"[^"]*"/, '"created_at":"yesterday or so"'),
      /a row has the value "yesterday or so" in the column created_at/,
    ],
    ['a missing value', (content) => content.replace('"name":"One",', ''), /The database rejected rows.*"name"/],
    ['a forbidden value', (content) => content.replace('"One"', '""'), /teams_name_check/],
    ['a reference to nothing', (content) => content.replace(/"team_id":"[^"]*"/, `"team_id":"${randomUUID()}"`), /team_members_organization_id_team_id_fkey/, 'team_members'],
    ['twice the same', (content) => content + content, /must be unique/],
    [
      'values that the database changes',
      (content) => content.replace(/"created_at":"[^"]*"/, '"created_at":"2026-01-01T00:00:00.1234567+00:00"'),
      /the stored rows differ from the archive/,
    ],
  ])('with %s are refused', async (_, change, reason, table = 'teams') => {
    rewrite(entries, table, change);
    await expectRefused(await saved(), reason);
  });

  it.each([
    ['teams', 'created_at', 'infinity'],
    ['teams', 'created_at', '-infinity'],
    ['teams', 'created_at', '2027-W05-4'],
    ['teams', 'created_at', '2027-02-05 06:41:02'],
    ['teams', 'created_at', '0044-03-15 12:00:00+00 BC'],
    ['organizations', 'timezone', 'Mars/Olympus'],
    ['organizations', 'timezone', 'europe/berlin'],
    ['organizations', 'locale', 'POSIX'],
  ])('a row of %s whose %s is %s is refused', async (table, column, value) => {
    rewrite(entries, table, (content) => content.replace(new RegExp(`"${column}":"[^"]*"`), `"${column}":${JSON.stringify(value)}`));
    await expectRefused(await saved(), new RegExp(`${table}: a row has the value .* in the column ${column}`));
  });

  it('rows that are not UTF-8 are refused', async () => {
    rewrite(entries, 'teams', (content) => content.replace('One', '\u00e9\u00e9'));
    const { path: teams } = manifestIn(entries).files.find(({ table }) => table === 'teams') ?? { path: '' };
    const bytes = Buffer.from((entries.get(teams) ?? Buffer.alloc(0)).toString('utf8'), 'latin1');
    entries.set(teams, bytes);
    edit((manifest) => ({
      ...manifest,
      files: manifest.files.map((file: { table: string }) =>
        file.table === 'teams' ? { ...file, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') } : file,
      ),
    }));
    await expectRefused(await saved(), /not valid for encoding utf-8/);
  });

  it('rows of another organization are refused', async () => {
    const foreign = (content: string): string => content.replaceAll(`"organization_id":"${owner.organizationId}"`, `"organization_id":"${bystander.organizationId}"`);
    rewrite(entries, 'teams', foreign);
    await expectRefused(await saved(), /belongs to another organization/);
    entries = await entriesOf(good);
    rewrite(entries, 'organizations', (content) => content.replace(`"id":"${owner.organizationId}"`, `"id":"${bystander.organizationId}"`));
    await expectRefused(await saved(), /belongs to another organization/);
    entries = await entriesOf(good);
    rewrite(entries, 'organizations', (content) => content + content);
    await expectRefused(await saved(), /2 rows but must have exactly one/);
    entries = await entriesOf(good);
    const managedElsewhere = (line: string): string => {
      const account = { id: randomUUID(), email: null, email_verified_at: null, managed_by_id: bystander.organizationId, user_name: 'ada.l' };
      return JSON.stringify({ ...(JSON.parse(line) as object), ...account });
    };
    rewrite(entries, 'users', (content) => `${content}${managedElsewhere(content.split('\n')[0] ?? '')}\n`);
    await expectRefused(await saved(), /managed account .* belongs to another organization/);
  });

  it('an archive cannot change the password of an existing user, or set one for a non-member', async () => {
    const [credentials] = await target.rows<{ password_hash: string }>('select password_hash from credentials where user_id = $1', [bystander.userId]);
    rewrite(entries, 'credentials', (content) => content.replace(owner.userId, bystander.userId));
    await restore(await saved());
    expect(await target.rows('select password_hash from credentials where user_id = $1', [bystander.userId])).toEqual([credentials]);
    expect(await target.rows('select from credentials where user_id = $1', [owner.userId])).toEqual([]);
    await forget();
    expect(await everything(target)).toEqual(untouched);
  });

  it('rows that use keys that the catalog lacks are refused', async () => {
    rewrite(entries, 'memberships', (content) => content.replace('"role":"member"', '"role":"astronaut"'));
    await expectRefused(await saved(), /catalog of this installation lacks entries that the organization uses: role "astronaut" of members \(1\)/);
  });
});

describe('too much', () => {
  it('an archive with too many files, bytes or lines, or a zip bomb, is refused', async () => {
    await expectRefused(good, /files, more than 3/, { ...archiveLimits, files: 3 });
    await expectRefused(good, /unpacked size of \d+ bytes/, { ...archiveLimits, totalBytes: 100 });
    await expectRefused(good, /a line is longer than 100 bytes/, { ...archiveLimits, lineBytes: 100 });
    await expectRefused(good, /manifest\.json is too large/, { ...archiveLimits, manifestBytes: 100 });
    rewrite(entries, 'teams', (content) => content.replace('"One"', `"${'a'.repeat(64 * 1024 * 1024)}"`));
    await expectRefused(await saved(), /unpacked size of \d+ bytes/);
    await expectRefused(await saved(), /a line is longer than \d+ bytes/, { ...archiveLimits, ratio: 10_000 });
  }, 60_000);

  it('an archive with a file that declares a false size is refused', async () => {
    rewrite(entries, 'teams', (content) => content + ' '.repeat(1_000_000));
    const file = await saved();
    const bytes = await readFile(file);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(manifestIn(entries).files.find(({ table }) => table === 'teams')?.bytes ?? 0);
    const small = Buffer.alloc(4);
    small.writeUInt32LE(10);
    for (let at = bytes.indexOf(size); at !== -1; at = bytes.indexOf(size, at + 1)) small.copy(bytes, at);
    await writeFile(file, bytes);
    await expectRefused(file, /too many bytes in the stream/);
  });
});

describe('an older archive', () => {
  it('an older archive gets defaults for missing columns and tables', async () => {
    const { columns } = manifestIn(entries).files.find(({ table }) => table === 'teams') ?? { columns: [] };
    rewrite(
      entries,
      'teams',
      (content) => content.replaceAll(/"updated_at":"[^"]*",?/g, '').replaceAll(',}', '}'),
      columns.filter((name) => name !== 'updated_at'),
    );
    const { path: places } = manifestIn(entries).files.find(({ table }) => table === 'team_members') ?? { path: '' };
    entries.delete(places);
    edit((manifest) => ({ ...manifest, schema: '20261121090100_tables', files: manifest.files.filter(({ table }: { table: string }) => table !== 'team_members') }));
    await restore(await saved());
    expect(
      await target.rows('select name, updated_at > now() - $2::interval as fresh from teams where organization_id = $1 order by name', [owner.organizationId, '1 minute']),
    ).toEqual([
      { name: 'One', fresh: true },
      { name: 'Two', fresh: true },
    ]);
  });
});
