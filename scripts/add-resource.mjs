// Writes a resource: its models, migration, module, permissions, contract and tests. docs/your-own-resource.md explains what it writes.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { parseDocument } from 'yaml';
import { npmScript } from './arguments.mjs';
import { readFields } from './resource/fields.mjs';
import { namesOf } from './resource/names.mjs';
import { findCollisions, grantedIn, readMeter, readModels, readTargets, schemaOf } from './resource/project.mjs';
import { changeAllOrNothing } from './resource/restorable.mjs';
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

function grant(catalog, table) {
  const [, name, role, right = '*'] = /^([^=]+)(?:=([^:]+)(?::(read|write))?)?$/.exec(catalog) ?? [];
  if (name === undefined) throw new Error(`"${catalog}" names no catalog: write default, mercura=sales_rep or mercura=viewer:read.`);
  const file = existsSync(name) && name.endsWith('.yaml') ? name : `catalogs/${name}.yaml`;
  if (!existsSync(file)) throw new Error(`There is no catalog ${name}.`);
  const document = parseDocument(textOf(file));
  const text = grantedIn(textOf(file), role ?? document.getIn(['defaults', 'role']), `${table}:${right}`, document);
  if (text !== textOf(file)) changes.set(file, text);
}

/** A value that the schema of a field accepts. An enum is a schema with a name. */
function exampleOf({ example, enum: choices, minimum, $ref, allOf }) {
  const named = $ref ?? allOf?.[0]?.$ref;
  if (example !== undefined || named === undefined) return example ?? choices?.[0] ?? minimum ?? 'Example';
  return exampleOf(schemaOf(named.replace(/.*\//, '')));
}

/** Functions that create what a resource must refer to, those of which others need first. */
function creationsFor(targets, all, known = new Map()) {
  for (const target of targets) {
    if (target.key === 'userId' || target.isItself === true || known.has(target.model)) continue;
    const { properties, required = [] } = schemaOf(`Create${target.model}`) ?? {};
    if (properties === undefined) throw new Error(`The contract has no operation that creates ${target.aWord}. Refer to something that the API creates.`);
    known.set(target.model, undefined);
    const values = required.map((name) => {
      const relation = new RegExp(`^\\s+\\w+\\s+(\\w+)\\??\\s+@relation\\(.*fields: \\[organizationId, ${name}\\]`, 'm').exec(readModels().get(target.model).body)?.[1];
      if (relation === undefined) return `${name}: ${JSON.stringify(exampleOf(properties[name]))}`;
      const other = [...all.values()].find(({ model }) => model === relation);
      creationsFor([other], all, known);
      return `${name}: ${templates.referTo(other, 'person')}`;
    });
    known.delete(target.model);
    known.set(target.model, templates.creationOf({ ...target, path: target.table.replaceAll('_', '-') }, `{ ${values.join(', ')} }`));
  }
  return known;
}

/** Writes the files, the migration and the contract, or nothing. */
const write = (table, withMigration) =>
  changeAllOrNothing([...changes.keys()], async (scripts) => {
    for (const [file, text] of changes) {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, file.endsWith('.ts') ? await format(text, { ...(await resolveConfig(path.resolve(file))), parser: 'typescript' }) : text);
      scripts.stopIfInterrupted();
    }
    if (!withMigration) return;
    await scripts.run('db:migration', `add_${table}`);
    await scripts.run('openapi');
  });

async function addResource(singular, written, { plural, catalogs, meter, migration }) {
  const resource = namesOf(singular, plural);
  const collisions = findCollisions(resource);
  const [first, ...others] = collisions;
  if (first !== undefined)
    throw new Error(`"${singular}" is taken: ${first}${others.length === 0 ? '' : ` (and ${others.length} more)`}. Choose another name, for example product-${singular}.`);
  const itself = { model: resource.Name, table: resource.table, key: 'id', aWord: resource.aWord, isItself: true };
  const targets = new Map([...readTargets(readModels()), [resource.words.replaceAll(' ', '-'), itself]]);
  const fields = readFields(written, targets, resource.table);
  const taken = templates.enumsOf(resource, fields).find((schema) => schemaOf(schema) !== undefined);
  if (taken !== undefined) throw new Error(`The contract has a schema ${taken} already. Give the resource or the field with these values another name.`);
  const counted = meter === undefined ? undefined : readMeter(meter);
  const folder = `src/modules/${resource.path}/${resource.path}`;
  const filesOf = (r) =>
    [
      [`prisma/models/${r.path}.prisma`, templates.modelFile(r, fields)],
      [`prisma/functions/public/${r.table}.sql`, templates.checksFile(r, fields)],
      [`${folder}.resource.ts`, templates.resourceFile(r)],
      [`${folder}.module.ts`, templates.moduleFile(r)],
      [`${folder}.dto.ts`, templates.dtoFile(r, fields)],
      [`${folder}.service.ts`, templates.serviceFile(r, fields)],
      [`${folder}.controller.ts`, templates.controllerFile(r, counted)],
      [
        `test/http/${r.path}.spec.ts`,
        templates.specFile(r, fields, [
          ...creationsFor(
            templates.createdInTests(fields).map(({ target }) => target),
            targets,
          ).values(),
        ]),
      ],
    ].filter(([, text]) => text !== undefined);
  const plain = filesOf(resource);
  const files = plain.some(([, text]) => templates.isImportedTwice(text, resource)) ? filesOf({ ...resource, Row: `${resource.Name}Row` }) : plain;
  const exists = files.find(([file]) => existsSync(file));
  if (exists !== undefined) throw new Error(`${exists[0]} exists already. Choose another name.`);
  for (const [file, text] of files) changes.set(file, text);
  for (const { model, line } of templates.backReferences(resource, fields).filter((reference) => reference.model !== resource.Name))
    addToModel(readModels().get(model).file, model, line);
  changes.set('src/resources.ts', `${textOf('src/resources.ts')}export { ${resource.names} } from './modules/${resource.path}/${resource.path}.resource.js';\n`);
  for (const catalog of catalogs) grant(catalog, resource.table);

  const existing = new Set([...changes.keys()].filter((file) => existsSync(file)));
  await write(resource.table, migration);
  for (const file of changes.keys()) console.log(`${existing.has(file) ? 'changed' : 'wrote'} ${file}`);
  if (catalogs.length === 0) console.log(`Only owners have the permissions ${resource.table}:read and ${resource.table}:write. Grant them to other roles in your catalog.`);
  if (migration) console.log('Wrote the contract and the SDK again. Read the migration and the changed lines of test/route-access.txt. Then: npm run check && npm test');
}

process.chdir(root);
try {
  const taken = ['plural', 'catalogs', 'meter', 'migration'].find((option) => process.env[`npm_config_${option}`] !== undefined);
  if (taken !== undefined) throw new Error(`npm has taken --${taken} for itself. Write -- before the name: npm run add:resource -- note title:string --catalogs default`);
  const command = npmScript('add:resource', "Writes a resource and its tests. Example: npm run add:resource -- note title:string 'text:text?' --catalogs default")
    .argument('<name>', 'a singular noun, such as quote-line')
    .argument('<fields...>', 'name:type, with ? at the end if the field is optional; docs/your-own-resource.md has the types')
    .option('--plural <word>', 'the plural, if it is not regular')
    .option(
      '--catalogs <list>',
      'the catalogs that grant its permissions to their default role; mercura=sales_rep grants them to another role, mercura=viewer:read only one of them',
    )
    .option('--meter <meter>', 'the meter of the catalog that counts what is created')
    .option('--no-migration', 'writes neither the migration nor the contract, for example before another resource')
    .parse();
  const [singular, written] = command.processedArgs;
  const { catalogs, ...options } = command.opts();
  await addResource(singular, written, { ...options, catalogs: catalogs?.split(',') ?? [] });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
