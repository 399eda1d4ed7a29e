import { ScimError } from './scim-error.js';
import { placeOf, type ResourceType } from './scim-schema.js';

const operators = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'pr'] as const;
type Operator = (typeof operators)[number];

/** A filter of RFC 7644, section 3.4.2.2. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Filter[] }
  | { readonly kind: 'not'; readonly of: Filter }
  | { readonly kind: 'compare'; readonly path: string; readonly operator: Operator; readonly value: unknown }
  | { readonly kind: 'element'; readonly path: string; readonly of: Filter };

/** The most comparisons in a filter, and the most levels of parentheses. */
const [maxComparisons, maxDepth] = [50, 10];

const tokenPattern = /\s*(?:("(?:[^"\\]|\\.)*")|([()[\]])|([^\s()[\]"]+))/y;

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < text.trimEnd().length) {
    const found = tokenPattern.exec(text);
    if (found === null) throw invalid('is not a filter');
    tokens.push(found[1] ?? found[2] ?? found[3] ?? '');
  }
  return tokens;
}

const invalid = (what: string): ScimError => new ScimError(400, 'invalidFilter', `The filter ${what}. An example: userName eq "ann@example.com"`);

/** Parses in linear time: it does not expand the filter. */
class Parser {
  readonly #tokens: readonly string[];
  #next = 0;
  #comparisons = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  whole(): Filter {
    const filter = this.#either(0);
    if (this.#next < this.#tokens.length) throw invalid(`has an unexpected ${this.#tokens[this.#next]}`);
    return filter;
  }

