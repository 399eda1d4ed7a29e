import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startTestServer, type TestServer } from '../support/http.js';
import { goodPassword } from '../support/world.js';

// The package that `npm pack` writes, in a project of its own. `npm run test:long` has built it.

const run = promisify(execFile);
const root = process.cwd();
let folder: string;
let server: TestServer;
let files: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-sdk-'));
  server = await startTestServer();
  const { stdout } = await run('npm', ['pack', '--workspace', 'sdk', '--json', '--ignore-scripts', '--pack-destination', folder]);
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  files = packed.files.map((file) => file.path);
  const home = path.join(folder, 'node_modules/@tenantry/sdk');
  await mkdir(home, { recursive: true });
  await run('tar', ['xzf', path.join(folder, packed.filename), '--strip-components', '1', '-C', home]);
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
}, 60_000);
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Names that the examples of the README use, and do not declare. */
const context = `import { browserStore, createClient, isTenantryError, type FieldError, type TenantryClient } from '@tenantry/sdk';
declare const api: TenantryClient;
declare const acme: TenantryClient<true>;
declare const [email, password, code, name, key, organizationId]: [string, string, string, string, string, string];
declare const organization: { readonly id: string };
declare const process: { readonly env: Readonly<Record<string, string | undefined>> };
declare function saveAs(file: Blob, name: string): Promise<void>;
declare function showUpgrade(limit: number, upgrade: { readonly plan: string } | null): void;
declare function showErrors(errors: readonly FieldError[]): void;
`;

it('the package has its modules with types, the README and the license, and no dependencies', async () => {
  const { dependencies, exports } = JSON.parse(await readFile(path.join(folder, 'node_modules/@tenantry/sdk/package.json'), 'utf8')) as Record<string, unknown>;
  expect({ dependencies, exports }).toEqual({ exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } } });
  expect(files.filter((file) => !/^dist\/[\w/-]+\.(js|d\.ts)$/.test(file)).toSorted()).toEqual(['LICENSE', 'README.md', 'package.json']);
  expect(files).toEqual(expect.arrayContaining(['dist/index.js', 'dist/index.d.ts', 'dist/generated/api.d.ts']));
});

it('the README names its size', async () => {
  const { stdout } = await run(process.execPath, ['scripts/sdk-size.mjs']);
  const bytes = Number(/(\d+) bytes compressed/.exec(stdout)?.[1]);
  const stated = Number(/it has about (\d+) kB/.exec(await readFile('sdk/README.md', 'utf8'))?.[1]);
  expect(Math.round(bytes / 1000)).toBe(stated);
});

/** The examples in TypeScript of a page. */
const examplesOf = async (page: string): Promise<string[]> => [...(await readFile(page, 'utf8')).matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text = '']) => text);

/** Compiles a file strictly. @returns the errors */
async function compile(name: string, text: string, options: object): Promise<string> {
  await writeFile(path.join(folder, `${name}.ts`), text);
  const compilerOptions = {
    target: 'es2023',
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    ...options,
  };
  await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [`${name}.ts`] }));
  return (await run(path.join(root, 'node_modules/.bin/tsc'), ['-p', folder]).catch((error: unknown) => error as { stdout: string })).stdout;
}

it.each([
  ['Node.js', { module: 'nodenext', lib: ['es2023', 'dom'] }],
  ['bundlers', { module: 'esnext', moduleResolution: 'bundler', lib: ['es2023', 'dom'] }],
])('the examples of the README compile strictly for %s', async (_, options) => {
  const examples = (await examplesOf('sdk/README.md')).map((text) => text.replace(/^import .*\n/gm, '').replaceAll(/^export /gm, ''));
  expect(examples.length).toBeGreaterThan(6);
  const functions = examples.map((text, number) => `export async function example${number}() {\n${text}}\n`);
  const unused = 'export const used = [browserStore, createClient, isTenantryError, api, acme, email, password, code, name, key, organizationId, organization];\n';
  expect(await compile('examples', [context, ...functions, unused].join('\n'), options)).toBe('');
});

it('the examples of the guide for front ends compile strictly, together', async () => {
  const examples = await examplesOf('docs/front-end.md');
  expect(examples.length).toBeGreaterThan(6);
  expect(await compile('guide', examples.join('\n'), { module: 'esnext', moduleResolution: 'bundler', lib: ['es2023', 'dom', 'dom.iterable'] })).toBe('');
});

it('a program that has only the package signs up and creates a team', async () => {
  const program = `import { createClient, isTenantryError } from '@tenantry/sdk';
const [url, email, password] = process.argv.slice(2);
const client = createClient({ url });
const { organization } = await client.signUp({ body: { email, password, name: 'Ada', organization: { name: 'Acme' } } });
const acme = client.forOrganization(organization.id);
await acme.createTeam({ body: { name: 'Website' } });
const error = await acme.createTeam({ body: { name: '' } }).catch((caught) => caught);
const names = [];
for await (const { name } of acme.paginate('listTeams')) names.push(name);
console.log(JSON.stringify({ names, refused: isTenantryError(error, 'validation_failed') && error.problem.errors.map(({ pointer }) => pointer) }));
`;
  await writeFile(path.join(folder, 'program.js'), program);
  const { stdout } = await run(process.execPath, ['program.js', server.url, server.world.email(), goodPassword], { cwd: folder });
  expect(JSON.parse(stdout)).toEqual({ names: ['Website'], refused: ['/name'] });
});
