// The fields of a resource: `name:type`, with a `?` at the end if it is optional.
import { columnOf, longestName, reservedForFields, wordsOf } from './names.mjs';

const own = new Set(['id', 'organizationId', 'organization', 'createdAt', 'updatedAt', 'limit', 'cursor', 'sort', 'count', 'search']);

/**
 * A kind of field. `column`: its Prisma type. `decorator`: of requests and answers. `write` and `read`: between the request, the row and the answer.
 * `unit`: what its description adds. `example`: a value of a request. `other`: another one, for the test of a change.
 */
const kinds = {
  string: { column: 'String', type: 'string', decorator: 'TextField', example: (field) => `Example ${wordsOf(field)}`, other: 'Another text' },
  text: { column: 'String', type: 'string', decorator: 'TextField', options: ['max: 5000', 'multiline: true'], example: () => 'Some text', other: 'Another text' },
  int: { column: 'Int', type: 'number', decorator: 'IntegerField', options: ['min: -2_147_483_648', 'max: 2_147_483_647'], example: () => 7, other: 8 },
  'int:minor': {
    column: 'BigInt',
    type: 'number',
    decorator: 'IntegerField',
    options: ['min: 0', 'max: Number.MAX_SAFE_INTEGER'],
    unit: 'in minor units of `currency`',
    write: (value) => `BigInt(${value})`,
    read: (value) => `Number(${value})`,
    example: () => 1999,
    other: 2999,
  },
  currency: {
    column: 'String',
    type: 'string',
    decorator: 'TextField',
    options: ['min: 3', 'max: 3', 'pattern: /^[A-Z]{3}$/'],
    unit: 'an ISO 4217 code',
    example: () => 'EUR',
    other: 'USD',
  },
  decimal: {
    column: 'Decimal',
    attributes: '@db.Decimal(18, 6)',
    type: 'string',
    decorator: 'TextField',
    options: ['max: 20', String.raw`pattern: /^-?\d{1,12}(\.\d{1,6})?$/`],
    unit: 'a decimal number as text, so that it stays exact',
    read: (value) => `${value}.toFixed()`,
    example: () => '12.5',
    other: '13.25',
  },
  boolean: { column: 'Boolean', attributes: '@default(false)', type: 'boolean', decorator: 'BooleanField', hasDefault: true, example: () => true, other: false },
  date: {
    column: 'DateTime',
    attributes: '@db.Date',
    type: 'string',
    decorator: 'DayField',
    write: (value) => `readTime(${value})`,
    read: (value) => `${value}.toISOString().slice(0, 10)`,
    example: () => '2026-11-21',
    other: '2026-11-22',
  },
  datetime: {
    column: 'DateTime',
    attributes: '@db.Timestamptz(3)',
    type: 'string',
    decorator: 'TimeField',
    write: (value) => `readTime(${value})`,
    read: (value) => `${value}.toISOString()`,
    example: () => '2026-11-21T09:30:00.000Z',
    other: '2026-11-22T09:30:00.000Z',
  },
  uuid: {
    column: 'String',
    attributes: '@db.Uuid',
    type: 'string',
    decorator: 'UuidField',
    example: () => '0192b8a0-0000-7000-8000-000000000001',
    other: '0192b8a0-0000-7000-8000-000000000002',
  },
  json: {
    column: 'Json',
    type: 'Record<string, unknown>',
    decorator: 'RecordField',
    options: ['maxBytes: 16_384'],
    write: (value) => `${value} as Prisma.InputJsonObject`,
    read: (value) => `${value} as Record<string, unknown>`,
    example: () => ({ key: 'value' }),
    other: { key: 'another' },
  },
};

function fieldOf(written, resources) {
  const [, name, type, mark] = /^([a-z][a-zA-Z0-9]*):(.+?)(\?)?$/.exec(written) ?? [];
  if (name === undefined)
    throw new Error(
      `"${written}" is no field: write name:type, e.g. dueAt:datetime, and ? at the end if it is optional. A name has letters and digits, and begins with a small letter.`,
    );
  const optional = mark === '?';
  const choices = /^enum\(([^)]+)\)$/
    .exec(type)?.[1]
    .split(',')
    .map((choice) => choice.trim());
  if (choices?.some((choice) => !/^[a-z][a-z0-9_]*$/.test(choice)) || new Set(choices).size !== (choices?.length ?? 0))
    throw new Error(`"${written}" has a choice that is no word in lower case, or one twice.`);
  if (choices?.length === 1) throw new Error(`"${written}" has one choice. Name at least two.`);
  if (choices !== undefined) return { name, optional, column: 'String', type: 'string', decorator: 'ChoiceField', choices, example: () => choices[0], other: choices[1] };
  if (kinds[type] !== undefined) return { name, optional, kind: type, ...kinds[type] };
  const target = resources.get(type);
  if (target === undefined)
    throw new Error(
      `"${written}": "${type}" is neither a type (${Object.keys(kinds)
        .filter((kind) => kind !== 'currency')
        .join(', ')}, enum(…)) nor a resource (${[...resources.keys()].join(', ')}). Add what it refers to first.`,
    );
  if (target.isItself === true && !optional) throw new Error(`"${written}" refers to the resource itself: put ? at its end, because the first ${type} has nothing to refer to.`);
  return {
    name: `${name}Id`,
    relation: name,
    target,
    optional,
    column: 'String',
    attributes: '@db.Uuid',
    type: 'string',
    decorator: 'UuidField',
    description: `The ${target.key === 'userId' ? 'user id' : 'id'} of the ${wordsOf(name)}${target.aWord.replace(/^an? /, '') === wordsOf(name) ? '' : `, ${target.aWord}`}`,
  };
}

/**
 * Reads the fields of a resource.
 *
 * @param resources what a field can refer to, by name
 * @param table the table that will have the fields
 */
export function readFields(written, resources, table) {
  const fields = written.map((each) => fieldOf(each, resources));
  const money = fields.filter(({ kind }) => kind === 'int:minor');
  if (money.length > 0 && !fields.some(({ name }) => name === 'currency'))
    fields.splice(fields.lastIndexOf(money.at(-1)) + 1, 0, { name: 'currency', kind: 'currency', ...kinds.currency, optional: money.every(({ optional }) => optional) });
  const names = fields.flatMap(({ name, relation = name }) => (relation === name ? [name] : [name, relation]));
  const taken = names.find((name) => own.has(name));
  if (taken !== undefined)
    throw new Error(`The field "${taken}" exists already. Every resource has ${[...own].slice(0, 5).join(', ')}; limit, cursor, sort, count and search belong to its list.`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`The field "${twice}" is named twice.`);
  const columns = fields.map(({ name }) => name);
  const reserved = columns.find((name) => reservedForFields.has(name));
  if (reserved !== undefined) throw new Error(`The field "${reserved}" has a meaning of its own in the code or in PostgreSQL. Choose another name.`);
  const long = columns.map((name) => `${table}_${columnOf(name)}_check`).find((constraint) => constraint.length > longestName);
  if (long !== undefined)
    throw new Error(`${long}, the name of a constraint, is too long: PostgreSQL allows ${longestName} letters. Shorten the name of the resource or of the field.`);
  if (!fields.some(({ optional, hasDefault, other }) => !optional && hasDefault !== true && other !== undefined))
    throw new Error('At least one field must be required, and be neither a boolean nor a reference, e.g. name:string.');
  return fields;
}
