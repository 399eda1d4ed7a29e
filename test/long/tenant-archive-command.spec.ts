import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rowsOf } from '../support/archive-rows.js';
import { Installation } from '../support/installation.js';
import type { Person } from '../support/world.js';

let folder: string;
let source: Installation;
let target: Installation;
let owner: Person;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-commands-'));
  source = await Installation.start({ jobs: false });
  owner = await source.world.owner();
  target = await Installation.start({ jobs: false });
});
afterAll(async () => {
  await source.end();
  await target.end();
  await rm(folder, { recursive: true, force: true });
});

const fileNamed = (name: string): string => path.join(folder, `${name}.zip`);

describe('tenant:export and tenant:import', () => {
  it('tenant:export and tenant:import move a tenant, and report it as text and JSON', async () => {
    const file = fileNamed('move');
    const exported = await source.run('tenant:export', owner.slug, '--out', file);
    expect(exported).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(new RegExp(`^Exported ${owner.slug} .*: \\d+ rows in \\d+ tables\\.\nThe archive contains credentials\\.`)),
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const asJson = await source.run('tenant:export', owner.organizationId, '--out', fileNamed('json'), '--json');
    expect(JSON.parse(asJson.out)).toMatchObject({
      file: fileNamed('json'),
      organization: { id: owner.organizationId, slug: owner.slug },
      tables: { organizations: 1, users: 1, teams: 0 },
    });

    const imported = await target.run('tenant:import', file, '--move', '--json');
    expect({ code: imported.code, err: imported.err, ...JSON.parse(imported.out) }).toMatchObject({
      code: 0,
      err: '',
      organization: { id: owner.organizationId },
      users: { created: 1, kept: 0, matched: 0 },
      unreadable: {},
    });
    expect(await rowsOf(target, owner.organizationId)).toEqual(await rowsOf(source, owner.organizationId));
  }, 60_000);

  it('tenant:export and tenant:import report problems by their exit code', async () => {
    const file = fileNamed('codes');
    expect(await source.run('tenant:export', 'nobody-here', '--out', file)).toMatchObject({
      code: 3,
      out: '',
      err: 'There is no organization with the id or slug "nobody-here".\n',
    });
    expect((await source.run('tenant:export', owner.slug, '--out', path.join(folder, 'no/such/folder.zip'))).code).toBe(1);
    expect((await source.run('tenant:export', owner.slug, '--out', file)).code).toBe(0);
    expect(await source.run('tenant:export', owner.slug, '--out', file)).toMatchObject({ code: 1, err: expect.stringContaining('already exists') });
    expect(await source.run('tenant:import', file)).toMatchObject({
      code: 6,
      out: '',
      err: expect.stringMatching(/^The organization .* already exists in this database\..*\n$/),
    });
    expect((await source.run('tenant:import', file, '--slug', 'admin')).code).toBe(6);
    await writeFile(fileNamed('junk'), 'junk');
    expect(await source.run('tenant:import', fileNamed('junk'))).toMatchObject({ code: 5, err: expect.stringContaining('is not a zip file') });
    expect((await source.run('tenant:import', fileNamed('nowhere'))).code).toBe(1);
    expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
  }, 60_000);
});

/** ROWS is for measurements (docs/backup.md). The rows have 96 MB of text together. */
const rows = Number(process.env['ROWS'] ?? 30_000);
const words = Math.round(3_000_000 / rows);

describe('a large table', () => {
  // 96 MB of text: a heap of 128 MB, most of which the application itself takes, cannot hold it.
  it('a large table is exported and imported in bounded memory', async () => {
    for (const at of [source, target]) at.nodeOptions = ['--max-old-space-size=128'];
    const small = [await source.measure('tenant:export', owner.slug, '--out', fileNamed('small'))];
    const other = await target.world.owner();
    await target.run('tenant:export', other.slug, '--out', fileNamed('other'));
    small.push(await source.measure('tenant:import', fileNamed('other')));
    const big = await source.world.owner();
    // The triggers of the table, which take most of the time, work in the database, whose memory is not measured here.
    for (const at of [source, target]) await at.database.alter('alter table teams disable trigger user');
    await source.rows(
      `insert into teams (organization_id, id, name, description) select $1, gen_random_uuid(), 'Team ' || n, repeat(md5(n::text), $3) from generate_series(1, $2) n`,
      [big.organizationId, rows, words],
    );
    const file = fileNamed('big');
    const started = performance.now();
    const exported = await source.measure('tenant:export', big.slug, '--out', file);
    const between = performance.now();
    const imported = await target.measure('tenant:import', file);
    const ended = performance.now();
    expect([exported.code, imported.code, ...small.map(({ code }) => code)]).toEqual([0, 0, 0, 0]);
    expect(await target.rows(`select count(*)::int as rows, sum(length(description))::int as length from teams`)).toEqual([{ rows, length: rows * words * 32 }]);
    const seconds = (from: number, to: number): string => ((to - from) / 1000).toFixed(1);
    const peaks = (run: { peak: number }, base: { peak: number } | undefined): string => `peak ${run.peak.toFixed()} MiB, ${base?.peak.toFixed()} MiB for an empty organization`;
    console.log(
      `${rows} rows, ${(rows * words * 32) / 1e6} MB of text, ${((await stat(file)).size / 1e6).toFixed(1)} MB packed\n` +
        `export ${seconds(started, between)} s, ${peaks(exported, small[0])}\nimport ${seconds(between, ended)} s, ${peaks(imported, small[1])}`,
    );
    for (const { peak } of [exported, imported]) expect(peak).toBeLessThan(400);
  }, 900_000);
});
