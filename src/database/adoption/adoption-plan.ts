import { parse } from 'yaml';
import { AdoptionError } from './adoption.error.js';

/** Where the organization of a row comes from. */
export type Rule =
  /** All rows belong to one organization, named by id or slug. */
  | { readonly kind: 'organization'; readonly organization: string }
  /** The value of a column names the organization. */
  | { readonly kind: 'column'; readonly column: string }
  /** The organization of the row that a foreign key references; of the first of several columns that has a value. */
  | { readonly kind: 'through'; readonly columns: readonly string[] };

export interface PlannedTable {
  readonly schema: string;
  readonly name: string;
  readonly rule: Rule;
}

/** The content of an adoption file. */
export interface AdoptionPlan {
  readonly tables: readonly PlannedTable[];
  /** The organization, by id or slug, of each value of a column. A value that is itself an id or slug needs no entry. */
  readonly organizations: ReadonlyMap<string, string>;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Reads an adoption file. docs/adopt.md describes it. @throws {AdoptionError} */
export function parsePlan(text: string): AdoptionPlan {
  const plan: unknown = parseYaml(text);
  if (!isObject(plan)) throw new AdoptionError('The file is not a YAML map with the key tables.');
  const { organization, organizations = {}, tables, ...others } = plan;
  refuseOthers('The file', others);
  if (organization !== undefined && !isText(organization)) throw new AdoptionError('organization must be the id or slug of an organization.');
  if (!isObject(organizations)) throw new AdoptionError('organizations must be a map from the values of a column to ids or slugs of organizations.');
  const named = Array.isArray(tables) ? tables.map((name): [unknown, unknown] => [name, null]) : isObject(tables) ? Object.entries(tables) : [];
  if (named.length === 0) throw new AdoptionError('tables must name at least one table.');
  return {
    tables: refuseTwice(named.map(([name, rule]) => ({ ...nameOf(name), rule: ruleOf(String(name), rule, organization) }))),
    organizations: new Map(Object.entries(organizations).map(([value, target]) => [value, organizationOf(value, target)])),
  };
}

function parseYaml(text: string): unknown {
  try {
    // Without a schema for numbers and dates: a value such as 007 is a text.
    return parse(text, { schema: 'failsafe' }) as unknown;
  } catch (error) {
    throw new AdoptionError(`The file is not valid YAML: ${(error as Error).message}`, { cause: error });
  }
}

function refuseOthers(place: string, others: object): void {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new AdoptionError(`${place} has an unknown key: ${unknown}.`);
}

function organizationOf(value: string, target: unknown): string {
  if (!isText(target)) throw new AdoptionError(`organizations: ${value} must be followed by the id or slug of an organization.`);
  return target;
}

/** Splits `schema.table` at the first dot. Letters keep their case, as in double quotes. */
function nameOf(name: unknown): { readonly schema: string; readonly name: string } {
  if (!isText(name)) throw new AdoptionError('tables: the name of a table is missing.');
  const dot = name.indexOf('.');
  return dot < 0 ? { schema: 'public', name } : { schema: name.slice(0, dot), name: name.slice(dot + 1) };
}

function ruleOf(table: string, rule: unknown, fallback: string | undefined): Rule {
  if (rule === null || rule === undefined || rule === '') {
    if (fallback === undefined) throw new AdoptionError(`tables: ${table} needs organization, column or through, because the file names no organization for all tables.`);
    return { kind: 'organization', organization: fallback };
  }
  if (!isObject(rule)) throw new AdoptionError(`tables: ${table} must have one of organization, column and through.`);
  const { organization, column, through, ...others } = rule;
  refuseOthers(`tables: ${table}`, others);
  if ([organization, column, through].filter((each) => each !== undefined).length !== 1)
    throw new AdoptionError(`tables: ${table} must have one of organization, column and through.`);
  if (isText(organization)) return { kind: 'organization', organization };
  if (isText(column)) return { kind: 'column', column };
  const columns: unknown[] = Array.isArray(through) ? through : [through];
  if (columns.length === 0 || !columns.every(isText)) throw new AdoptionError(`tables: ${table} must name columns.`);
  return { kind: 'through', columns };
}

/** @throws {AdoptionError} when a table is named twice */
function refuseTwice(tables: readonly PlannedTable[]): readonly PlannedTable[] {
  const names = tables.map(({ schema, name }) => `${schema}.${name}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new AdoptionError(`tables: ${twice} occurs twice.`);
  return tables;
}
