// Removes the example resource, projects and their tasks: its code, models, tables, permissions and tests. docs/your-own-resource.md describes it.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { npmScript } from './arguments.mjs';
import { readModels } from './resource/project.mjs';
import { changeAllOrNothing } from './resource/restorable.mjs';

const folder = 'src/modules/projects';
const modelFile = 'prisma/models/projects.prisma';
const list = 'src/resources.ts';
const page = 'docs/your-own-resource.md';
/** The files with the words of the console for operations, tables and permissions. */
const words = ['audit/operations-de.ts', 'audit/tables.ts', 'permissions-de.ts'].map((name) => `console/src/pages/organization/${name}`);

/** The files of a folder and its folders whose names end with a text. */
const filesIn = (folderName, ending) =>
  readdirSync(folderName, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending) && !file.includes('node_modules'))
    .sort()
    .map((file) => path.join(folderName, file));

/** Removes what the page says about the example. */
const withoutExample = (text) =>
  text
    .replace(/## Remove the example\n[\s\S]*?(?=^## |$(?![\s\S]))/m, '')
    .replace(/ ?`src\/modules\/projects`[^.]*\./g, '')
    .trimEnd()
    .concat('\n');

/** Removes the names of the operations, tables and permissions of the example. */
const withoutWords = (text) => text.replace(/^ +(?:[a-z]+(?:Project|Task)s?|projects|tasks|'projects:\w+'): '.*\n/gm, '');

/** Replaces the text of a file, and says so; does nothing if the text is the same. */
function edit(file, change) {
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  if (after === before) return;
  writeFileSync(file, after);
  console.log(`changed ${file}`);
}

function remove(file) {
  if (!existsSync(file)) return;
  rmSync(file, { recursive: true });
  console.log(`deleted ${file}`);
}

function hasUncommittedChanges() {
  try {
    return execFileSync('git', ['status', '--porcelain'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }) !== '';
  } catch {
    return true; // There is no repository that could give the files back.
  }
}

/** Removes the fields of other models whose type is one of these. */
const withoutRelations = (text, models) => text.replace(new RegExp(`^ +\\w+ +(?:${models.join('|')})(?:\\[\\]|\\?)?(?: .*)?\\n`, 'gm'), '');

/** Removes the permissions of the example from the lists of a catalog. */
const withoutPermissions = (text) => text.replace(/, projects:(?:\*|read|write)(?=[,\]])|(?<=\[)projects:(?:\*|read|write)(?:, )?|^ +- projects:(?:\*|read|write)\n/gm, '');

/** The models of the example. @throws {Error} when a model of the product refers to one of them */
function modelsToRemove() {
  const all = [...readModels().values()];
  const names = all.filter(({ file }) => file === modelFile).map(({ name }) => name);
  const reference = new RegExp(`^ +(\\w+) +(?:${names.join('|')})\\?? .*\\bfields:`, 'm');
  for (const { name, file, body } of all.filter((model) => model.file !== modelFile)) {
    const [, field] = reference.exec(body) ?? [];
    if (field !== undefined)
      throw new Error(`The field ${field} of the model ${name} in ${file} refers to the example. Remove the field first, or keep the example. Nothing was changed.`);
  }
  return names;
}

/** The files and folders that belong to the example, and the files that name it. */
function placesOfExample() {
  const tables = [...readFileSync(modelFile, 'utf8').matchAll(/@@map\("(\w+)"\)/g)].map(([, table]) => `prisma/functions/public/${table}.sql`);
  return {
    removed: [folder, modelFile, ...tables, 'test/catalogs/projects.yaml', ...filesIn('test', 'projects.spec.ts')],
    catalogs: [...filesIn('catalogs', '.yaml'), ...filesIn('bench', '.yaml')],
    models: filesIn('prisma/models', '.prisma').filter((file) => file !== modelFile),
  };
}

async function removeExample() {
  const names = modelsToRemove();
  const { removed, catalogs, models } = placesOfExample();
  await changeAllOrNothing([...removed, ...catalogs, ...words, list, page], async (scripts) => {
    for (const file of removed) remove(file);
    for (const file of models) edit(file, (text) => withoutRelations(text, names));
    edit(list, (text) => text.replace(/^export .*'\.\/modules\/projects\/.*\n/m, ''));
    for (const file of catalogs) edit(file, withoutPermissions);
    for (const file of words) edit(file, withoutWords);
    edit(page, withoutExample);
    console.log('Writing the migration that drops the tables …');
    await scripts.run('db:migration', 'drop_projects_contract');
    console.log('Writing the contract …');
    await scripts.run('openapi');
    await scripts.run('openapi:declare', 'The product has no projects: they were an example.');
  });
  rmSync('dist/modules/projects', { recursive: true, force: true });
  console.log('The example is removed. The next start of the server drops its tables with their rows. Now: npm run check && npm test');
  console.log('If a catalog in another folder names permissions or meters of projects, remove them there.');
}

process.chdir(path.resolve(import.meta.dirname, '..'));
try {
  const { force } = npmScript('remove:example', 'Removes the example, projects and their tasks: code, models, tables, permissions and tests.')
    .option('--force', 'also with uncommitted changes, or outside of a Git repository')
    .parse()
    .opts();
  if (!existsSync(folder)) console.log(`There is no ${folder}: the example is removed already. Nothing was changed.`);
  else if (force !== true && hasUncommittedChanges())
    throw new Error('There are uncommitted changes, or no Git repository. Commit first, so that you can compare and undo. To continue anyway: npm run remove:example -- --force');
  else await removeExample();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
