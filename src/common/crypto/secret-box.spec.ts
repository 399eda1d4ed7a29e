import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SecretBox } from './secret-box.js';

const [present, old, older] = ['the present secret of an installation', 'the old secret of an installation', 'an even older secret of an installation'];

describe('a secret box', () => {
  const box = new SecretBox(present, 'test');

  it('opens what it has sealed, whatever it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => expect(box.open(box.seal(text))).toBe(text)));
  });

  it('seals the same text differently every time, and shows nothing of it', () => {
    const sealed = Array.from({ length: 50 }, () => Buffer.from(box.seal('the text itself')));
    expect(new Set(sealed.map((bytes) => bytes.toString('hex'))).size).toBe(50);
    expect(new Set(sealed.map((bytes) => bytes.subarray(0, 12).toString('hex'))).size).toBe(50);
    for (const bytes of sealed) expect(bytes.includes('text')).toBe(false);
  });

  it('does not open what was altered, in any byte, or cut', () => {
    const sealed = box.seal('secret');
    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Uint8Array.from(sealed, (byte, index) => (index === at ? byte ^ 1 : byte));
      expect(() => box.open(altered)).toThrow(/authenticate/);
      expect(() => box.open(sealed.slice(0, at))).toThrow(/./);
      expect(() => box.reseal(altered)).toThrow(/authenticate/);
    }
  });

  it('does not open what was sealed for another purpose, or under another secret', () => {
    expect(() => new SecretBox(present, 'other').open(box.seal('secret'))).toThrow(/authenticate/);
    expect(() => new SecretBox(old, 'test').open(box.seal('secret'))).toThrow(/authenticate/);
    expect(() => new SecretBox(old, 'test', [older]).open(box.seal('secret'))).toThrow(/authenticate/);
  });
});

describe('previous secrets', () => {
  it.each([
    ['the present one', present],
    ['the one before', old],
    ['the one before that', older],
  ])('open: %s', (_, secret) => {
    expect(new SecretBox(present, 'test', [old, older]).open(new SecretBox(secret, 'test').seal('secret'))).toBe('secret');
  });

  it('seal nothing', () => {
    const sealed = new SecretBox(present, 'test', [old, older]).seal('secret');
    expect(new SecretBox(present, 'test').open(sealed)).toBe('secret');
    expect(() => new SecretBox(old, 'test', [older]).open(sealed)).toThrow(/authenticate/);
  });

  it('do not open another purpose either', () => {
    expect(() => new SecretBox(present, 'test', [old]).open(new SecretBox(old, 'other').seal('secret'))).toThrow(/authenticate/);
  });
});

describe('sealing again', () => {
  const box = new SecretBox(present, 'test', [old, older]);

  it('moves to the present secret what a previous one has sealed', () => {
    for (const secret of [old, older]) {
      const fresh = box.reseal(new SecretBox(secret, 'test').seal('secret'));
      expect(fresh).toBeDefined();
      expect(new SecretBox(present, 'test').open(fresh ?? new Uint8Array())).toBe('secret');
    }
  });

  it('leaves what is sealed under the present one, also when it was just moved', () => {
    expect(box.reseal(box.seal('secret'))).toBeUndefined();
    expect(box.reseal(box.reseal(new SecretBox(old, 'test').seal('secret')) ?? new Uint8Array())).toBeUndefined();
  });

  it('fails when no secret opens it', () => {
    expect(() => box.reseal(new SecretBox('an unknown secret', 'test').seal('secret'))).toThrow(/authenticate/);
  });
});
