import { describe, expect, it } from '@jest/globals';
import { tenantSchema } from '../../generated/tenant-schema.js';
import { readsOneRow } from './single-row.js';

const quick = (where: unknown, args: object = {}): boolean => readsOneRow(tenantSchema, 'CustomRole', { where, ...args });
const key = { id: 'r', organizationId: 'o' };

describe('readsOneRow', () => {
  it('is true for a read by a key, whatever else it compares', () => {
    for (const where of [key, { AND: [{ id: 'r' }, { organizationId: 'o' }] }, { ...key, name: { not: 'x' } }, { ...key, OR: [{ name: 'x' }, { key: 'y' }] }])
      expect(quick(where)).toBe(true);
  });

  it('is false without a whole key', () => {
    for (const where of [{}, { name: 'x', organizationId: 'o' }, { organizationId: 'o', id: { in: ['r'] } }, { organizationId: 'o', id: null }, { OR: [key] }])
      expect(quick(where)).toBe(false);
  });

  it('is false for a read that looks at rows of other tables', () => {
    const related = { members: { some: { userId: 'u' } } };
    for (const where of [{ ...key, ...related }, { AND: [key, { AND: related }] }, { ...key, OR: [{ name: 'x' }, related] }]) expect(quick(where)).toBe(false);
    for (const args of [{ include: { members: true } }, { select: { members: true } }, { select: { id: true, _count: true } }]) expect(quick(key, args)).toBe(false);
  });
});
