// Checks that everything the documentation names exists: files, links with their anchors, npm scripts, classes, decorators,
// packages, routes, commands, environment variables and jobs.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { npmScript } from './arguments.mjs';

npmScript('check:docs', 'Checks that everything the documentation names exists.').parse();

const pages = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && existsSync(file));
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && existsSync(file));
const fileNames = new Set(files.map((file) => path.basename(file)));
const sources = files
  .filter((file) => /^src\/.*\.ts$/.test(file))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');
const scripts = JSON.parse(readFileSync('package.json', 'utf8')).scripts;

/** Files that a page asks the reader to create, and generated files that are not in the repository. */
const notHere = /(^|\/)(notes|src\/modules\/notes|src\/generated)(\/|\.|$)/;

/** The anchors of a page, as GitHub makes them from headings, and those that the page names itself. */
function anchorsOf(page) {
  const text = readFileSync(page, 'utf8').replace(/```[\s\S]*?```/g, '');
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set([...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id)]);
}

const contract = JSON.parse(readFileSync('openapi.json', 'utf8'));
/** The operations of the contract by routes such as `GET /organizations/:/members`. */
const operations = new Map(
  Object.entries(contract.paths).flatMap(([route, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${route.replace(/^\/api\/v1/, '').replace(/\{\w+\}/g, ':')}`, operation]),
  ),
);
const routes = new Set(operations.keys());
/** Maps each route to its callers, in the words of the pages of products. */
const callers = new Map(
  readFileSync('test/route-access.txt', 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const { groups } = /^(?<method>\w+) +(?:\/api\/v1)?(?<route>\S+) → (?:permission (?<permission>\S+?)(?=[ ,]|$)|(?<rule>\w+(?: owner)?))/.exec(line);
      const words = { authenticated: 'signed in', public: 'anyone', member: 'any member', 'role owner': 'owner', platform_admin: 'operator', only: 'service key' };
      return [`${groups.method} ${groups.route.replace(/:\w+/g, ':')}`, groups.permission === undefined ? words[groups.rule] : `\`${groups.permission}\``];
    }),
);

/** The names of the parameters of an operation and of all fields of its bodies and answers. */
function namesOf(part, seen = new Set()) {
  if (typeof part !== 'object' || part === null || seen.has(part)) return seen;
  seen.add(part);
  if (typeof part.$ref === 'string')
    namesOf(
      part.$ref
        .slice(2)
        .split('/')
        .reduce((at, key) => at[key], contract),
      seen,
    );
  if (part.in !== undefined && typeof part.name === 'string') seen.add(part.name);
  if (typeof part.properties === 'object') for (const name of Object.keys(part.properties)) seen.add(name);
  for (const each of Object.values(part)) namesOf(each, seen);
  return seen;
}
/** Routes that the framework or a test build serves, and those of examples. */
const otherRoutes = /^GET \/(docs|openapi\.json)$|\/notes|^[A-Z]+ \/test\//;
const environment = ['src/config/env.ts', 'src/config/auth-providers.ts', 'examples/express/tenantry.mjs'].map((file) => readFileSync(file, 'utf8')).join('\n');

