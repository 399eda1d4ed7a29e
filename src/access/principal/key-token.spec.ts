import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { apiKeyFormat, hashKey, serviceKeyFormat } from './key-token.js';

const organizationId = '0192b8a0-4d3c-7a10-9b5e-2f6f0d1c7e55';
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const uuid = fc.uuid({ version: [1, 4, 7] });

describe('an API key', () => {
  it('contains the id of its organization and has the same format for every organization', () => {
    fc.assert(
      fc.property(uuid, (id) => {
        const key = apiKeyFormat.newKey(id);
        expect(key).toMatch(/^tk_[0-9A-Za-z]{71}$/);
        expect(apiKeyFormat.readKey(key)).toEqual({ id, tokenHash: hashKey(key) });
      }),
    );
  });

  it('has a different secret each time', () => {
    const keys = Array.from({ length: 200 }, () => apiKeyFormat.newKey(organizationId));
    expect(new Set(keys).size).toBe(200);
    expect(new Set(keys.map((key) => key.slice(-60, -6))).size).toBe(200);
  });

  it('is stored as its SHA-256 hash', () => {
    const key = apiKeyFormat.newKey(organizationId);
    expect(Buffer.from(hashKey(key))).toEqual(createHash('sha256').update(key).digest());
  });
});

it('a service key contains its own id, and has another prefix', () => {
  const key = serviceKeyFormat.newKey(organizationId);
  expect(key).toMatch(/^tsk_[0-9A-Za-z]{71}$/);
  expect(serviceKeyFormat.readKey(key)).toEqual({ id: organizationId, tokenHash: hashKey(key) });
  expect(serviceKeyFormat.readKey(key.replace('tsk_', 'tk_'))).toBeUndefined();
  expect(apiKeyFormat.readKey(key.replace('tsk_', 'tk_'))).toBeUndefined();
});

describe('readKey rejects', () => {
  it('an API key with one changed character is rejected', () => {
    fc.assert(
      fc.property(uuid, fc.integer({ min: 3, max: 73 }), fc.constantFrom(...digits), (id, at, digit) => {
        const key = apiKeyFormat.newKey(id);
        fc.pre(key[at] !== digit);
        expect(apiKeyFormat.readKey(`${key.slice(0, at)}${digit}${key.slice(at + 1)}`)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('an API key with two swapped characters is rejected', () => {
    fc.assert(
      fc.property(uuid, fc.integer({ min: 3, max: 72 }), (id, at) => {
        const key = apiKeyFormat.newKey(id);
        fc.pre(key[at] !== key[at + 1]);
        expect(apiKeyFormat.readKey(`${key.slice(0, at)}${key[at + 1]}${key[at]}${key.slice(at + 2)}`)).toBeUndefined();
      }),
    );
  });

  it('random text is rejected as an API key', () => {
    const likeKeys = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...digits), minLength: 71, maxLength: 71 }).map((text) => `tk_${text}`),
    );
    fc.assert(fc.property(likeKeys, (text) => expect(apiKeyFormat.readKey(text)).toBeUndefined()));
  });

  it.each([
    ['nothing', ''],
    ['the prefix', 'tk_'],
    ['all zeros', `tk_${'0'.repeat(71)}`],
    ['all z, which is more than the bytes hold', `tk_${'z'.repeat(71)}`],
    ['a shorter key', apiKeyFormat.newKey(organizationId).slice(0, -1)],
    ['a longer key', `${apiKeyFormat.newKey(organizationId)}0`],
    ['a key with a line break', `${apiKeyFormat.newKey(organizationId)}\n`],
    ['a key with another prefix', apiKeyFormat.newKey(organizationId).replace('tk_', 'sk_')],
    ['a service key', serviceKeyFormat.newKey(organizationId)],
    ['a key in capitals', apiKeyFormat.newKey(organizationId).toUpperCase()],
  ])('%s', (_, text) => expect(apiKeyFormat.readKey(text)).toBeUndefined());
});
