// Shows that the tests bite: takes one brick out of a wall at a time, in a copy of the project, and expects red.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { count, npmScript } from './arguments.mjs';

const root = path.resolve(import.meta.dirname, '..');
const protection = 'prisma/migrations/20261126000002_protection/migration.sql';
const access = 'prisma/migrations/20261126000004_access/migration.sql';

/** The mutations: a name, the file, a text and its replacement, and the tests that must fail. */
const mutations = [
  ['reads are not confined', 'src/tenancy/scope-where.ts', 'return own === undefined ? walked : { AND: [walked, own] };', 'return walked;', 'isolation/walls'],
  ['unique conditions are not confined', 'src/tenancy/scope-where.ts', '{ ...walked, AND: [...asArray(walked["AND"]), own] }', 'walked', 'isolation/walls'],
  [
    'conditions through relations are not confined',
    'src/tenancy/scope-where.ts',
    "if (field?.kind === 'relation') return",
    "if (field?.kind === 'nothing') return",
    'tenancy/tenant-scope',
  ],
  ['cursors are not judged', 'src/tenancy/scope-where.ts', "if (cursor === undefined || kind === 'global') return;", 'return;', 'tenancy/tenant-scope'],
  [
    'lists that are read along are not confined',
    'src/tenancy/scope-read.ts',
    'if (field.list) return scopeRead(',
    'if (field.list && value === null) return scopeRead(',
    'tenancy/tenant-scope',
  ],
  [
    'another organization may be named in data',
    'src/tenancy/scope-write.ts',
    'if (id !== scope.organizationId) throw',
    'if (id === undefined) throw',
    'isolation/walls tenancy/tenant-scope',
  ],
  ['findUnique stays findUnique', 'src/tenancy/tenant-extension.ts', '.$extends(replaceFindUnique(options))', '', 'isolation/data-loader'],
  ['arrays of queries are let through', 'src/tenancy/tenant-extension.ts', "if (typeof work !== 'function')", 'if (work === undefined)', 'isolation/data-loader'],
  [
    'the tenant is not handed to the pool',
    'src/tenancy/wire-binding.ts',
    'storage.run({ organizationId, ...options }, () => work()',
    'storage.exit(() => work()',
    'isolation/data-loader',
  ],
  [
    'the tenant stays on the connection after its query',
    'src/database/wire/tenant-binding.ts',
    "set_config('app.current_organization_id', $, true)",
    "set_config('app.current_organization_id', $, false)",
    'database/tenant-pool',
  ],
  ['the policy lets every row through', protection, 'using (organization_id = (select app.current_organization_id()))', 'using (true)', 'isolation/walls database/row-security'],
  ['row security is not enabled', protection, "execute format('alter table %s enable row level security', target);", '', 'isolation/walls database/row-security'],
  ['row security is not forced', protection, "execute format('alter table %s force row level security', target);", '', 'database/doctor'],
  ['a member may be in any team', access, /ALTER TABLE "team_members" ADD CONSTRAINT "team_members_organization_id_team_id_fkey"[^;]*;/, '', 'database/row-security'],
  [
    'membership is not asked for',
    'src/access/principal/principal-resolver.service.ts',
    'if (row.organizationId === null || row.role === null)',
    'if (row.organizationId === null)',
    'tenant-resolution',
  ],
  ['two tenants in one request are taken for one', 'src/access/principal/tenant-selector.ts', 'if (others.length > 0)', 'if (others.length > 9)', 'tenant-resolution'],
  ['the first guard is gone', 'src/app.module.ts', '{ provide: APP_GUARD, useClass: AuthenticationGuard },', '', 'inside/route-access'],
  ['the second guard is gone', 'src/app.module.ts', '{ provide: APP_GUARD, useClass: TenantGuard },', '', 'inside/route-access'],
  ['the third guard is gone', 'src/app.module.ts', '{ provide: APP_GUARD, useClass: AccessGuard },', '', 'inside/route-access'],
  ['undeclared routes do not stop the boot', 'src/access/route-audit.ts', 'if (undeclared.length > 0) throw', 'if (undeclared.length > 999) throw', 'inside/route-access'],
  [
    'cursors of another tenant are taken',
    'src/common/http/pages/cursor.ts',
    "createHmac('sha256', this.#key).update(`${scope}\\n`)",
    "createHmac('sha256', this.#key)",
    'http/http.spec',
  ],
  [
    'the last owner may go',
    'src/modules/members/memberships.service.ts',
    'if ((await countOtherOwners(tx, userId)) === 0)',
    'if ((await countOtherOwners(tx, userId)) < 0)',
    'test/http/races test/http/members',
  ],
  ['memberships change without their lock', 'src/modules/members/memberships.service.ts', '{ locksOrganization: true },', '', 'test/http/races'],
  [
    'invitations of former members stay valid',
    'src/modules/members/admission.service.ts',
    "if (!(await this.mayStillAdmit(tx, member, invited ? 'invitation' : 'joinPolicy')))",
    'if (false)',
    'test/http/pending-grants',
  ],
  ['keys of former members keep their permissions', 'src/access/principal/principal-resolver.service.ts', '!beyond.has(permission)', 'true', 'test/http/pending-grants'],
  ['a transaction does not compare its authority', 'src/database/wire/tenant-binding.ts', '...(compares ? [', '...(compares && withLocked ? [', 'test/http/authority'],
  ['a write does not ask for its session', 'src/database/wire/tenant-binding.ts', '...(sessionId === undefined ?', '...(sessionId !== null ?', 'test/http/authority'],
  [
    'a write does not ask for the right of its operator',
    'src/database/wire/tenant-binding.ts',
    '...(operatorId === undefined ?',
    '...(operatorId !== null ?',
    'test/http/authority',
  ],
];

