// Makes a page of the reference for each tag of openapi.json.
import { readFileSync } from 'node:fs';

const document = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8'));

/** Follows a reference within the document. */
const resolve = (part) =>
  part?.$ref === undefined
    ? part
    : resolve(
        part.$ref
          .slice(2)
          .split('/')
          .reduce((at, key) => at[key], document),
      );
/** A text in a cell of a table: no line breaks, no columns, and no tags or expressions that the generator would read. */
const cell = (text = '') => text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('{{', '&#123;&#123;');
const table = (head, rows) =>
  rows.length === 0 ? '' : `| ${head.join(' | ')} |\n|${'---|'.repeat(head.length)}\n${rows.map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')}\n`;

/** Returns the type of a value in a few words. */
function typeOf(schema) {
  if (schema === undefined) return '';
  const one = (each) => (each.$ref === undefined ? typeOf(each) : `\`${each.$ref.slice(each.$ref.lastIndexOf('/') + 1)}\``);
  if (schema.$ref !== undefined) return one(schema);
  const parts = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (parts !== undefined) return parts.map(one).join(' or ');
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.type === 'array') return `list of ${one(schema.items ?? {})}`;
  return [schema.type ?? 'any'].flat().join(' or ') + (schema.format === undefined ? '' : ` (${schema.format})`);
}

/** Returns the rows of a schema's fields, with those of the objects in it. */
function fieldsOf(schema, prefix = '', seen = new Set()) {
  const { properties = {}, required = [], items, oneOf, anyOf, allOf } = resolve(schema) ?? {};
  const within = [items, ...(oneOf ?? anyOf ?? allOf ?? [])].filter((each) => each !== undefined);
  const rows = Object.entries(properties).flatMap(([name, field]) => {
    const own = [`\`${prefix}${name}\`${required.includes(name) ? '' : ' (optional)'}`, typeOf(field), field.description];
    const inner = [field, field.items, ...(field.oneOf ?? field.anyOf ?? field.allOf ?? [])].find((each) => each?.$ref !== undefined);
    if (inner === undefined || seen.has(inner.$ref)) return [own];
    return [own, ...fieldsOf(inner, `${prefix}${name}${field.items === undefined ? '' : '[]'}.`, new Set([...seen, inner.$ref]))];
  });
  return [...rows, ...within.flatMap((each) => fieldsOf(each, items === each ? `${prefix}[].` : prefix, seen))];
}

const schemaOf = (content = {}) => Object.values(content).find(({ schema }) => schema !== undefined)?.schema;

function operationPage(method, path, operation) {
  const { operationId, summary, description = '', parameters = [], requestBody, responses, deprecated } = operation;
  const known = parameters.map(resolve);
  const answers = Object.entries(responses).map(([status, response]) => [status, resolve(response)]);
  const bodies = answers.filter(([status, { content }]) => status.startsWith('2') && schemaOf(content) !== undefined);
  return [
    `## ${summary} {#${operationId}}`,
    `\`${method.toUpperCase()} ${path}\` — \`${operationId}\`${deprecated === true ? ' — deprecated' : ''}`,
    description.replaceAll('{{', '&#123;&#123;').replaceAll('<', '&lt;'),
    known.length === 0
      ? ''
      : `**Parameters**\n\n${table(
          ['name', 'in', 'type', 'description'],
          known.map((each) => [`\`${each.name}\`${each.required === true ? '' : ' (optional)'}`, each.in, typeOf(each.schema), each.description]),
        )}`,
    requestBody === undefined ? '' : `**Body**\n\n${table(['field', 'type', 'description'], fieldsOf(schemaOf(requestBody.content)))}`,
    `**Answers**\n\n${table(
      ['status', 'meaning'],
      answers.map(([status, { description: meaning }]) => [status, meaning]),
    )}`,
    ...bodies.map(([status, { content }]) => `**Fields of ${status}**\n\n${table(['field', 'type', 'description'], fieldsOf(schemaOf(content)))}`),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Returns the tags with their pages. */
export function reference() {
  return document.tags.map(({ name, description }) => {
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, operation]) => (operation.tags?.includes(name) === true ? [operationPage(method, path, operation)] : [])),
    );
    return { name, description, page: `# ${name}\n\n${description}\n\n${operations.join('\n\n')}\n` };
  });
}
