// Writes sdk/src/generated from the contract: the types of the schemas and operations, and the table of the routes.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { npmScript } from './arguments.mjs';

const [file, folder] = npmScript('openapi', 'Writes the contract and what is generated from it.')
  .argument('[document]', 'the document that the SDK is generated from', 'openapi.json')
  .argument('[folder]', 'the folder of the generated part of the SDK', 'sdk/src/generated')
  .parse().processedArgs;
const document = JSON.parse(readFileSync(file, 'utf8'));
const methods = ['get', 'put', 'post', 'patch', 'delete'];
const operations = Object.entries(document.paths).flatMap(([route, item]) =>
  methods.filter((method) => item[method]).map((method) => ({ ...item[method], route, method, parameters: (item[method].parameters ?? []).map(resolved) })),
);
const schemas = document.components.schemas;

function resolved(node) {
  if (node.$ref === undefined) return node;
  const keys = node.$ref.split('/').slice(1);
  return resolved(keys.reduce((each, key) => each[key], document));
}

const nameOf = ({ $ref }) => $ref.slice('#/components/schemas/'.length);
const quoted = (value) => (typeof value === 'string' ? `'${value.replaceAll(/['\\]/g, '\\$&')}'` : String(value));
const keyOf = (name) => (/^[\w$]+$/.test(name) ? name : quoted(name));
const grouped = (type, separator) => (type.includes(separator) ? `(${type})` : type);

/** Returns the type of the values that a schema allows. A keyword that is not known here is an error: the types must not say less than the document. */
function typeOf(schema, indent) {
  const types = [];
  if (schema.$ref !== undefined) types.push(nameOf(schema));
  else if (schema.const !== undefined) types.push(quoted(schema.const));
  else if (schema.enum !== undefined) types.push(schema.enum.map(quoted).join(' | '));
  else if (schema.type !== undefined)
    types.push(
      [schema.type]
        .flat()
        .map((type) => typeNamed(type, schema, indent))
        .join(' | '),
    );
  for (const keyword of ['oneOf', 'anyOf']) if (schema[keyword] !== undefined) types.push(schema[keyword].map((each) => typeOf(each, indent)).join(' | '));
  for (const each of schema.allOf ?? []) types.push(typeOf(each, indent));
  if (types.length === 0) return 'unknown';
  return [...new Set(types.length === 1 ? types : types.map((type) => grouped(type, ' | ')))].join(' & ');
}

function typeNamed(type, schema, indent) {
  if (type === 'array') return `${grouped(grouped(typeOf(schema.items, indent), ' | '), ' & ')}[]`;
  if (type === 'object') return objectOf(schema, indent);
  const name = { string: 'string', integer: 'number', number: 'number', boolean: 'boolean', null: 'null' }[type];
  if (name === undefined) throw new Error(`There is no type for ${JSON.stringify(schema)}`);
  return name;
}

function objectOf({ properties, required = [], additionalProperties }, indent) {
  if (properties === undefined) return `Record<string, ${typeof additionalProperties === 'object' ? typeOf(additionalProperties, indent) : 'unknown'}>`;
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(
    ([name, schema]) => `${comment(schema.description, inner)}${inner}${keyOf(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema, inner)};\n`,
  );
  return `{\n${lines.join('')}${indent}}`;
}

