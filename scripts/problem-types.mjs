// Writes src/contract/problem-types.ts: the codes of all problems with their members, and the codes that each handler can cause. The descriptions are those
// of docs/errors.md.
//
// npm run openapi                         writes it, and openapi.json
// node scripts/problem-types.mjs --check  fails if it is out of date
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { SyntaxKind } from 'typescript/unstable/ast';
import { ErrorReader, membersOf, placeOf, Sources, UnitGraph } from './problem-sources.mjs';

const file = 'src/contract/problem-types.ts';

/** The statuses of `statusOfKind` in src/common/http/problem.ts. */
const { statusOfKind } = await import('../dist/common/http/problem.js');
/** Problems that no error of the application causes. */
const { frameworkProblems } = await import('../dist/common/http/problem.filter.js');

/** Returns the cause and the remedy of each code of the page. */
function documentedCodes() {
  const rows = readFileSync('docs/errors.md', 'utf8').matchAll(/^\| <a id="(?<code>\w+)"><\/a>`\w+` \| (?<cause>.*) \| (?<remedy>.*) \|$/gm);
  return new Map([...rows].map(({ groups: { code, cause, remedy } }) => [code, `${cause} ${remedy}`.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')]));
}

const sortedObject = (entries) => Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));

/** The members of several errors with one code: those that one of them lacks are optional. */
function mergeMembers(all) {
  return {
    properties: Object.assign({}, ...all.map(({ properties }) => properties)),
    required: all.reduce((common, { required }) => common.filter((name) => required.includes(name)), all[0].required),
  };
}

const sources = new Sources();
const graph = new UnitGraph(sources);
const reader = new ErrorReader(graph);
const problems = new Map();

function add(status, code, members) {
  const known = problems.get(code) ?? { statuses: new Set(), members: [] };
  known.statuses.add(status);
  known.members.push(members);
  problems.set(code, known);
}

const none = { properties: {}, required: [] };
for (const made of graph.allErrors()) {
  const { kinds, codes, details } = reader.read(made);
  const members = details === undefined ? none : membersOf(sources.checker, sources.checker.getTypeAtLocation(details), placeOf(made));
  for (const code of codes) for (const kind of kinds) add(statusOfKind[kind], code, members);
}
for (const { status, code } of frameworkProblems) add(status, code, none);

/** Returns the codes that units of code can cause, by their status. */
function codesOf(...units) {
  const byStatus = new Map();
  for (const made of graph.errorsOf(...units)) {
    const { kinds, codes } = reader.read(made);
    for (const kind of kinds) byStatus.set(statusOfKind[kind], [...(byStatus.get(statusOfKind[kind]) ?? []), ...codes]);
  }
  return sortedObject([...byStatus].map(([status, codes]) => [status, [...new Set(codes)].sort()]));
}

const routes = new Set(['Get', 'Post', 'Put', 'Patch', 'Delete']);
const isHandler = (member) => member.modifiers?.some(({ kind, expression }) => kind === SyntaxKind.Decorator && routes.has(expression.expression?.text)) === true;
const handlers = graph.classes.flatMap((node) => node.members.filter(isHandler).map((member) => [`${node.name.text}.${member.name.text}`, codesOf(member)]));

/** Whether guards or the verification of tokens run a member, before any handler. */
const isBefore = (member) => member.name?.text === 'canActivate' || (member.name?.text === 'handleRequest' && member.kind === SyntaxKind.MethodDeclaration);
const guards = graph.classes.flatMap((node) => node.members.filter((member) => isBefore(member) || (graph.baseOf(node) === undefined && node.name?.text === 'JwtStrategy')));
const setup = sources.files.find(({ fileName }) => fileName.endsWith('/app.setup.ts')).statements.find(({ name }) => name?.text === 'createApp');
const pipes = graph.classes.filter((node) => node.name?.text === 'RequestValidationPipe').flatMap((node) => [...node.members]);
const before = codesOf(...guards, setup, ...pipes);

const documented = documentedCodes();
const missing = [...problems.keys()].filter((code) => !documented.has(code));
const unused = [...documented.keys()].filter((code) => !problems.has(code));
if (missing.length > 0) throw new Error(`docs/errors.md does not explain ${missing.join(', ')}`);
if (unused.length > 0) throw new Error(`docs/errors.md explains ${unused.join(', ')}, which nothing answers with`);

const types = [...problems].map(([code, { statuses, members }]) => {
  const { properties, required } = mergeMembers(members);
  return [code, { statuses: [...statuses].sort(), description: documented.get(code), ...(Object.keys(properties).length > 0 ? { properties, required } : {}) }];
});

const text = `// Written by scripts/problem-types.mjs from the errors of the application and docs/errors.md. Do not edit it: npm run openapi writes it.
import type { ProblemType } from './problem-type.js';

/** All problems by their code. */
export const problemTypes: Readonly<Record<string, ProblemType>> = ${JSON.stringify(sortedObject(types))};

/** The codes that guards and hooks can answer with before a handler runs, by their status. */
export const codesBeforeHandlers: Readonly<Record<number, readonly string[]>> = ${JSON.stringify(before)};

/** The codes that a handler can cause, by their status. */
export const codesOfHandlers: Readonly<Record<string, Readonly<Record<number, readonly string[]>>>> = ${JSON.stringify(sortedObject(handlers))};
`;
sources[Symbol.dispose]();
const formatted = await format(text, { ...(await resolveConfig(file)), parser: 'typescript' });
if (!process.argv.includes('--check')) writeFileSync(file, formatted);
else if (readFileSync(file, 'utf8') !== formatted) {
  console.error(`${file} is out of date. Update it with: npm run openapi`);
  process.exitCode = 1;
}
