import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { createClient, type TenantryClient, type TenantryError } from '@tenantry/sdk';
import { ServerProcess } from '../support/process.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { testSecret } from '../support/secret.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-demo-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a script as `npm run` does, in a folder. */
async function run(script: string, { port, cwd = '.', ...env }: { port: number; cwd?: string; NODE_ENV?: string }, ...args: string[]) {
  const child = spawn(process.execPath, [path.resolve(`scripts/${script}.mjs`), ...args], { cwd, env: { PATH: process.env['PATH'], PORT: String(port), ...env } });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { out, err, code: code as number };
}

describe.each(['default', 'toolboxai', 'quizmarker', 'mercura', 'knowton'])('on the catalog %s', (catalog) => {
  let database: ScratchDatabase;
  let server: ServerProcess;
  beforeAll(async () => {
    database = await scratchDatabase();
    server = await ServerProcess.start({
      APP_SECRET: testSecret,
      CATALOG: catalog,
      PLATFORM_ADMIN_PASSWORD: 'a long passphrase',
      DATA_DIR: path.join(folder, catalog),
      DATABASE_URL: database.app,
      DATABASE_PLATFORM_URL: database.platform,
    });
  }, 60_000);
  afterAll(async () => {
    await server.end('SIGTERM');
    await database.drop();
  });

  it('npm run demo passes every check, on another port, with a DATA_DIR that only the server knows', async () => {
    const { out, code } = await run('demo', server);
    const checks = out.match(/^ {2}✓ /gm)?.length ?? 0;
    expect({ code, failed: out.match(/^ {2}✗ .*/gm), checks }).toEqual({ code: 0, failed: null, checks: expect.any(Number) });
    expect(out).toContain(`All ${checks} checks passed.`);
    expect(checks).toBeGreaterThan(40);
  }, 60_000);

  it('npm run seed:demo leaves a company with a log-in for every role of the catalog, and changes nothing when it runs again', async () => {
    const first = await run('seed-demo', server);
    expect(first).toMatchObject({ code: 0, err: '' });
    const [, password = ''] = /with the password "(.+)":/.exec(first.out) ?? [];
    const logIns = [...first.out.matchAll(/^ {4}(\S+@demo\.example) +(\S+)$/gm)].map(([, email = '', role = '']) => ({ email, role }));
    const roles = await Promise.all(
      logIns.map(async ({ email, role }) => {
        const client = createClient({ url: server.url });
        await client.logIn({ body: { email, password } });
        const me = await client.getMe();
        expect(me).toMatchObject({ user: { email }, role, activeOrganization: { slug: 'demo-company' } });
        return role;
      }),
    );

    const owner = createClient({ url: server.url });
    await owner.logIn({ body: { email: 'owner@demo.example', password } });
    const company = owner.forOrganization((await owner.getMe()).activeOrganization?.id ?? '');
    const ofCatalog = (await company.listRoles()).data.map(({ key }) => key);
    expect([...new Set(roles)].sort()).toEqual(ofCatalog.sort());
    expect(await company.getSubscription()).toMatchObject({ status: 'active', amount: expect.any(Number), provider: 'manual' });
    expect((await company.getSubscription()).amount).toBeGreaterThan(0);
    const [, quota] = /^ {2}Usage +(.+)$/m.exec(first.out) ?? [];
    const close = (await company.getLimits()).data.filter(({ used, limit }) => limit !== null && used >= limit * 0.8 && used < limit);
    // Mercura has no meter that the product reports.
    const [shown, count] = catalog === 'mercura' ? [/^the catalog has no limit that the product reports$/, 0] : [/^\d+ of \d+ \(.+\)$/, 1];
    expect(quota).toMatch(shown);
    expect(close).toHaveLength(count);
    expect((await company.listTeams()).data).toMatchObject([{ name: 'Design', memberCount: 2 }]);
    expect((await company.listInvitations({ query: { status: 'pending' } })).data).toHaveLength(2);
    const [, apiKey] = /^ {2}API key +(tk_\S+) \(shown only once\)$/m.exec(first.out) ?? [];
    const byKey = await createClient({ url: server.url, ...(apiKey === undefined ? {} : { apiKey }) })
      .getLimits()
      .catch(({ code }: TenantryError) => code);
    expect(byKey).toEqual(apiKey === undefined ? 'authentication_required' : await company.getLimits());
    expect(apiKey === undefined).toBe(first.out.includes('the plan does not include API keys'));

    const before = await everythingOf(company);
    const second = await run('seed-demo', server);
    expect(second).toMatchObject({ code: 0, err: '' });
    expect(second.out).toContain('Demo Company is there already. Nothing was changed.');
    expect(await everythingOf(company)).toEqual(before);
  }, 60_000);

  it('the calls of the README, or of the page of the preset, answer as shown', async () => {
    const page = await readFile(catalog === 'default' ? 'README.md' : `docs/presets/${catalog}.md`, 'utf8');
    const [, section = ''] = /^## Try it[^\n]*\n([\s\S]*?)(?:^## |$(?![\s\S]))/m.exec(page) ?? [];
    const blocks = (language: string): string =>
      [...section.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))]
        .map(([, text = '']) => text.replaceAll('localhost:3000', `localhost:${server.port}`))
        .join('');
    const shell = spawn('bash', ['-euo', 'pipefail', '-c', blocks('sh')], { env: { PATH: process.env['PATH'] } });
    const [out, [code]] = await Promise.all([text(shell.stdout), once(shell, 'close')]);
    const lines = (output: string): string[] => output.split('\n').filter((line) => line !== '');
    expect(code).toBe(0);
    expect(lines(blocks('json'))).not.toEqual([]);
    expect(lines(out)).toEqual(lines(blocks('json')).map((line) => expect.stringMatching(patternOf(line))));
  });
});

