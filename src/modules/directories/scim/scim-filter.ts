import { ScimError } from './scim-error.js';
import { placeOf, type ResourceType } from './scim-schema.js';

const operators = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'pr'] as const;
type Operator = (typeof operators)[number];

/** A filter of RFC 7644, section 3.4.2.2. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Filter[] }
  | { readonly kind: 'not'; readonly of: Filter }
  | Comparison
  | { readonly kind: 'element'; readonly path: string; readonly steps: readonly string[]; readonly of: Filter };

interface Comparison {
  readonly kind: 'compare';
  readonly path: string;
  readonly operator: Operator;
  readonly value: unknown;
  /** The names of the members that lead to the value, as the schemas write them. */
  readonly steps: readonly string[];
  readonly caseExact: boolean;
}

/** The most comparisons of values by which a request is answered: the time of a filter, or of the operations of a PATCH, depends on them. */
const maxWork = 500_000;

/** Counts the comparisons of a request. */
export class Work {
  #done = 0;

  /** @throws {ScimError} `tooMany` */
  add(comparisons: number): void {
    this.#done += comparisons;
    if (this.#done > maxWork) throw new ScimError(400, 'tooMany', `The request needs more than ${maxWork} comparisons. Send simpler filters, or fewer operations.`);
  }
}

/** The most comparisons in a filter, the most levels of parentheses, and the most characters. */
const [maxComparisons, maxDepth, maxLength] = [50, 10, 10_000];

const tokenPattern = /\s*(?:("(?:[^"\\]|\\.)*")|([()[\]])|([^\s()[\]"]+))/y;

function tokensOf(whole: string): string[] {
  const text = whole.trim();
  if (text.length > maxLength) throw invalid(`has more than ${maxLength} characters`);
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < text.length) {
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
      const element = { kind: 'element', path: token, steps: [], of: this.#closed(']', depth) } as const;
      // `emails[type eq "work"].value eq "…"`: the attribute after the bracket is compared in the same element.
      const rest = this.#tokens[this.#next];
      if (rest?.startsWith('.') !== true) return element;
      this.#next += 1;
      return { kind: 'element', path: token, steps: [], of: { kind: 'and', of: [element.of, this.#comparison(rest.slice(1))] } };
    }
    return this.#comparison(token);
  }

  #comparison(path: string): Filter {
    this.#comparisons += 1;
    if (this.#comparisons > maxComparisons) throw invalid(`has more than ${maxComparisons} comparisons`);
    const name = this.#take().toLowerCase();
    const operator = operators.find((each) => each === name);
    if (operator === undefined) throw invalid(`has the unknown operator ${name}`);
    return { kind: 'compare', path, operator, value: operator === 'pr' ? undefined : valueOf(this.#take()), steps: [], caseExact: false };
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
 * Returns the filter with its paths checked, for {@link matches}. An attribute of an extension gets the URN of the extension, which Entra ID leaves out.
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
      if (within !== '') throw invalid('has an element in an element');
      const { path, steps } = knownPlace(type, filter.path);
      return { ...filter, path, steps, of: checkFilter(filter.of, type, path) };
    }
    case 'compare': {
      if (within === '') return { ...filter, ...knownPlace(type, filter.path) };
      const { steps, caseExact } = knownPlace(type, `${within}.${filter.path}`);
      return { ...filter, path: steps.at(-1) ?? filter.path, steps: steps.slice(-1), caseExact };
    }
  }
}

function knownPlace(type: ResourceType, path: string): Pick<Comparison, 'path' | 'steps' | 'caseExact'> {
  for (const each of [path, ...type.extensions.map(({ id }) => `${id}:${path}`)]) {
    const place = placeOf(type, each);
    if (place === undefined) continue;
    const { extension, attribute, sub } = place;
    return { path: each, steps: [extension, attribute.name, sub?.name].filter((step) => step !== undefined), caseExact: (sub ?? attribute).caseExact };
  }
  throw new ScimError(400, 'invalidFilter', `The filter names the unknown attribute ${path}.`);
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns all values at a path of a resource, or of an element of one. */
function valuesOf(of: Json, steps: readonly string[]): unknown[] {
  let found: unknown[] = [of];
  for (const step of steps) found = found.flatMap((value) => (isObject(value) && Object.hasOwn(value, step) ? value[step] : []));
  return found.filter((value) => value !== undefined && value !== null);
}

/** `emails eq "…"` compares the values of the elements. */
const valuesAt = (of: Json, steps: readonly string[]): unknown[] => valuesOf(of, steps).map((value) => (isObject(value) && 'value' in value ? value['value'] : value));

/** Whether a resource, or an element of one, matches a filter. @throws {ScimError} `tooMany` when the request needs more work than it may */
export function matches(filter: Filter, of: Json, work: Work): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.of.every((each) => matches(each, of, work));
    case 'or':
      return filter.of.some((each) => matches(each, of, work));
    case 'not':
      return !matches(filter.of, of, work);
    case 'element':
      return valuesOf(of, filter.steps).some((element) => isObject(element) && matches(filter.of, element, work));
    case 'compare': {
      const values = valuesAt(of, filter.steps);
      work.add(Math.max(1, values.length));
      const { operator, value: expected, caseExact } = filter;
      if (operator === 'pr') return values.length > 0;
      if (operator === 'ne') return !values.some((value) => compares('eq', value, expected, caseExact));
      if (operator === 'eq' && expected === null) return values.length === 0;
      return values.some((value) => compares(operator, value, expected, caseExact));
    }
  }
}

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
