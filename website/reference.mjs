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
  if (schema.$ref !== undefined) {
    const { enum: values } = resolve(schema);
    return values === undefined ? `\`${schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)}\`` : values.map((value) => `\`${value}\``).join(', ');
  }
  const parts = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (parts !== undefined) return parts.map(typeOf).join(' or ');
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
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

/** Returns the codes of the problems that a schema of an answer names. */
function codesOf(schema, seen = new Set()) {
  if (schema?.$ref !== undefined) {
    if (seen.has(schema.$ref)) return [];
    return codesOf(resolve(schema), new Set([...seen, schema.$ref]));
  }
  const { const: code, enum: codes = [] } = schema?.properties?.code ?? {};
  const own = code === undefined ? codes : [code];
  return [...own, ...[...(schema?.oneOf ?? []), ...(schema?.anyOf ?? []), ...(schema?.allOf ?? [])].flatMap((part) => codesOf(part, seen))];
}

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, ...operation })),
);

/** Returns, by code, the operations that answer it, and their statuses. */
function answersOf() {
  const answers = new Map();
  for (const { name, operationId, tags, responses } of operations) {
    for (const [status, response] of Object.entries(responses)) {
      for (const code of new Set(codesOf(schemaOf(resolve(response).content)))) {
        const known = answers.get(code) ?? { statuses: new Set(), operations: new Map() };
        if (status !== 'default') known.statuses.add(status);
        known.operations.set(operationId, `[\`${name.replace('/api/v1', '')}\`](/reference/${tags[0]}#${operationId})`);
        answers.set(code, known);
      }
    }
  }
  return answers;
}

/**
 * Returns the page of all error codes: the cause and the remedy of docs/errors.md, and the operations that answer the code.
 *
 * @param link turns an address of docs/errors.md into one of the website
 */
export function errorReference(link) {
  const answers = answersOf();
  const text = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
  const sections = text.split(/^## (?=\d)/m).slice(1);
  const parts = sections.map((section) => {
    const title = section.slice(0, section.indexOf('\n'));
    const codes = [...section.matchAll(/^\| <a id="(?<code>\w+)"><\/a>`\w+` \| (?<cause>.*) \| (?<remedy>.*) \|$/gm)].map(({ groups }) => groups);
    return { title, codes };
  });
  const missing = [...answers.keys()].filter((code) => parts.every(({ codes }) => codes.every((each) => each.code !== code)));
  if (missing.length > 0) throw new Error(`docs/errors.md lacks codes of openapi.json: ${missing.join(', ')}`);
  const plain = (markdown) =>
    cell(markdown)
      .replaceAll('\\|', '|')
      .replaceAll(/\]\(([^)\s]+)\)/g, (_, address) => `](${link(address)})`);
  const describe = ({ code, cause, remedy }) => {
    const known = answers.get(code);
    const list = [...(known?.operations.values() ?? [])];
    const where =
      known === undefined
        ? 'No operation of the document: the command line, or the server before it knows the route.'
        : list.length > operations.length / 2
          ? `${list.length} of ${operations.length} operations.`
          : list.join(', ');
    const statuses = known === undefined || known.statuses.size === 0 ? '' : `\n\n**Status**: ${[...known.statuses].join(', ')}`;
    return `### \`${code}\` {#${code}}\n\n${plain(cause)} ${plain(remedy)}${statuses}\n\n**Answered by**: ${where}`;
  };
  const body = parts.map(({ title, codes }) => `## ${title}\n\n${codes.map(describe).join('\n\n')}`);
  return `---\noutline: 2\n---\n\n# Error codes by operation\n\nThe \`type\` of a problem leads to its code in [the list of codes](/docs/errors). This page adds the operations that answer it.\n\n${body.join('\n\n')}\n`;
}

/** Returns the page of the fields of a catalog, from its schema. */
export function catalogReference() {
  const schema = JSON.parse(readFileSync(new URL('../catalogs/catalog.schema.json', import.meta.url), 'utf8'));
  const resolveIn = (part) => (part.$ref === undefined ? part : { ...schema.definitions[part.$ref.slice(part.$ref.lastIndexOf('/') + 1)], ...part });
  const form = (part) => {
    const { enum: values, const: only, type, items, oneOf, anyOf, minimum, maximum, pattern } = resolveIn(part);
    const alternatives = oneOf ?? anyOf;
    if (alternatives !== undefined) return [...new Set(alternatives.map(form))].join(' or ');
    if (only !== undefined) return `\`${only}\``;
    if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ');
    if (type === 'array') return `list of ${form(items ?? {})}`;
    if (minimum !== undefined || maximum !== undefined) return `${type}, ${minimum ?? '…'} to ${maximum ?? '…'}`;
    return [type ?? (pattern === undefined ? 'any' : 'text')].flat().join(' or ');
  };
  /** The rows of an object, with those of the objects in it. */
  const rowsOf = (part, prefix) => {
    const { properties = {}, required = [], additionalProperties, items, oneOf, anyOf } = resolveIn(part);
    const own = Object.entries(properties).flatMap(([name, field]) => [
      [`\`${prefix}${name}\`${required.includes(name) ? '' : ' (optional)'}`, form(field), resolveIn(field).description],
      ...rowsOf(field, `${prefix}${name}.`),
    ]);
    const entries = typeof additionalProperties === 'object' ? rowsOf(additionalProperties, `${prefix}*.`) : [];
    const listed = items === undefined ? [] : rowsOf(items, `${prefix}*.`);
    return [...own, ...entries, ...listed, ...[...(oneOf ?? []), ...(anyOf ?? [])].flatMap((each) => rowsOf(each, prefix))];
  };
  const known = new Set();
  const once = (rows) => rows.filter(([name]) => !known.has(name) && known.add(name));
  const sections = Object.entries(schema.properties).map(([name, part]) => {
    const rows = once(rowsOf(part, `${name}.`));
    const { description = '' } = resolveIn(part);
    return `## ${name}${(schema.required ?? []).includes(name) ? '' : ' (optional)'} {#${name}}\n\n${cell(description)}\n\n${rows.length === 0 ? `Form: ${form(part)}` : table(['field', 'form', 'meaning'], rows)}`;
  });
  return `# Fields of a catalog\n\nFrom \`catalogs/catalog.schema.json\`, which editors use too. [Catalog](/docs/catalog) explains how the parts work together. \`*\` stands for a key that you choose, or for an entry of a list.\n\n${sections.join('\n\n')}\n`;
}

/** Returns the tags with their pages. */
export function reference() {
  return document.tags.map(({ name, description }) => {
    const pages = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, operation]) => (operation.tags?.includes(name) === true ? [operationPage(method, path, operation)] : [])),
    );
    return { name, description, page: `# ${name}\n\n${description}\n\n${pages.join('\n\n')}\n` };
  });
}
