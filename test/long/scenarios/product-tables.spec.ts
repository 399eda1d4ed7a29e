import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectSuccess, expectTests, ProjectCopy } from '../../support/project-copy.js';

// The products of two presets make tables of their own, by the commands of docs/presets, in a copy of the project.

const tables = { quizmarker: ['quizzes', 'students', 'submissions'], mercura: ['customers', 'products', 'quotes', 'quote-lines'] };
const presets = Object.keys(tables);

let project: ProjectCopy;
beforeAll(() => void (project = new ProjectCopy()), 60_000);
afterAll(() => project.remove());

describe('tables of products', () => {
  it.each(Object.entries(tables))(
    'the commands of the page of %s write its tables',
    (preset, names) => {
      const commands = readFileSync(`docs/presets/${preset}.md`, 'utf8').match(/^npm run add:resource.*$/gm) ?? [];
      expect(commands).toHaveLength(names.length);
      for (const command of commands) expectSuccess(project, command);
    },
    480_000,
  );

  it('the days of the products are played with their tables, behind the walls of all tables', () => {
    const scenarios = presets.map((preset) => `test/http/scenarios/${preset}-tables.spec.ts`);
    for (const [at, preset] of presets.entries()) copyFileSync(`test/long/scenarios/${preset}-tables.ts`, path.join(project.folder, scenarios[at] ?? ''));
    const own = Object.values(tables).flatMap((names) => names.map((name) => `test/http/${name}.spec.ts`));
    expectTests(project, ...presets.map((preset) => `test/http/scenarios/${preset}-tables`), ...own, 'test/inside/isolation/walls.spec.ts', 'test/inside/route-access.spec.ts');
  }, 480_000);
});
