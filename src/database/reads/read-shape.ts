import { isObject, type Args } from '../../tenancy/model-kind.js';

/** The shape of a read: its arguments without the values of its conditions, as a key. */
export interface ReadShape {
  readonly key: string;
  /** The values, in the order in which the statement has its parameters. */
  readonly values: readonly unknown[];
}

/** Fields and operators are words. Other names are quoted, so that no name can be taken for the structure around it. */
export const nameKey = (name: string): string => (/^\w+$/.test(name) ? name : JSON.stringify(name));

/** The arguments of a read, in the order in which they are compiled. */
const compiled = ['select', 'include', 'where', 'orderBy', 'take'] as const;

/** Usual numbers of rows: of a page, and one more that tells whether there is a next page. */
const limits = [1, 2, 6, 11, 21, 26, 51, 101] as const;

/**
 * Returns the limit of a statement that takes a number of rows: the next common one, so that there are few statements. It is part of the
 * statement, because PostgreSQL plans for it. Returns undefined for a number that Prisma treats in another way.
 */
export function limitOf(take: unknown): number | undefined {
  if (!Number.isInteger(take) || (take as number) < 0 || (take as number) >= 2 ** 31) return undefined;
  return limits.find((limit) => limit >= (take as number)) ?? (take as number);
}

/** Returns the shape of a read. Reads of the same shape have the same statement. */
export function shapeOf(model: string, operation: string, args: Args): ReadShape {
  const values: unknown[] = [];
  return { key: `${model}.${operation}${argumentsKey(args, values)}`, values };
}

function argumentsKey(args: Args, values: unknown[]): string {
  let key = '(';
  for (const name of compiled) {
    if (!Object.hasOwn(args, name)) continue;
    const value = args[name];
    if (name === 'where') key += `where:${conditionKey(value, values)},`;
    else if (name === 'take') key += `take:${limitOf(value) ?? 'unsupported'},`;
    else key += `${name}:${selectionKey(value, values)},`;
  }
  return `${key})`;
}

/** The key of a selection or an order: its words are part of the statement. A selected relation has arguments of its own. */
export function selectionKey(value: unknown, values: unknown[]): string {
  if (Array.isArray(value)) return `[${value.map((each) => selectionKey(each, values)).join(',')}]`;
  if (!isObject(value)) return typeof value === 'string' ? `'${nameKey(value)}` : String(value);
  let key = '{';
  for (const name in value) {
    const chosen = value[name];
    key += `${nameKey(name)}:${isObject(chosen) ? relationKey(chosen, values) : selectionKey(chosen, values)},`;
  }
  return `${key}}`;
}

/** Arguments that prepared reads do not support are part of the key too, so that they never pass for supported ones. */
function relationKey(args: Args, values: unknown[]): string {
  const others = Object.keys(args).filter((name) => !compiled.includes(name as (typeof compiled)[number]));
  return `${argumentsKey(args, values)}${others.map(nameKey).join(' ')}`;
}

/** Whether a part of a condition has parts itself: otherwise it is a value, or a list. */
export const hasParts = (part: unknown): part is Args => isObject(part) && !(part instanceof Date) && !(part instanceof Uint8Array);

/** The key of a condition: its values are parameters. */
export function conditionKey(value: unknown, values: unknown[]): string {
  if (Array.isArray(value)) return `[${value.map((each) => conditionKey(each, values)).join(',')}]`;
  if (!hasParts(value)) return valueKey(value, values);
  let key = '{';
  for (const name in value) {
    const part = value[name];
    key += name === 'in' ? `in:${valueKey(part, values)},` : `${nameKey(name)}:${conditionKey(part, values)},`;
  }
  return `${key}}`;
}

/** `null` is compared by `is null`, so it is a part of the statement, and `undefined` is refused; other values are parameters. */
function valueKey(value: unknown, values: unknown[]): string {
  if (value === null || value === undefined) return String(value);
  values.push(value);
  return '$';
}
