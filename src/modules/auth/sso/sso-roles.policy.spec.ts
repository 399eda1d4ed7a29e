import { describe, expect, it } from '@jest/globals';
import { roleOf } from './sso-roles.policy.js';

const rules = {
  roleClaim: 'groups',
  roleMappings: [
    { value: 'admins', role: 'admin' },
    { value: 'staff', role: 'member' },
  ],
  defaultRole: 'guest',
};

describe('the role of a new member', () => {
  it.each([
    ['a list of groups', { groups: ['staff', 'admins'] }, 'admin'],
    ['one group as a text', { groups: 'staff' }, 'member'],
    ['another group', { groups: ['others'] }, 'guest'],
    ['a value that only contains the name', { groups: ['admins2', 'x admins'] }, 'guest'],
    ['no claim', {}, 'guest'],
    ['a claim of another kind', { groups: { admins: true } }, 'guest'],
  ])('%s', (_, claims, role) => {
    expect(roleOf(rules, claims)).toBe(role);
  });

  it('a name of every object is no claim', () => {
    expect(roleOf({ ...rules, roleClaim: 'constructor' }, {})).toBe('guest');
  });
});
