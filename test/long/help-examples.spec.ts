import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { createProgram } from '../../src/cli/program.js';
import { ProcessTerminal } from '../../src/cli/terminal.js';
import { failedMail } from '../audit/commands.js';
import { runTenantry, runTenantryWithReply, startTenantry } from '../support/command.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { signedReceipt } from '../support/receipts.js';
import { testSecret } from '../support/secret.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { missingPrograms, Shell } from '../support/shell.js';
import { codeOf } from '../support/totp.js';
import { goodPassword } from '../support/world.js';

let folder: string;
let database: ScratchDatabase;
let server: TestServer;
let look: pg.Client;
let env: Readonly<Record<string, string>>;
let operator: { readonly email: string; readonly password: string };
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-examples-'));
  database = await scratchDatabase();
  look = new pg.Client({ connectionString: database.platform });
  await look.connect();
  server = await startTestServer({ JOBS_ENABLED: 'false' }, database);
  env = {
    NODE_ENV: 'test',
    APP_SECRET: testSecret,
    APP_SECRET_PREVIOUS: testSecret,
    DATA_DIR: folder,
    DATABASE_URL: database.app,
    DATABASE_PLATFORM_URL: database.platform,
    DATABASE_OWNER_URL: database.owner,
  };
  const { email, password } = await run('admin:create', '--email', 'first@example.com');
  operator = { email, password };
});
afterAll(async () => {
  await server.close();
  await look.end();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a command that prepares an example. @returns what it prints as JSON */
async function run(...args: string[]): Promise<any> {
  const { code, out, err } = await runTenantry(env, ...args, '--json');
  expect({ args, code, err }).toEqual({ args, code: 0, err: '' });
  return JSON.parse(out);
}

/** The words of an example, and what stands for them in the database of the test. */
type Words = Readonly<Record<string, string>>;

const aTenant = async (): Promise<string> => (await server.world.owner()).slug;
const aUser = async (): Promise<string> => (await server.world.owner({ verified: true })).email;
const anOperator = async (): Promise<string> => {
  const email = server.world.email('operator');
  await run('admin:create', '--email', email);
  return email;
};
const aFile = (name: string): string => path.join(folder, `${server.world.unique()}-${name}`);
const anArchive = async (): Promise<string> => {
  const [slug, file] = [await aTenant(), aFile('acme.zip')];
  await run('tenant:export', slug, '--out', file);
  await run('tenant:delete', slug, '--hard', '--yes');
  return file;
};

/** The tables that the examples of `adopt` leave. An archive of a tenant would contain their rows, and the server does not read them yet. */
const adopted: string[] = [];

let backups = 0;

/** Prepares the database for an example of a command, and says what stands for its words: otherwise a tenant for `lincoln`, and a user for an address. */
const prepared: Readonly<Record<string, () => Promise<Words>>> = {
  doctor: async () => ({ 'postgresql://inspector@db.example/tenantry': database.owner }),
  adopt: async () => {
    const file = aFile('adopt.yaml');
    const table = `_adopted_${randomBytes(5).toString('hex')}`;
    await database.alter(`create table ${table} (id integer primary key)`, `insert into ${table} values (1)`);
    adopted.push(table);
    await writeFile(file, `organization: ${await aTenant()}\ntables: [${table}]\n`);
    await run('adopt', file);
    return { 'adopt.yaml': file };
  },
  'catalog:check': async () => {
    const file = aFile('acme.yaml');
    await copyFile('catalogs/default.yaml', file);
    return { 'path/to/acme.yaml': file };
  },
  'audit:verify': async () => ({
    '01a1fbfe-dfd7-7469-bc28-6f4aa9bf4024': (await server.world.owner()).organizationId,
    '/mnt/archive/checkpoints.txt': '/dev/null',
  }),
  'audit:erase': async () => {
    const { email, userId } = await server.world.signUp();
    return { 'ada@example.com': email, '01a1fbfe-dfd7-7469-bc28-6f4aa9bf4024': userId };
  },
  'erasure:verify': async () => ({ 'eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl': await signedReceipt(testSecret) }),
  'backup:run': async () => ({ '2026-11-29T02-00-00Z': '2026-11-28T02-00-00Z' }),
  'backup:restore': async () => {
    const slug = await aTenant();
    // A backup that has ended stays as it is: each example has one of its own.
    const backup = `2026-10-${String((backups += 1)).padStart(2, '0')}T02-00-00Z`;
    await run('backup:run', '--name', backup);
    await run('tenant:delete', slug, '--hard', '--yes');
    return { acme: slug, 'acme-before': server.world.unique('before'), '2026-11-29T02-00-00Z': backup };
  },
  'tenant:create': async () => ({ lincoln: server.world.unique('lincoln') }),
  'tenant:export': async () => ({ acme: await aTenant(), '01a1fbfe-dfd7-7469-bc28-6f4aa9bf4024': (await server.world.owner()).organizationId, 'acme.zip': aFile('acme.zip') }),
  'tenant:import': async () => ({ 'acme.zip': await anArchive(), 'acme-restored': server.world.unique('restored'), 'acme-copy': server.world.unique('copy') }),
  'users:import': async () => {
    const [csv, ndjson] = [aFile('users.csv'), aFile('users.ndjson')];
    await writeFile(csv, `email,name\n${server.world.email()},Ada\n`);
    await writeFile(ndjson, JSON.stringify({ email: server.world.email(), name: 'Ada' }));
    return { 'users.csv': csv, 'users.ndjson': ndjson, acme: await aTenant(), 'report.ndjson': aFile('report.ndjson') };
  },
  'webhooks:listen': async () => {
    const { api, home } = await server.world.owner();
    await api.patch(`${home}/subscription`, { plan: 'pro' });
    const { key } = (await api.post(`${home}/api-keys`, { name: 'Listener', permissions: ['events:read'] })).body as { key: string };
    return { 'https://app.example.com': new URL(server.url).origin, 'tk_…': key, 'member.*,team.created': 'team.created', '3600': '1' };
  },
  openapi: async () => ({ 'api.json': aFile('api.json'), 'routes.txt': aFile('routes.txt') }),
  'admin:create': async () => ({ 'operator@example.com': server.world.email('operator') }),
  'admin:password': async () => ({ 'admin@tenantry.local': await anOperator() }),
  'admin:remove': async () => ({ 'operator@example.com': await anOperator() }),
  'user:enable': async () => {
    const email = await aUser();
    await run('user:disable', email, '--yes');
    return { 'ada@example.com': email };
  },
  'tenant:provision': async () => {
    const slug = server.world.unique('lincoln');
    await run('tenant:create', '--name', 'Lincoln', '--slug', slug, '--email', server.world.email(), '--skip-provision');
    return { lincoln: slug };
  },
  'tenant:activate': async () => {
    const slug = await aTenant();
    await run('tenant:suspend', slug);
    return { lincoln: slug };
  },
  'tenant:restore': async () => {
    const slug = await aTenant();
    await run('tenant:delete', slug, '--yes');
    return { lincoln: slug };
  },
  'tenant:domain-release': async () => {
    const { api, slug } = await server.world.owner();
    const domain = `${server.world.unique('learn')}.example`;
    await api.post('/tenant/domains', { kind: 'email', domain });
    return { lincoln: slug, 'learn.example.com': domain };
  },
  'tenant:deprovision': async () => ({ lincoln: await aTenant(), 'lincoln.zip': aFile('lincoln.zip') }),
};
for (const name of ['service-key:rotate', 'service-key:revoke']) {
  Object.assign(prepared, {
    [name]: async () => ({ '01a21db0-0c18-7010-9be0-158f952d999d': (await run('service-key:create', '--name', 'Backend', '--scope', 'usage:read')).id }),
  });
}
for (const name of ['mail:show', 'mail:resend', 'mail:drop']) {
  Object.assign(prepared, { [name]: async () => ({ '01a21db0-0c18-7010-9be0-158f952d999d': (await failedMail({ world: server.world, look })).id }) });
}

Object.assign(prepared, {
  'mail:bounce': async () => {
    const report = path.join(folder, 'report.eml');
    await writeFile(report, 'Subject: a mail that is no report\n\n');
    return { 'report.eml': report };
  },
  'mail:preview': async () => ({ acme: await aTenant() }),
});

/** The words for a command that is not in the list. */
const usual = async (example: string): Promise<Words> => ({
  ...(example.includes('lincoln') ? { lincoln: await aTenant() } : {}),
  ...(example.includes('ada@example.com') ? { 'ada@example.com': await aUser() } : {}),
  ...(example.includes('operator@example.com') ? { 'operator@example.com': await aUser() } : {}),
});

/** Without options, the command writes files of the source. */
const writesSources = ['openapi'];

const commands = createProgram(new ProcessTerminal()).commands;
const examples = await Promise.all(
  commands.map(async (command) => {
    const { out } = await runTenantry({}, command.name(), '--help');
    return [...out.matchAll(/^ {2}npx tenantry (.+)$/gm)].map(([, example = '']) => example);
  }),
).then((all) => all.flat().filter((example) => !writesSources.includes(example)));

/** Whether an output is one JSON document. */
function isJson(out: string): boolean {
  try {
    JSON.parse(out);
    return true;
  } catch {
    return false;
  }
}

describe('the help of a command does not lie', () => {
  it('every command has an example, and every preparation a command', () => {
    const shown = new Set(examples.map((example) => example.split(' ')[0]));
    expect(commands.map((command) => command.name()).filter((name) => !shown.has(name))).toEqual([]);
    expect(Object.keys(prepared).filter((name) => !shown.has(name))).toEqual([]);
  });

  afterEach(async () => {
    for (const table of adopted.splice(0)) await database.alter(`drop table ${table} cascade`);
  });

  it.each(examples)('npx tenantry %s', async (example) => {
    const [name = '', ...rest] = (example.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
    const words = await (prepared[name] ?? (() => usual(example)))();
    const args = [name, ...rest.map((word) => words[word] ?? word)];
    // The doctor loads the modules of the application to look at them, which the loader of Jest does not let it.
    const { code, out, err } = name === 'doctor' ? await startTenantry(env, ...args).ended : await runTenantryWithReply('y', env, ...args);
    // A mail has empty lines.
    const form = args.includes('--json') ? isJson(out) : (name === 'mail:preview' ? /^(?:.*\n)*$/ : /^(?:.+\n)*$/).test(out);
    expect({ args, code, err, form }).toEqual({ args, code: 0, err: '', form: true });
  });
});

const runbooks = 'docs/runbooks';
/** The last page changes the secret, which the server of this file does not know. */
const pages = (await readdir(runbooks)).map((file) => path.basename(file, '.md')).sort((a, b) => Number(a === 'key-rotation') - Number(b === 'key-rotation') || a.localeCompare(b));

/** A block of commands, and the output that the page shows after it. */
interface Block {
  readonly commands: string;
  readonly output?: string;
}

/** The blocks of a page, without their indentation in lists. */
async function blocksOf(page: string): Promise<Block[]> {
  const text = await readFile(path.join(runbooks, `${page}.md`), 'utf8');
  return [...text.matchAll(/^( *)```sh\n([\s\S]*?)^ *```\n(?:\n *```text\n([\s\S]*?)^ *```\n)?/gm)].map(([, indent = '', commands = '', output]) => {
    const dedent = (lines: string): string => lines.replace(new RegExp(`^${indent}`, 'gm'), '');
    return { commands: dedent(commands), ...(output === undefined ? {} : { output: dedent(output) }) };
  });
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/;
const time = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z/;

/** What an output has to look like: `…` is anything in a line, and a line of it any lines; ids and times are any ids and times, and the width of columns depends on their values. */
function shapeOf(output: string): RegExp {
  const parts = output.split(new RegExp(`(^ *…\\n|…|${uuid.source}|${time.source}| +)`, 'm'));
  const shapes = parts.map((part) => {
    if (/^ *…\n$/.test(part)) return '(?:.*\\n)*';
    if (part === '…') return '.*';
    if (uuid.test(part)) return uuid.source;
    if (time.test(part)) return time.source;
    return /^ +$/.test(part) ? ' +' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${shapes.join('')}$`);
}

/** The tenant `lincoln` of a page, if it is not the usual one. */
const tenantOptions: Readonly<Record<string, readonly string[]>> = { 'trial-expiry': ['--trial-days', '14'] };

/** Prepares the event of a page, and says what stands for its words. */
const events: Readonly<Record<string, (tenant: { id: string; email: string }) => Promise<Words>>> = {
  'failed-replica': async () => {
    const replica = await startTestServer({ JOBS_ENABLED: 'false' }, database);
    const origin = new URL(replica.url).origin;
    await replica.close();
    return { 'http://10.0.0.2:3000': origin };
  },
  'leaked-key': async () => {
    const { hint } = await run('service-key:create', '--name', 'Backend', '--scope', 'usage:report');
    return { 'tsk_…ZQKo': hint };
  },
  'lost-second-factor': async ({ email }) => {
    const login = await server.api.post('/auth/login', { email, password: goodPassword });
    const owner = server.api.as(login.body.accessToken);
    const { body } = await owner.post('/auth/mfa/totp');
    expect((await owner.post('/auth/mfa/totp/confirm', { code: codeOf(body.secret) })).status).toBe(200);
    return {};
  },
  'quota-alarms': async ({ id, email }) => {
    const owner = server.api.as((await server.api.post('/auth/login', { email, password: goodPassword })).body.accessToken);
    const api = server.api.as((await server.api.post('/auth/login', operator)).body.accessToken);
    await api.patch(`/tenants/${id}/limits`, { limits: { storage_gb: 10 } });
    expect((await owner.post('/usage/consume', { meter: 'storage_gb', quantity: 9 })).status).toBe(200);
    return {};
  },
};

const withPrograms = missingPrograms.length === 0 ? describe : describe.skip;

withPrograms(`the runbooks do not lie${missingPrograms.map((program) => ` (skipped: ${program} is not installed)`).join('')}`, () => {
  let shell: Shell;
  beforeAll(async () => void (shell = await Shell.open()));
  afterAll(() => shell.close());

  it('every preparation has a page', () => {
    expect([...Object.keys(tenantOptions), ...Object.keys(events)].filter((page) => !pages.includes(page))).toEqual([]);
  });

  it.each(pages)('%s', async (page) => {
    const slug = server.world.unique('lincoln');
    const email = `office@${slug}.example`;
    const { id } = await run(
      'tenant:create',
      '--name',
      'Lincoln School',
      '--slug',
      slug,
      '--email',
      email,
      '--admin-password',
      goodPassword,
      '--tier',
      'pro',
      ...(tenantOptions[page] ?? ['--trial-days', '0']),
    );
    const origin = new URL(server.url).origin;
    const words = {
      'https://app.example.com': origin,
      'http://10.0.0.1:3000': origin,
      'lincoln.zip': aFile('archive.zip'),
      lincoln: slug,
      ...(await events[page]?.({ id, email })),
    };
    const real = (text: string): string => Object.entries(words).reduce((part, [word, value]) => part.replaceAll(word, value), text);

    const before = page === 'README' ? [] : await blocksOf('README');
    const blocks = [...before, ...(await blocksOf(page))];
    const script = blocks.map(({ commands }) => `${real(commands)}printf '\\036'\n`).join('');
    const { code, out, err } = await shell.run(script, env, `${operator.email}\n${operator.password}\n`);
    const outs = out.split('\x1e');
    expect({ failed: code === 0 ? '' : blocks[outs.length - 1]?.commands, out: code === 0 ? '' : outs.at(-1), code, err }).toEqual({ failed: '', out: '', code: 0, err: '' });
    const unlike = blocks.flatMap(({ output }, index) =>
      output === undefined || shapeOf(real(output)).test(outs[index] ?? '') ? [] : [{ shown: real(output), printed: outs[index] }],
    );
    expect(unlike).toEqual([]);
  });
});
