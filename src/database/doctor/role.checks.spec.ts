import { expect, test } from '@jest/globals';
import type { AppRole, Catalog } from './catalog.js';
import { checkRoles } from './role.checks.js';

const plain: AppRole = { name: 'login', current: false, inGroup: true, superuser: false, powers: [], owns: 0, memberOf: [], createIn: [] };
const catalog = (...roles: AppRole[]): Catalog => ({
  relations: [],
  policies: [],
  foreignKeys: [],
  functions: [],
  undeclaredFunctions: [],
  roles,
  settings: { tenantFunction: null, presetTenants: [], mayDisableTriggers: false },
});

test('a plain member of the group is harmless', () => {
  expect(checkRoles(catalog(plain), false)).toEqual([]);
});

test.each([
  ['bypasses row security', { powers: ['bypassrls'] }, 'alter role login nobypassrls;'],
  ['owns something', { owns: 1 }, 'reassign owned by login to <owner>;'],
  ['is a member of something else', { memberOf: ['pg_read_server_files'] }, 'revoke pg_read_server_files from login;'],
  ['may create objects', { createIn: ['schema public'] }, 'revoke create on schema public from public, login;'],
])('a member that %s is not', (_, fault, cure) => {
  expect(checkRoles(catalog({ ...plain, ...fault }), false)).toMatchObject([{ check: 'role', object: 'login', cure }]);
});

test('a superuser, or a stranger, is no application role', () => {
  expect(checkRoles(catalog(plain, { ...plain, name: 'postgres', superuser: true, current: true }), true)).toMatchObject([{ object: 'postgres' }]);
  expect(checkRoles(catalog(plain, { ...plain, name: 'owner', inGroup: false, current: true }), true)).toMatchObject([{ object: 'owner' }]);
});

test('a tenant that is set for good is found', () => {
  const { settings, ...rest } = catalog(plain);
  expect(checkRoles({ ...rest, settings: { ...settings, presetTenants: ['role login'] } }, false)).toMatchObject([
    { check: 'preset_tenant', cure: 'alter role login reset app.current_organization_id;' },
  ]);
});
