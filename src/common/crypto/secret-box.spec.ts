import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SecretBox } from './secret-box.js';

const [present, old, older] = ['the present secret of an installation', 'the old secret of an installation', 'an even older secret of an installation'];

describe('SecretBox', () => {
  const box = new SecretBox(present, 'test');

  it('opens every text that it has sealed', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => expect(box.open(box.seal(text))).toBe(text)));
  });

  it('seals the same text differently every time and does not reveal it', () => {
    const sealed = Array.from({ length: 50 }, () => Buffer.from(box.seal('the text itself')));
    expect(new Set(sealed.map((bytes) => bytes.toString('hex'))).size).toBe(50);
    expect(new Set(sealed.map((bytes) => bytes.subarray(0, 12).toString('hex'))).size).toBe(50);
    for (const bytes of sealed) expect(bytes.includes('text')).toBe(false);
  });

  it('does not open a value with an altered byte or a missing end', () => {
    const sealed = box.seal('secret');
    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Uint8Array.from(sealed, (byte, index) => (index === at ? byte ^ 1 : byte));
      expect(() => box.open(altered)).toThrow(/authenticate/);
      expect(() => box.open(sealed.slice(0, at))).toThrow(/./);
      expect(() => box.reseal(altered)).toThrow(/authenticate/);
    }
  });

  it('does not open a value of another purpose or another secret', () => {
    expect(() => new SecretBox(present, 'other').open(box.seal('secret'))).toThrow(/authenticate/);
    expect(() => new SecretBox(old, 'test').open(box.seal('secret'))).toThrow(/authenticate/);
    expect(() => new SecretBox(old, 'test', [older]).open(box.seal('secret'))).toThrow(/authenticate/);
  });
});

describe('SecretBox with previous secrets', () => {
  it.each([
    ['the current secret', present],
    ['the previous secret', old],
    ['the secret before the previous one', older],
  ])('opens a value sealed with %s', (_, secret) => {
    expect(new SecretBox(present, 'test', [old, older]).open(new SecretBox(secret, 'test').seal('secret'))).toBe('secret');
  });

  it('seals only with the current secret', () => {
    const sealed = new SecretBox(present, 'test', [old, older]).seal('secret');
    expect(new SecretBox(present, 'test').open(sealed)).toBe('secret');
    expect(() => new SecretBox(old, 'test', [older]).open(sealed)).toThrow(/authenticate/);
  });

  it('does not open a value of another purpose', () => {
    expect(() => new SecretBox(present, 'test', [old]).open(new SecretBox(old, 'other').seal('secret'))).toThrow(/authenticate/);
  });
});

describe('SecretBox.reseal', () => {
  const box = new SecretBox(present, 'test', [old, older]);

  it('seals a value of a previous secret with the current one', () => {
    for (const secret of [old, older]) {
      const fresh = box.reseal(new SecretBox(secret, 'test').seal('secret'));
      expect(fresh).toBeDefined();
      expect(new SecretBox(present, 'test').open(fresh ?? new Uint8Array())).toBe('secret');
    }
  });

  it('returns undefined for a value that is sealed with the current secret', () => {
    expect(box.reseal(box.seal('secret'))).toBeUndefined();
    expect(box.reseal(box.reseal(new SecretBox(old, 'test').seal('secret')) ?? new Uint8Array())).toBeUndefined();
  });

  it('throws when no secret opens the value', () => {
    expect(() => box.reseal(new SecretBox('an unknown secret', 'test').seal('secret'))).toThrow(/authenticate/);
  });
});
