import { describe, expect, it } from '@jest/globals';
import { loadEnv } from '../../config/env.js';
import { addressOnServer } from './replica.js';

describe('addressOnServer', () => {
  it.each([
    ['postgresql://app:s%40cret@db:5432/tenantry?sslmode=verify-full', 'postgresql://replica', 'postgresql://app:s%40cret@replica/tenantry?sslmode=verify-full'],
    ['postgresql://app:secret@db:6543/tenantry', 'postgres://10.0.0.7:5433', 'postgresql://app:secret@10.0.0.7:5433/tenantry'],
    ['postgresql://app:secret@db/tenantry?sslmode=disable&a=b', 'postgresql://replica:1/other?sslmode=require', 'postgresql://app:secret@replica:1/other?sslmode=require&a=b'],
  ])('%s on %s is %s', (role, server, expected) => {
    expect(addressOnServer(role, server)).toBe(expected);
  });
});

describe('DATABASE_REPORTS_URL', () => {
  it.each(['postgresql://replica', 'postgres://replica:5432/tenantry?sslmode=require'])('%s is accepted', (url) => {
    expect(loadEnv({ DATABASE_REPORTS_URL: url }).DATABASE_REPORTS_URL).toBe(url);
  });

  it.each(['postgresql://app:secret@replica', 'postgresql://replica?user=postgres', 'postgresql://replica/tenantry?sslmode=require&password=secret', 'replica:5432'])(
    '%s is refused, because it names a role or is no address',
    (url) => {
      expect(() => loadEnv({ DATABASE_REPORTS_URL: url })).toThrow(/without a role/);
    },
  );
});
