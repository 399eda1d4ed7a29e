import { describe, expect, it } from '@jest/globals';
import { loadCatalog } from '../config/catalog/catalog-file.js';
import type { AccessRule } from './access.decorators.js';
import { assertAllowedWhileImpersonating, impersonationProblem } from './impersonation.policy.js';

const catalog = loadCatalog('default');
const permission = (name: string): AccessRule => ({ kind: 'permission', permission: name as 'settings:write' });

describe('routes for impersonating operators', () => {
  it.each([
    'members:write',
    'invitations:write',
    'roles:write',
    'teams:write',
    'api_keys:own',
    'api_keys:write',
    'security:write',
    'billing:manage',
    'organization:delete',
    'unknown:write',
  ])('a route with the permission %s cannot be opened to impersonating operators, not even as a read', (name) => {
    for (const scope of ['read', 'write'] as const) expect(impersonationProblem(permission(name), 'POST', scope, catalog)).toContain(name);
  });

  it('a route that writes can be opened to impersonating operators only if it requires a permission that manages no access', () => {
    expect(impersonationProblem(permission('settings:write'), 'POST', 'write', catalog)).toBeUndefined();
    for (const rule of [{ kind: 'member' }, { kind: 'role', role: 'owner' }, { kind: 'authenticated' }, { kind: 'public' }] satisfies AccessRule[]) {
      expect(impersonationProblem(rule, 'DELETE', 'write', catalog)).toContain('must require a permission');
      expect(impersonationProblem(rule, 'POST', 'read', catalog)).toBeUndefined();
    }
    expect(impersonationProblem({ kind: 'platform_admin' }, 'GET', 'read', catalog)).toContain('operators');
  });

  it('impersonating operators can only read the data of the organization unless the route says otherwise', () => {
    const decide = (rule: AccessRule, method: string, allowed?: 'read' | 'write') => () => assertAllowedWhileImpersonating('read', { rule, method, allowed });
    expect(decide(permission('members:read'), 'GET')).not.toThrow();
    for (const rule of [{ kind: 'authenticated' }, { kind: 'public', acceptsToken: true }, { kind: 'platform_admin' }] satisfies AccessRule[]) {
      expect(decide(rule, 'GET')).toThrow('impersonate');
    }
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY']) expect(decide(permission('settings:write'), method)).toThrow('impersonate');
    expect(decide(permission('settings:write'), 'POST', 'write')).toThrow('only reads');
    expect(decide({ kind: 'member' }, 'POST', 'read')).not.toThrow();
  });
});
