import { describe, expect, it } from '@jest/globals';
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