/** A line of a page as a pattern: `…` stands for any text. */
const patternOf = (line: string): RegExp =>
  new RegExp(
    `^${line
      .split(/\s*…\s*/)
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}`,
  );

/** Everything that the demo makes. */
async function everythingOf(company: TenantryClient<true>) {
  const [members, teams, invitations, keys, limits, subscription] = await Promise.all([
    company.listMembers(),
    company.listTeams(),
    company.listInvitations(),
    company.listApiKeys(),
    company.getLimits(),
    company.getSubscription(),
  ]);
  return {
    members,
    teams,
    invitations,
    keys: keys.data.map(({ id, updatedAt }) => ({ id, updatedAt })),
    limits: limits.data.filter(({ meter }) => meter !== 'api_calls'),
    subscription,
  };
}

describe('npm run seed:demo', () => {
  it('refuses production and other machines, and says how to insist', async () => {
    const refused = { code: 1, out: '', err: expect.stringMatching(/^Refused: .+ npm run seed:demo -- --production\n$/) };
    expect(await run('seed-demo', { port: 1, NODE_ENV: 'production' })).toEqual(refused);
    expect(await run('seed-demo', { port: 1 }, 'https://api.example.com')).toEqual(refused);
    const cwd = await mkdtemp(path.join(folder, 'env-'));
    await writeFile(path.join(cwd, '.env'), 'NODE_ENV=production\n');
    expect(await run('seed-demo', { port: 1, cwd })).toEqual(refused);
  });

  it('says in one line which of its arguments is wrong', async () => {
    expect(await run('seed-demo', { port: 1 }, '--reset')).toEqual({ code: 2, out: '', err: "error: unknown option '--reset' See: npm run seed:demo -- --help\n" });
    expect(await run('seed-demo', { port: 1 }, 'production')).toEqual({ code: 2, out: '', err: expect.stringMatching(/^production is not the URL of a server\..+\n$/) });
  });

  it('says in one line how to start a server, if none runs', async () => {
    const none = { code: 1, out: '', err: expect.stringMatching(/^No tenantry server responds at http:\/\/localhost:1\. Start one with: npm start\..+\n$/) };
    expect(await run('seed-demo', { port: 1 })).toEqual(none);
    expect(await run('seed-demo', { port: 1, NODE_ENV: 'production' }, '--production')).toEqual(none);
  });
});
