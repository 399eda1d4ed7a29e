import { commonProblems, type ProblemRoute } from './common-problems.js';
import type { Schema } from './open-api.js';
import { describeMembers } from './problem-members.js';
import { codesOfHandlers, problemTypes } from './problem-types.js';

const refer = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** Returns `QuotaExceededProblem` for `quota_exceeded`. */
const nameOf = (code: string): string => `${code.replaceAll(/(?:^|_)([a-z])/g, (_match, letter: string) => letter.toUpperCase())}Problem`;

const union = (names: readonly string[]): Schema => (names.length === 1 ? refer(names[0] ?? '') : { oneOf: names.map(refer) });

/** The codes of answers that no operation has of its own: the framework refuses the request. */
export const codesOfFramework: readonly string[] = ['http_error', 'method_not_allowed'];

/**
 * Returns the schemas of problems: their codes, one for each code, and those that many operations have in common.
 *
 * @param used the codes of all operations
 */
export function problemSchemas(used: ReadonlySet<string>): Record<string, Schema> {
  const codes = [...used, ...codesOfFramework].sort();
  const ofCodes = codes.map((code): [string, Schema] => {
    const { description = '', properties = {}, required = [] } = problemTypes[code] ?? {};
    const own = { type: 'object', properties: describeMembers({ code: { type: 'string', const: code }, ...properties }), required: ['code', ...required] } as const;
    return [nameOf(code), { description, allOf: [refer('Problem'), own] }];
  });
  const common = commonProblems.flatMap(({ name, codes: several }): [string, Schema][] => (name === undefined ? [] : [[name, union(several.map(nameOf))]]));
  return { ProblemCode: { type: 'string', description: 'A stable code for programs', enum: codes }, ...Object.fromEntries([...ofCodes, ...common]) };
}

/** The problems of a route with one status. */
export interface RouteProblems {
  readonly status: string;
  readonly codes: readonly string[];
  /** The names of their schemas. */
  readonly names: readonly string[];
  /** Whether other routes of its kind have the same problems. */
  readonly areCommon: boolean;
}

/** Returns the problems that a route can have, by status. */
export function problemsOf(route: ProblemRoute): RouteProblems[] {
  const common = commonProblems.filter(({ of }) => of(route));
  const own = codesOfHandlers[route.handler] ?? {};
  const statuses = [...new Set([...common.map(({ status }) => status), ...Object.keys(own).map(Number)])].sort((a, b) => a - b);
  return statuses.map((status) => {
    const shared = common.filter((each) => each.status === status);
    const sharedCodes = shared.flatMap(({ codes }) => codes);
    const ownCodes = (own[status] ?? []).filter((code) => !sharedCodes.includes(code));
    const names = [...shared.map(({ name, codes }) => name ?? nameOf(codes[0] ?? '')), ...ownCodes.map(nameOf)];
    return { status: String(status), codes: [...sharedCodes, ...ownCodes].sort(), names, areCommon: ownCodes.length === 0 };
  });
}

/** Returns the schema of several problems, by the names of their schemas. */
export const problemsSchema = union;

/** Returns the schema of the problems with several codes. */
export const schemaOfCodes = (codes: readonly string[]): Schema => union(codes.map(nameOf));
