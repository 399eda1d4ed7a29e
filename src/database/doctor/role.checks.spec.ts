import { expect, test } from '@jest/globals';
import type { AppRole, SchemaFacts } from './schema-facts.js';
import { checkRoles } from './role.checks.js';

const plain: AppRole = { name: 'login', current: false, inGroup: true, superuser: false, powers: [], owns: 0, memberOf: [], createIn: [] };
const facts = (...roles: AppRole[]): SchemaFacts => ({
  relations: [],
  policies: [],
  foreignKeys: [],
  functions: [],
  undeclaredFunctions: [],
  roles,
  publicFunctions: [],
  settings: { tenantFunction: null, presetTenants: [], mayDisableTriggers: false },
});

test('a plain login role of the group is no finding', () => {
  expect(checkRoles(facts(plain), false)).toEqual([]);
});

test.each([
  ['bypasses row security', { powers: ['bypassrls'] }, 'alter role login nobypassrls;'],
  ['owns something', { owns: 1 }, 'reassign owned by login to <owner>;'],
  ['is a member of something else', { memberOf: ['pg_read_server_files'] }, 'revoke pg_read_server_files from login;'],
  ['may create objects', { createIn: ['schema public'] }, 'revoke create on schema public from public, login;'],
])('a login role that %s is a finding', (_, fault, fix) => {
  expect(checkRoles(facts({ ...plain, ...fault }), false)).toMatchObject([{ check: 'role', object: 'login', fix }]);
});

test('a superuser and a role outside the group are findings', () => {
  expect(checkRoles(facts(plain, { ...plain, name: 'postgres', superuser: true, current: true }), true)).toMatchObject([{ object: 'postgres' }]);
  expect(checkRoles(facts(plain, { ...plain, name: 'owner', inGroup: false, current: true }), true)).toMatchObject([{ object: 'owner' }]);
});

test('a tenant in the settings of a role is a finding', () => {
  const { settings, ...rest } = facts(plain);
  expect(checkRoles({ ...rest, settings: { ...settings, presetTenants: ['role login'] } }, false)).toMatchObject([
    { check: 'preset_tenant', fix: 'alter role login reset app.current_organization_id;' },
  ]);
});