const [number] = npmScript('test:mutations', 'Breaks one part of the isolation after another in a copy of the project, and expects the tests to fail.')
  .argument('[number]', 'only this mutation', count)
  .parse().processedArgs;
const copy = mkdtempSync(path.join(tmpdir(), 'tenantry-mutants-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
for (const name of [...files, 'src/generated', 'dist']) cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));

/**
 * Returns whether these tests pass in the copy as it is now. They run the build, so the copy is built first; a mutant may have type errors.
 *
 * @throws when they do not end: that is no answer
 */
function pass(tests, stdio = 'ignore') {
  spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { cwd: copy, stdio: 'ignore' });
  const args = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--bail', '--silent', ...new Set(tests.split(' '))];
  const { status, error } = spawnSync(process.execPath, args, { cwd: copy, stdio, timeout: 1_200_000 });
  if (error !== undefined) throw error;
  return status === 0;
}

/** Whether the tests notice. */
function isKilled([, file, from, to, tests]) {
  const target = path.join(copy, file);
  const original = readFileSync(target, 'utf8');
  const mutant = original.replace(typeof from === 'string' ? from.replaceAll('"AND"', "'AND'") : from, () => to);
  if (mutant === original) throw new Error(`the text to change is not in ${file}: ${from}`);
  writeFileSync(target, mutant);
  try {
    return !pass(tests);
  } finally {
    writeFileSync(target, original);
  }
}

const wanted = number === undefined ? mutations : mutations.slice(number - 1, number);
if (!pass(wanted.map(([, , , , tests]) => tests).join(' '), 'inherit')) throw new Error('The tests fail before anything is broken.');
console.log('passed    nothing is broken yet');
let survivors = 0;
for (const mutation of wanted) {
  const killed = isKilled(mutation);
  survivors += killed ? 0 : 1;
  console.log(`${killed ? 'noticed ' : 'SURVIVED'}  ${mutation[0]}`);
}
console.log(`\n${wanted.length - survivors} of ${wanted.length} mutations were noticed`);
process.exitCode = survivors > 0 ? 1 : 0;
