// Reads from the files which models, routes and permissions the project has.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { namesOf } from './names.mjs';

const models = 'prisma/models';

let knownModels;

/** Returns the models, by name, with their files, lines and tables. The files are read once. */
export const readModels = () => (knownModels ??= parseModels());

function parseModels() {
  return new Map(
    readdirSync(models).flatMap((file) => {
      const text = readFileSync(`${models}/${file}`, 'utf8');
      if (text.includes('\r\n')) throw new Error(`${models}/${file} has line ends of Windows. Write it with those of Unix (LF), as .gitattributes says.`);
      return [...text.matchAll(/^(?:model|enum) (\w+) \{\n([\s\S]*?)^\}/gm)].map(({ 1: name, 2: body, index }) => [
        name,
        { name, file: `${models}/${file}`, line: text.slice(0, index).split('\n').length, table: /@@map\("(\w+)"\)/.exec(body)?.[1], body },
      ]);
    }),
  );
}

let knownContract;

/** Returns openapi.json, which is large: it is parsed once. */
const contract = () => (knownContract ??= JSON.parse(readFileSync('openapi.json', 'utf8')));

/** Returns the resources to which a field can refer, by name: those of an organization that the API reads by an id, and members. */
export function readTargets(found) {
  const read = new Set(Object.values(contract().paths).flatMap((item) => item.get?.operationId ?? []));
  const owned = [...found.values()].filter(({ name, body }) => read.has(`get${name}`) && /@@id\(\[organizationId, id\]\)/.test(body));
  const nameOf = (model) => model.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase();
  const targets = owned.map(({ name, table, file }) => [nameOf(name), { model: name, table, file, key: 'id', aWord: namesOf(nameOf(name), table).aWord }]);
  return new Map([...targets, ['member', { model: 'Membership', table: 'memberships', file: found.get('Membership').file, key: 'userId', aWord: 'a member' }]]);
}

export const schemaOf = (name) => contract().components.schemas[name];

/** Returns a line for each name of the new resource that something else has, with the place of that. */
export function findCollisions({ Name, Names, names, path, table }) {
  const { paths, components, tags } = contract();
  const found = [];
  for (const { name, file, line, table: other } of readModels().values()) {
    if (name === Name) found.push(`the model ${Name} is in ${file}:${line}`);
    if (other === table) found.push(`the table ${table} is that of the model ${name} in ${file}:${line}`);
  }
  for (const schema of [Name, `Create${Name}`, `Update${Name}`, `${Name}Page`]) {
    const users = Object.entries(paths).flatMap(([route, item]) =>
      Object.entries(item)
        .filter(([, operation]) => JSON.stringify(operation).includes(`/schemas/${schema}"`))
        .map(([method]) => `${method.toUpperCase()} ${route}`),
    );
    if (components.schemas[schema] !== undefined) found.push(`the schema ${schema} of the contract is used by ${users[0] ?? 'another schema'}`);
  }
  const operations = [`list${Names}`, `create${Name}`, `get${Name}`, `update${Name}`, `delete${Name}`];
  for (const [route, item] of Object.entries(paths))
    for (const [method, { operationId, tags: [tag] = [] }] of Object.entries(item)) {
      if (operations.includes(operationId)) found.push(`the operation ${operationId} is ${method.toUpperCase()} ${route} of ${tag}`);
      if (new RegExp(`^/api/v1/organizations/\\{organizationId\\}/${path}(/\\{\\w+\\})?$`).test(route))
        found.push(`the route ${method.toUpperCase()} ${route} is ${operationId} of ${tag}`);
      if (item[method]['x-permission']?.startsWith(`${table}:`)) found.push(`the permission ${item[method]['x-permission']} is required by ${operationId} of ${tag}`);
    }
  if (new RegExp(`^  ${names} `, 'm').test(readModels().get('Organization').body))
    found.push(`the field ${names} of the model Organization is in ${readModels().get('Organization').file}`);
  if (tags.some(({ name }) => name === path)) found.push(`the tag ${path} is in src/contract/tags.ts or src/resources.ts`);
  if (existsSync(`src/modules/${path}`)) found.push(`the folder src/modules/${path} exists`);
  return [...new Set(found)];
}

/** Returns the meter and its kind in the catalogs that define it. Units are counted when something is created, those of a gauge until it is deleted. */
export function readMeter(key) {
  const catalogs = readdirSync('catalogs').filter((file) => file.endsWith('.yaml'));
  const meters = new Map(catalogs.flatMap((file) => Object.entries(parse(readFileSync(`catalogs/${file}`, 'utf8')).meters ?? {})).reverse());
  const meter = meters.get(key);
  if (meter === undefined) throw new Error(`No catalog has a meter "${key}". They have ${[...meters.keys()].sort().join(', ')}.`);
  if (meter.tracks !== undefined) throw new Error(`The meter "${key}" counts ${meter.tracks} already. Choose another one.`);
  if (!['counter', 'gauge'].includes(meter.kind) || (meter.aggregation ?? 'sum') !== 'sum')
    throw new Error(`The meter "${key}" does not count units. Choose a counter or a gauge.`);
  return { key, kind: meter.kind };
}

/** Grants permissions to a role of a catalog, without changing anything else in the file. Returns the new text. */
export function grantedIn(text, role, permission, document) {
  const found = document.getIn(['roles', role]);
  if (found === undefined) throw new Error(`The catalog has no role "${role}". It has ${Object.keys(parse(text).roles).join(', ')}.`);
  const list = found.get('permissions', true);
  if (!(list?.items?.length > 0)) throw new Error(`The role "${role}" has no list of permissions. Give it one, for example permissions: [organization:read].`);
  const has = new Set(list.toJSON());
  if (['*', permission, permission.replace(/:\w+$/, ':*')].some((each) => has.has(each))) return text;
  const last = list.items.at(-1).range[1];
  return list.flow ? `${text.slice(0, last)}, ${permission}${text.slice(last)}` : `${text.slice(0, last)}\n${' '.repeat(indentOf(text, list))}- ${permission}${text.slice(last)}`;
}

/** The column of the `-` of the items of a list. */
const indentOf = (text, list) => {
  const start = text.lastIndexOf('-', list.items[0].range[0]);
  return start - text.lastIndexOf('\n', start) - 1;
};
