import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { expectSuccess, ProjectCopy } from '../support/project-copy.js';

// Without the example there is nothing to remove.
const withExample = existsSync('src/modules/projects') ? describe : describe.skip;

// `add-resource.spec.ts` runs the checks and the tests of a project without the example.
withExample('npm run remove:example', () => {
  let project: ProjectCopy;
  beforeAll(() => void (project = new ProjectCopy()), 60_000);
  afterAll(() => project.remove());

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
    expect(output.split('\n').filter((file) => file !== '' && file !== 'test/long/remove-example.spec.ts')).toEqual([]);
  }, 180_000);

  it('says that there is nothing to do when it runs again', () => {
    const before = project.run('git status --short').output;
    expect(project.run('npm run --silent remove:example')).toEqual({ status: 0, output: expect.stringContaining('removed already') });
    expect(project.run('git status --short').output).toBe(before);
  });
});