  #either(depth: number): Filter {
    return this.#joined('or', () => this.#joined('and', () => this.#one(depth)));
  }

  #joined(kind: 'and' | 'or', part: () => Filter): Filter {
    const of = [part()];
    while (this.#tokens[this.#next]?.toLowerCase() === kind) {
      this.#next += 1;
      of.push(part());
    }
    const [first] = of;
    return of.length === 1 && first !== undefined ? first : { kind, of };
  }

  #one(depth: number): Filter {
    if (depth > maxDepth) throw invalid('has too many parentheses');
    const token = this.#take();
    if (token === '(') return this.#closed(')', depth);
    if (token.toLowerCase() === 'not' && this.#tokens[this.#next] === '(') {
      this.#next += 1;
      return { kind: 'not', of: this.#closed(')', depth) };
    }
    if (!/^[a-z$][\w$:.-]*$/i.test(token)) throw invalid(`has an unexpected ${token}`);
    if (this.#tokens[this.#next] === '[') {
      this.#next += 1;
      const element: Filter = { kind: 'element', path: token, of: this.#closed(']', depth) };
      // `emails[type eq "work"].value eq "…"`: the attribute after the bracket is compared in the same element.
      const rest = this.#tokens[this.#next];
      if (rest?.startsWith('.') !== true) return element;
      this.#next += 1;
      return { kind: 'element', path: token, of: { kind: 'and', of: [element.of, this.#comparison(rest.slice(1))] } };
    }
    return this.#comparison(token);
  }

  #comparison(path: string): Filter {
    this.#comparisons += 1;
    if (this.#comparisons > maxComparisons) throw invalid(`has more than ${maxComparisons} comparisons`);
    const name = this.#take().toLowerCase();
    const operator = operators.find((each) => each === name);
    if (operator === undefined) throw invalid(`has the unknown operator ${name}`);
    return { kind: 'compare', path, operator, value: operator === 'pr' ? undefined : valueOf(this.#take()) };
  }

  #closed(end: string, depth: number): Filter {
    const filter = this.#either(depth + 1);
    if (this.#take() !== end) throw invalid(`lacks a ${end}`);
    return filter;
  }

  #take(): string {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw invalid('ends too early');
    this.#next += 1;
    return token;
  }
}

function valueOf(token: string): unknown {
  // Entra ID sends True and False.
  if (/^(true|false)$/i.test(token)) return token.toLowerCase() === 'true';
  let value: unknown;
  try {
    value = JSON.parse(token);
  } catch {
    throw invalid(`has the invalid value ${token}`);
  }
  // PostgreSQL has no such text.
  if (typeof value === 'string' && (value.includes('\0') || /\p{Surrogate}/u.test(value))) throw invalid(`has the invalid value ${token}`);
  return value;
}

/** @throws {ScimError} `invalidFilter` */
export const parseFilter = (text: string): Filter => new Parser(text).whole();

/**
 * Returns the filter with its paths checked. An attribute of an extension gets the URN of the extension, which Entra ID leaves out.
 *
 * @param within the attribute in whose elements the filter is evaluated
 * @throws {ScimError} `invalidFilter` for an unknown attribute
 */
export function checkFilter(filter: Filter, type: ResourceType, within = ''): Filter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, of: filter.of.map((each) => checkFilter(each, type, within)) };
    case 'not':
      return { kind: 'not', of: checkFilter(filter.of, type, within) };
    case 'element': {
      const path = knownPath(type, filter.path);
      return { ...filter, path, of: checkFilter(filter.of, type, path) };
    }
    case 'compare':
      if (within === '') return { ...filter, path: knownPath(type, filter.path) };
      knownPath(type, `${within}.${filter.path}`);
      return filter;
  }
}

function knownPath(type: ResourceType, path: string): string {
  const known = [path, ...type.extensions.map(({ id }) => `${id}:${path}`)].find((each) => placeOf(type, each) !== undefined);
  if (known === undefined) throw new ScimError(400, 'invalidFilter', `The filter names the unknown attribute ${path}.`);
  return known;
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns the member of an object by its name in any case. */
const memberOf = (of: Json, name: string): unknown => of[Object.keys(of).find((key) => key.toLowerCase() === name.toLowerCase()) ?? name];

/** Returns all values at a path of a resource, or of an element of one. */
function valuesAt(of: Json, path: string, type: ResourceType | undefined): unknown[] {
  const place = type === undefined ? undefined : placeOf(type, path);
  const from = place?.extension === undefined ? of : memberOf(of, place.extension);
  const steps = place === undefined ? path.split('.') : [place.attribute.name, ...(place.sub === undefined ? [] : [place.sub.name])];
  const found = steps.reduce<unknown[]>((values, step) => values.flatMap((value) => (isObject(value) ? [memberOf(value, step)].flat() : [])), [from]);
  // `emails eq "…"` compares the values of the elements.
  return found.filter((value) => value !== undefined && value !== null).map((value) => (isObject(value) && 'value' in value ? value['value'] : value));
}

const exact: ReadonlySet<string> = new Set(['id', 'externalid']);

/** Whether a resource, or an element of one when `type` is undefined, matches a filter. */
export function matches(filter: Filter, of: Json, type: ResourceType | undefined): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.of.every((each) => matches(each, of, type));
    case 'or':
      return filter.of.some((each) => matches(each, of, type));
    case 'not':
      return !matches(filter.of, of, type);
    case 'element':
      return [memberOf(of, placeName(filter.path, type))].flat().some((element) => isObject(element) && matches(filter.of, element, undefined));
    case 'compare': {
      const values = valuesAt(of, filter.path, type);
      if (filter.operator === 'pr') return values.length > 0;
      if (filter.operator === 'ne') return !values.some((value) => compares('eq', value, filter.value, exact.has(filter.path.toLowerCase())));
      if (filter.operator === 'eq' && filter.value === null) return values.length === 0;
      return values.some((value) => compares(filter.operator, value, filter.value, exact.has(filter.path.toLowerCase())));
    }
  }
}

const placeName = (path: string, type: ResourceType | undefined): string => (type === undefined ? path : (placeOf(type, path)?.attribute.name ?? path));

function compares(operator: Operator, actual: unknown, expected: unknown, caseExact: boolean): boolean {
  // Entra ID compares `active` with the text "False".
  if (typeof actual === 'boolean') return operator === 'eq' && String(actual) === String(expected).toLowerCase();
  const [a, b] = [String(actual), String(expected)].map((text) => (caseExact ? text : text.toLowerCase())) as [string, string];
  switch (operator) {
    case 'eq':
      return a === b;
    case 'co':
      return a.includes(b);
    case 'sw':
      return a.startsWith(b);
    case 'ew':
      return a.endsWith(b);
    case 'gt':
      return a > b;
    case 'ge':
      return a >= b;
    case 'lt':
      return a < b;
    case 'le':
      return a <= b;
    default:
      return false;
  }
}
