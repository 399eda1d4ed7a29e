import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectFormat, expectSuccess, expectTests, ProjectCopy } from '../support/project-copy.js';

const page = readFileSync('docs/your-own-resource.md', 'utf8').split('## Remove the example')[0] ?? '';

/** A project whose owners remove the example, before they add their own resources. */
let project: ProjectCopy;
beforeAll(() => void (project = new ProjectCopy()), 60_000);
afterAll(() => project.remove());

// Without the example there is nothing to remove.
const withExample = existsSync('src/modules/projects') ? describe : describe.skip;

withExample('npm run remove:example', () => {
  it('refuses, and changes nothing, while there are uncommitted changes', () => {
    const before = project.run('git status --short').output;
    const { status, output } = project.run('npm run --silent remove:example');
    expect([status, output]).toEqual([1, expect.stringContaining('Commit first')]);
    expect(project.run('git status --short').output).toBe(before);
  });

  it('refuses, and changes nothing, while another model refers to the example', () => {
    project.write('prisma/models/things.prisma', 'model Thing {\n  project Project @relation(fields: [organizationId, projectId], references: [organizationId, id])\n}\n');
    const before = project.checksums();
    expect(project.run('npm run --silent remove:example -- --force')).toEqual({
      status: 1,
      output: expect.stringMatching(/^The field project of the model Thing .* Nothing was changed\.\n$/),
    });
    expect(project.checksums()).toEqual(before);
    project.delete('prisma/models/things.prisma');
  });

  it('leaves all files as they were when a step fails', () => {
    project.write('src/common/user-of-projects.ts', "export { projects } from '../modules/projects/projects.resource.js';\n");
    const before = project.checksums();
    expect(project.run('npm run --silent remove:example -- --force')).toEqual({ status: 1, output: expect.stringContaining('All files are as they were before.') });
    expect(project.checksums()).toEqual(before);
    project.delete('src/common/user-of-projects.ts');
  }, 60_000);

  it('leaves no code, table, permission or specification of projects', () => {
    expectSuccess(project, 'npm run remove:example -- --force');
    const { output } = project.run(
      `grep -rliE 'projects?:(read|write|\\*)|createProject|/projects\\b|public\\.projects|modules/projects' src prisma/models prisma/functions prisma/schema.sql catalogs openapi.json sdk/src test docs/your-own-resource.md --include=*.ts --include=*.sql --include=*.prisma --include=*.yaml --include=*.json --include=*.txt --include=*.md`,
    );
    expect(output.split('\n').filter((file) => file !== '' && file !== 'test/long/add-resource.spec.ts')).toEqual([]);
  }, 180_000);

  it('says that there is nothing to do when it runs again', () => {
    const before = project.run('git status --short').output;
    expect(project.run('npm run --silent remove:example')).toEqual({ status: 0, output: expect.stringContaining('removed already') });
    expect(project.run('git status --short').output).toBe(before);
  });
});