function comment(text, indent) {
  if (text === undefined || text === '') return '';
  const lines = text.replaceAll('*/', '* /').trim().split('\n');
  return lines.length === 1 ? `${indent}/** ${lines[0]} */\n` : `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
}

function declared([name, schema]) {
  const type = typeOf(schema, '');
  return `${comment(schema.description, '')}${type.startsWith('{') && type.endsWith('}') && type.indexOf('\n}') === type.length - 2 ? `export interface ${name} ${type}` : `export type ${name} = ${type};`}\n`;
}

/** The parameters of an operation in one place, as a property of its call. */
function parametersIn(place, { parameters }) {
  const properties = parameters.filter((each) => each.in === place);
  if (properties.length === 0) return [];
  const required = properties.filter((each) => each.required).map(({ name }) => name);
  const type = objectOf({ properties: Object.fromEntries(properties.map(({ name, schema, description }) => [name, { description, ...schema }])), required }, '      ');
  return [`      ${place}${required.length === 0 ? '?' : ''}: ${type};\n`];
}

function bodyOf({ requestBody }) {
  if (requestBody === undefined) return [];
  return [`      body${requestBody.required ? '' : '?'}: ${typeOf(requestBody.content['application/json'].schema, '      ')};\n`];
}

/** Returns the type of the data of an answer: JSON, nothing, or the `Response` of a file. */
function dataOf({ content }) {
  if (content === undefined) return 'undefined';
  return content['application/json'] === undefined ? 'Response' : typeOf(content['application/json'].schema, '      ');
}

const answersOf = ({ responses }) =>
  Object.entries(responses)
    .filter(([status]) => Number(status) < 400)
    .map(([status, answer]) => [status, resolved(answer)]);

/** The codes of the errors of an operation. */
function codesOf({ responses }) {
  const found = Object.values(responses).flatMap((answer) => codesIn(resolved(answer).content?.['application/problem+json']?.schema ?? {}));
  return [...new Set(found)].toSorted();
}

/** The codes that a schema of problems allows; none if it allows all. */
function codesIn(schema) {
  const { oneOf = [], allOf = [], properties } = resolved(schema);
  return [properties?.code?.const ?? [], ...[...oneOf, ...allOf].map(codesIn)].flat();
}

function operationType(operation) {
  const call = [...['path', 'query', 'header'].flatMap((place) => parametersIn(place, operation)), ...bodyOf(operation)];
  const answers = answersOf(operation).map(([status, answer]) => `      ${status}: ${dataOf(answer)};\n`);
  const codes = codesOf(operation).map(quoted);
  return `${comment(operation.summary, '  ')}  ${operation.operationId}: {
    call: ${call.length === 0 ? 'Record<never, never>' : `{\n${call.join('')}    }`};
    answers: {\n${answers.join('')}    };
    code: ${codes.length === 0 ? "Problem['code']" : codes.join(' | ')};
  };\n`;
}

/** The types of the problems that have members of their own, by their code. */
const problems = Object.entries(schemas).flatMap(([name, schema]) => (schema.oneOf === undefined ? codesIn(schema).map((code) => `  ${code}: ${name};\n`) : []));

/** The schemas of the JSON of the answers of success. */
const dataSchemasOf = (operation) =>
  answersOf(operation)
    .flatMap(([, { content }]) => content?.['application/json']?.schema ?? [])
    .flatMap((schema) => resolved(schema).oneOf ?? [schema])
    .map(resolved);

/** Whether the answer has the tokens of the caller. The token of an impersonation is somebody else's. */
const signsIn = (operation) => operation.operationId !== 'impersonateMember' && dataSchemasOf(operation).some(({ properties }) => properties?.accessToken !== undefined);

function routeOf(operation) {
  const names = operation.parameters.map(({ name }) => name);
  const flags = {
    isPublic: operation.security.every((scheme) => Object.keys(scheme).length === 0),
    ofTenant: names.includes('X-Tenant-ID'),
    isKeyed: names.includes('Idempotency-Key'),
    signsIn: signsIn(operation),
  };
  const given = Object.keys(flags).filter((flag) => flags[flag]);
  return `  ${operation.operationId}: { method: '${operation.method.toUpperCase()}', path: '${operation.route}'${given.map((flag) => `, ${flag}: true`).join('')} },\n`;
}

const heading = '// Written by `npm run openapi`, from the contract.\n';
const api = `${heading}
${Object.entries(schemas).map(declared).join('\n')}
/** The error documents by their code. */
export interface Problems {
${problems.join('')}}

/** The operations: what a call has, the data of the answers by their status, and the codes of the errors. */
export interface Operations {
${operations.map(operationType).join('')}}
`;
const routes = `${heading}
/** How an operation is called. */
export interface Route {
  readonly method: string;
  readonly path: string;
  /** It needs no credential, and gets none. */
  readonly isPublic?: true;
  /** X-Tenant-ID names its organization. */
  readonly ofTenant?: true;
  /** It is repeatable with an Idempotency-Key. */
  readonly isKeyed?: true;
  /** Its answer may have the tokens of a session. */
  readonly signsIn?: true;
}

export const routes = {
${operations.map(routeOf).join('')}} satisfies Readonly<Record<string, Route>>;
`;

mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, 'api.ts'), api);
writeFileSync(path.join(folder, 'routes.ts'), routes);
