import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const page = readFileSync('docs/your-own-resource.md', 'utf8').split('## Remove the example')[0] ?? '';

/** A copy of the project, as somebody has it who has cloned it and run `npm ci` and `npm run build`. */
let project: string;
beforeAll(() => {
  project = mkdtempSync(path.join(tmpdir(), 'tenantry-copy-'));
  chmodSync(project, 0o755); // as root, the database server runs as another user
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' }).trim().split('\n');
  for (const file of [...files, 'dist', 'src/generated']) cpSync(file, path.join(project, file), { recursive: true });
  symlinkSync(path.resolve('node_modules'), path.join(project, 'node_modules'));
  execFileSync('git', ['init', '--quiet'], { cwd: project });
}, 60_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Runs a command in the copy, with none of the settings of these tests. */
function run(command: string): { readonly status: number | null; readonly output: string } {
  const { PATH, HOME, TZ, PGTZ } = process.env;
  const env = Object.fromEntries(Object.entries({ PATH, HOME, TZ, PGTZ }).filter(([, value]) => value !== undefined));
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: project, env, encoding: 'utf8', maxBuffer: 2 ** 26 });
  return { status, output: stdout + stderr };
}

const expectSuccess = (command: string): void => {
  const { status, output } = run(command);
  expect({ command, status, output: status === 0 ? '' : output.slice(-8000) }).toEqual({ command, status: 0, output: '' });
};

describe('docs/your-own-resource.md', () => {
  it('the command of the page writes the files that the page shows', () => {
    const [command = ''] = /npm run add:resource.*/.exec(page) ?? [];
    expectSuccess(command);
    const shown = [...page.matchAll(/^`([\w/.-]+)`:\n\n```\w+\n([\s\S]*?)```$/gm)].map(([, file = '', text]) => ({ file, text }));
    expect(shown.length).toBeGreaterThan(7);
    for (const { file, text } of shown) expect({ file, text: readFileSync(path.join(project, file), 'utf8') }).toEqual({ file, text });
    const [line = ''] = /^export \{ notes \}.*$/m.exec(page) ?? [];
    expect(readFileSync(path.join(project, 'src/resources.ts'), 'utf8')).toContain(line);
  }, 180_000);

  it('fields of every type, and references between resources, are written', () => {
    expectSuccess(`npm run add:resource -- customer name:string email:string?`);
    expectSuccess(
      `npm run add:resource -- sales-invoice number:string amount:int:minor discount:int:minor? customer:customer 'billTo:customer?' 'assignee:member?' 'status:enum(draft,sent)' share:decimal ratio:decimal? paid:boolean due:date shippedOn:date? sentAt:datetime? openedAt:datetime code:uuid meta:json extra:json? note:text? pages:int --catalogs default,mercura=sales_rep`,
    );
    expectSuccess(`npm run add:resource -- quote-line title:string 'salesInvoice:sales-invoice'`);
  }, 300_000);

  it('the resources pass the checks of the project', () => {
    for (const check of ['build', 'check:format', 'check:lint', 'check:types', 'check:imports', 'check:docs', 'check:contract', 'check:words', 'check:drift'])
      expectSuccess(`npm run ${check}`);
  }, 300_000);

  it('the resources pass their own tests, and the tests that go through all routes and tables', () => {
    const own = ['notes', 'customers', 'sales-invoices', 'quote-lines'].map((name) => `test/http/${name}.spec.ts`);
    const all = [
      'test/http/audit.spec.ts',
      'test/inside/isolation',
      'test/inside/route-access.spec.ts',
      'test/inside/tenant-archive.spec.ts',
      'test/unit',
      'src/config',
      'src/contract',
    ];
    expectSuccess(`node --experimental-vm-modules test/support/jest.mjs ${[...own, ...all].join(' ')}`);
  }, 580_000);

  it.each([
    ['invoice number:string', ['the model Invoice is in prisma/models/billing.prisma', 'the operation listInvoices is GET ', 'Choose another name, for example product-invoice']],
    ['team name:string', ['the permission teams:read is required by listTeams of teams', 'the table teams is that of the model Team']],
    ['note title:string', ['the folder src/modules/notes exists', 'the tag notes is in']],
    ['class name:string', ['has a meaning of its own']],
    ['memo author:writer', ['"writer" is neither a type', 'nor a resource (']],
    ['memo title:string title:text', ['The field "title" exists already']],
    ['memo id:uuid', ['The field "id" exists already']],
    ['memo title:string --catalogs mercura=chief', ['has no role "chief"']],
    ['memo title:string --catalogs nowhere', ['There is no catalog nowhere']],
  ])('add:resource %s is refused, and writes nothing', (given, reasons) => {
    const before = run('git status --short').output;
    const { status, output } = run(`npm run --silent add:resource -- ${given}`);
    expect(status).toBe(1);
    for (const reason of reasons) expect(output).toContain(reason);
    expect(run('git status --short').output).toBe(before);
  });
});