describe('docs/your-own-resource.md', () => {
  it('the command of the page writes the files that the page shows', () => {
    const [command = ''] = /npm run add:resource.*/.exec(page) ?? [];
    expectSuccess(project, command);
    const shown = [...page.matchAll(/^`([\w/.-]+)`:\n\n```\w+\n([\s\S]*?)```$/gm)].map(([, file = '', text]) => ({ file, text }));
    expect(shown.length).toBeGreaterThan(7);
    for (const { file, text } of shown) expect({ file, text: project.read(file) }).toEqual({ file, text });
    const [line = ''] = /^export \{ notes \}.*$/m.exec(page) ?? [];
    expect(project.read('src/resources.ts')).toContain(line);
  }, 180_000);

  it('fields of every type, and references between resources, are written', () => {
    expectSuccess(project, `npm run add:resource -- customer name:string email:string? 'parent:customer?'`);
    expectSuccess(
      project,
      `npm run add:resource -- sales-invoice number:string amount:int:minor discount:int:minor? customer:customer 'billTo:customer?' 'assignee:member?' 'status:enum(draft,sent)' share:decimal ratio:decimal? paid:boolean due:date shippedOn:date? sentAt:datetime? openedAt:datetime code:uuid meta:json extra:json? note:text? pages:int --catalogs default,mercura=sales_rep`,
    );
    expectSuccess(project, `npm run add:resource -- quote-entry title:string 'salesInvoice:sales-invoice' 'state:enum(open,closed)' 'outcome:enum(won,lost)?'`);
  }, 300_000);

  it('an enum is one type in the contract', () => {
    const { schemas } = (JSON.parse(project.read('openapi.json')) as { components: { schemas: object } }).components;
    expect(Object.keys(schemas).filter((name) => /^QuoteEntr.*(State|Outcome)$/.test(name))).toEqual(['QuoteEntryOutcome', 'QuoteEntryState']);
  });

  it('the resources pass the checks of the project', () => {
    expectFormat(project);
    for (const check of ['build', 'check:lint', 'check:types', 'check:imports', 'check:docs', 'check:contract', 'check:words', 'check:drift'])
      expectSuccess(project, `npm run ${check}`);
  }, 300_000);

  it('the resources pass their own tests, and the tests that go through all routes and tables', () => {
    const own = ['notes', 'customers', 'sales-invoices', 'quote-entries'].map((name) => `test/http/${name}.spec.ts`);
    const all = ['test/inside/route-access.spec.ts', 'test/inside/tenant-archive.spec.ts', 'test/unit', 'src/config', 'src/contract'];
    expectTests(project, ...own, ...all);
    // They go through the routes one by one: those of the resources, and what concerns all routes.
    const byRoute = ['audit', 'examples', 'versions'].map((name) => `test/http/${name}.spec.ts`);
    expectTests(project, ...byRoute, '--testNamePattern', "'note|customer|sales-?invoice|quote-?entr|every route|hash chains|the document|a changed resource'");
  }, 580_000);

  it.each<[given: string, reason: string, code?: number]>([
    ['invoice number:string', '"invoice" is taken: the model Invoice is in prisma/models/billing.prisma:'],
    ['setting name:string', '"setting" is taken: the permission settings:read is required by getSettings of settings'],
    ['note title:string', '"note" is taken: the model Note is in prisma/models/notes.prisma:1 (and'],
    ['notes title:string', '"notes" looks like a plural'],
    ['class name:string', 'has a meaning of its own'],
    ['naïve title:string', '"naïve" names no resource'],
    [`${'a'.repeat(64)} title:string`, 'is too long'],
    ['memo', `missing required argument 'fields'`, 2],
    ['memo title', '"title" is no field'],
    ['memo author:writer', '"writer" is neither a type'],
    [`memo 'status:enum(draft)'`, 'Name at least two'],
    ['memo title:string title:text', 'The field "title" is named twice'],
    ['memo id:uuid', 'The field "id" exists already'],
    [`audit title:string 'outcome:enum(done,refused)'`, 'The contract has a schema AuditOutcome already'],
    ['body title:string', 'has a meaning of its own'],
    ['prisma title:string', 'has a meaning of its own'],
    ['memo above:memo', 'refers to the resource itself'],
    ['memo toString:string', 'has a meaning of its own'],
    ['memo class:string', 'The field "class" has a meaning of its own'],
    ['memo done:boolean', 'At least one field must be required'],
    [`memo ${'a'.repeat(60)}:string`, 'is too long'],
    ['memo title:string --catalogs mercura=chief', 'has no role "chief"'],
    ['memo title:string --catalogs nowhere', 'There is no catalog nowhere'],
    ['memo title:string --meter memos', 'No catalog has a meter "memos"'],
    ['memo title:string --meter seats', 'The meter "seats" counts members already'],
  ])('add:resource %s is refused, and writes nothing', (given, reason, code = 1) => {
    const before = project.run('git status --short').output;
    const { status, output } = project.run(`node scripts/add-resource.mjs ${given}`);
    expect(status).toBe(code);
    expect(output).toContain(reason);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(project.run('git status --short').output).toBe(before);
  });
});
