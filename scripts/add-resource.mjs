// Writes a resource: its models, migration, module, permissions, contract and tests. docs/your-own-resource.md explains what it writes.
//   npm run add:resource -- invoice number:string amount:int:minor customer:customer? "status:enum(draft,sent)"
//   --plural <word>                 the plural, if it is not regular
//   --catalogs default,mercura=rep  the catalogs that grant its permissions to their default role, or to the role after `=`
//   --no-migration                  writes neither the migration nor the contract, for example before another resource
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { parseDocument } from 'yaml';
import { readFields } from './resource/fields.mjs';
import { namesOf } from './resource/names.mjs';
import { findCollisions, grantedIn, readModels, readTargets, schemaOf } from './resource/project.mjs';
import * as templates from './resource/templates.mjs';

const root = path.resolve(import.meta.dirname, '..');

const changes = new Map();
const textOf = (file) => changes.get(file) ?? readFileSync(file, 'utf8');

/** Adds a line to a model, before its keys. */
function addToModel(file, model, line) {
  const text = textOf(file);
  const begin = text.indexOf(`model ${model} {`);
  const end = text.indexOf('\n}', begin);
  const keys = text.slice(begin, end).search(/\n\n  @@/);
  const at = keys === -1 ? end : begin + keys;
  changes.set(file, `${text.slice(0, at)}\n  ${line}${text.slice(at)}`);
}

function grant(catalog, permission) {
  const [name, role] = catalog.split('=');
  const file = existsSync(name) ? name : `catalogs/${name}.yaml`;
  if (!existsSync(file)) throw new Error(`There is no catalog ${name}.`);
  const document = parseDocument(textOf(file));
  changes.set(file, grantedIn(textOf(file), role ?? document.getIn(['defaults', 'role']), permission, document));
}

/** Functions that create what a resource must refer to, those of which others need first. */
function creationsFor(targets, all, known = new Map()) {
  for (const target of targets) {
    if (target.key === 'userId' || known.has(target.model)) continue;
    const { properties, required = [] } = schemaOf(`Create${target.model}`) ?? {};
    if (properties === undefined) throw new Error(`The contract has no operation that creates ${target.aWord}. Refer to something that the API creates.`);
    known.set(target.model, undefined);
    const values = required.map((name) => {
      const relation = new RegExp(`^\\s+\\w+\\s+(\\w+)\\??\\s+@relation\\(.*fields: \\[organizationId, ${name}\\]`, 'm').exec(readModels().get(target.model).body)?.[1];
      if (relation === undefined) return `${name}: ${JSON.stringify(properties[name].example ?? properties[name].enum?.[0] ?? properties[name].minimum ?? 'Example')}`;
      const other = [...all.values()].find(({ model }) => model === relation);
      creationsFor([other], all, known);
      return `${name}: ${templates.referTo(other, 'person')}`;
    });
    known.delete(target.model);
    known.set(target.model, templates.creationOf({ ...target, path: target.table.replaceAll('_', '-') }, `{ ${values.join(', ')} }`));
  }
  return known;
}

function run(script, ...args) {
  execFileSync('npm', ['run', '--silent', script, ...(args.length === 0 ? [] : ['--', ...args])], { stdio: 'inherit' });
}

async function addResource(singular, written, { plural, catalogs, migration }) {
  const resource = namesOf(singular, plural);
  const collisions = findCollisions(resource);
  if (collisions.length > 0) {
    const line = collisions.map((each) => `  ${each}`).join('\n');
    throw new Error(`"${singular}" has a name that something else has:\n${line}\nChoose another name, for example product-${singular}.`);
  }
  const targets = readTargets(readModels());
  const fields = readFields(written, targets);
  const folder = `src/modules/${resource.path}/${resource.path}`;
  const files = [
    [`prisma/models/${resource.path}.prisma`, templates.modelFile(resource, fields)],
    [`prisma/functions/public/${resource.table}.sql`, templates.checksFile(resource, fields)],
    [`${folder}.resource.ts`, templates.resourceFile(resource)],
    [`${folder}.module.ts`, templates.moduleFile(resource)],
    [`${folder}.dto.ts`, templates.dtoFile(resource, fields)],
    [`${folder}.service.ts`, templates.serviceFile(resource, fields)],
    [`${folder}.controller.ts`, templates.controllerFile(resource)],
    [
      `test/http/${resource.path}.spec.ts`,
      templates.specFile(resource, fields, [
        ...creationsFor(
          fields.flatMap(({ target }) => target ?? []),
          targets,
        ).values(),
      ]),
    ],
  ].filter(([, text]) => text !== undefined);
  const exists = files.find(([file]) => existsSync(file));
  if (exists !== undefined) throw new Error(`${exists[0]} exists already. Choose another name.`);
  for (const [file, text] of files) changes.set(file, text);
  for (const { model, line } of templates.backReferences(resource, fields)) addToModel(readModels().get(model).file, model, line);
  changes.set('src/resources.ts', `${textOf('src/resources.ts')}export { ${resource.names} } from './modules/${resource.path}/${resource.path}.resource.js';\n`);
  for (const catalog of catalogs) grant(catalog, `${resource.table}:*`);

  for (const [file, text] of changes) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, file.endsWith('.ts') ? await format(text, { ...(await resolveConfig(path.resolve(file))), parser: 'typescript' }) : text);
    console.log(`wrote ${file}`);
  }
  if (!migration) return;
  run('db:migration', `add_${resource.table}`);
  run('openapi');
  console.log('Read the migration and the changed lines of test/route-access.txt. Then: npm run check && npm test');
}

process.chdir(root);
try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: { plural: { type: 'string' }, catalogs: { type: 'string' }, migration: { type: 'boolean', default: true } },
  });
  const [singular, ...written] = positionals;
  if (singular === undefined) throw new Error('Name the resource and its fields: npm run add:resource -- note title:string text:text?');
  await addResource(singular, written, { ...values, catalogs: values.catalogs?.split(',') ?? [] });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