const problems = [];
for (const page of pages) {
  const text = readFileSync(page, 'utf8');
  const report = (index, problem) => problems.push(`${page}:${text.slice(0, index).split('\n').length}: ${problem}`);

  for (const { 1: target, index } of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [file, anchor] = target.split('#');
    const linked = file === '' ? page : path.normalize(path.join(path.dirname(page), file));
    if (!existsSync(linked)) report(index, `the link leads to ${linked}, which does not exist`);
    else if (anchor !== undefined && linked.endsWith('.md') && !anchorsOf(linked).has(anchor)) report(index, `${linked} has no heading "#${anchor}"`);
  }
  for (const { 1: name, index } of text.matchAll(/(?<![\w./@-])((?:src|test|docs|prisma|scripts|catalogs|bench|sdk)\/[\w./*<>…-]*[\w/])/g)) {
    if (/[*<>…]/.test(name) || notHere.test(name)) continue;
    if (!existsSync(name) && !existsSync(path.join(path.dirname(page), name))) report(index, `${name} does not exist`);
  }
  for (const { 1: name, index } of text.matchAll(/`([\w-]+(?:\.[\w-]+)*\.(?:ts|mjs|cjs|prisma|sql))`/g)) {
    if (!fileNames.has(name)) report(index, `there is no file ${name}`);
  }
  for (const { 1: className, 2: member, index } of text.matchAll(/`([A-Z]\w+(?:Service|Worker|Job|Guard|Pool|Context|Query|Relay|Db))(?:\.(\w+))?(?:\([^`]*)?`/g)) {
    if (!new RegExp(`class ${className}\\b`).test(sources)) report(index, `src/ has no class ${className}`);
    else if (member !== undefined && !new RegExp(`\\b${member}\\b`).test(sources)) report(index, `src/ has no ${className}.${member}`);
  }
  for (const { 1: decorator, index } of text.matchAll(/`@([A-Z]\w+)(?:\([^`]*)?`/g)) {
    if (!new RegExp(`\\b${decorator}\\b`).test(sources)) report(index, `src/ has no decorator @${decorator}`);
  }
  for (const { 1: methods, 2: given, index } of text.matchAll(/`((?:GET|POST|PATCH|PUT|DELETE)(?:`, `(?:GET|POST|PATCH|PUT|DELETE))*) ((?:O|\/)[^\s`?]*)/g)) {
    const route = given.replace(/^O\//, '/organizations/:/').replace(/:\w+|\{\w+\}/g, ':');
    for (const method of methods.split('`, `')) {
      const wanted = `${method} ${route}`;
      const known = route.endsWith('*') || route.endsWith('…') ? [...routes].some((each) => each.startsWith(wanted.slice(0, -1))) : routes.has(wanted);
      if (!known && !otherRoutes.test(wanted)) report(index, `openapi.json has no route ${wanted}`);
    }
  }
  // The rows of `the product | route | fields | permission`.
  for (const { 1: named, 2: fields, 3: permission, index } of text.matchAll(/^\| [^|]+\| ((?:`[A-Z]+ \/[^`|]*`(?:, )?)+) +\| ([^|]*) \| ([^|]+?) +\|$/gm)) {
    const own = [...named.matchAll(/`([^`]+)`/g)].map(([, route]) => route.replace(/:\w+/g, ':'));
    const allowed = [...new Set(own.map((route) => callers.get(route)))].join(', ');
    if (permission !== allowed) report(index, `${own.join(', ')}: the permission is ${allowed}`);
    // The names of settings, meters and features are those of the product.
    const chosen = readFileSync(`catalogs/${path.basename(page, '.md')}.yaml`, 'utf8');
    const known = new Set(own.flatMap((route) => [...namesOf(operations.get(route))]));
    for (const [, code] of fields.matchAll(/`([^`]+)`/g)) {
      const names = /^[a-z]\w*$/.test(code) ? [code] : [...code.matchAll(/"(\w+)":/g)].map(([, key]) => key);
      for (const name of names) if (!known.has(name) && !chosen.includes(` ${name}: `)) report(index, `${own.join(', ')}: there is no field ${name}`);
    }
  }
  for (const { 1: variable, index } of text.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g)) {
    const setting = variable.replace(/^AUTH_PROVIDER_[A-Z0-9]+_/, ''); // the variables of a provider begin with its name
    if (!new RegExp(`\\b${setting}\\b`).test(environment)) report(index, `src/config/env.ts has no variable ${variable}`);
  }
  for (const { 1: command, index } of text.matchAll(/tenantry ([a-z]+:[a-z]+)/g)) {
    if (!sources.includes(`'${command}`)) report(index, `there is no command ${command}`);
  }
  for (const { 1: name, index } of text.matchAll(/npm run (?:-s |--silent )?([\w:-]+)/g)) {
    if (scripts[name] === undefined) report(index, `package.json has no script "${name}"`);
  }
}

const jobs = readFileSync('docs/jobs.md', 'utf8');
for (const { 1: name } of sources.matchAll(/@ScheduledJob\(\{ name: '([^']+)'/g)) {
  if (!jobs.includes(`| \`${name}\` |`)) problems.push(`docs/jobs.md does not list the job ${name}`);
}
const sidebar = readFileSync('website/.vitepress/config.mjs', 'utf8');
for (const [, name] of pages.flatMap((page) => [...page.matchAll(/^docs\/((?:runbooks\/)?[\w-]+)\.md$/g)])) {
  if (path.basename(name) !== 'README' && !sidebar.includes(`'/docs/${name}'`)) problems.push(`website/.vitepress/config.mjs: the sidebar lacks docs/${name}.md`);
}
const packages = JSON.parse(readFileSync('package.json', 'utf8'));
const dependencies = readFileSync('docs/dependencies.md', 'utf8');
for (const name of Object.keys({ ...packages.dependencies, ...packages.devDependencies })) {
  if (!dependencies.includes(`\`${name}\``)) problems.push(`docs/dependencies.md does not list ${name}`);
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
