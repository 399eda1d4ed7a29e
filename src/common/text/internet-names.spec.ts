import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asciiDomain, emailAddressOf, emailDomainOf } from './internet-names.js';

describe('an email address', () => {
  it.each([
    ['Ada@Example.COM', 'ada@example.com'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['ada@XN--BCHER-KVA.example', 'ada@xn--bcher-kva.example'],
    ['ada@bu\u0308cher.example', 'ada@xn--bcher-kva.example'],
    ['ada@ＢÜＣＨＥＲ。example', 'ada@xn--bcher-kva.example'],
    ['ada@example.com.', 'ada@example.com'],
    ['jose\u0301@example.com', 'jos\u00e9@example.com'],
    ['JOSE\u0301@example.com', 'jos\u00e9@example.com'],
    ['ada@faß.example', 'ada@xn--fa-hia.example'],
    ['ada@نامه\u200cای.example', 'ada@xn--mgba3gch31f060k.example'],
    ['a@b', 'a@b'],
  ])('%s is %s', (text, address) => {
    expect(emailAddressOf(text)).toBe(address);
  });

  it.each([
    'ada\u200b@example.com',
    'ada\u200d@example.com',
    'ada\u2060@example.com',
    'ada\u00ad@example.com',
    'ada\u034f@example.com',
    'ada\u3164@example.com',
    'ada\ufe0f@example.com',
    'ada\u{e0061}@example.com',
    'ada\u202e@example.com',
    'ada\u00a0@example.com',
    'ada@exa\u200bmple.com',
    'ada@exa\u00admple.com',
    'ada@exa\u200dmple.com',
    'ada@example.com/x',
    'ada@exam%70le.com',
    'ada@',
    '@example.com',
    '@@example.com',
    'ada@home@example.com',
    'ada',
    'ada@-example.com',
    'ada@exa mple.com',
    'ada＠example.com',
    'ada@127.0.0.1',
    'ada@0x7f.1',
    'ada@2130706433',
    'ada@１２７.１',
    'ad\u2800a@example.com',
    'ada@exam\u2800ple.com',
    'ada@xn--a.example',
    'ada@xn--.example',
    'ada@\u05d0\u05d1a.example',
    'ada@\u0661\u06f1\u05d0.example',
  ])('%j is not an address', (text) => {
    expect(emailAddressOf(text)).toBeUndefined();
  });

  it('the form of an address does not change again, and no spelling in another normal form or case is another address', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.string({ unit: 'grapheme', maxLength: 12 }), (local, domain) => {
        const address = emailAddressOf(`${local}@${domain}`);
        if (address === undefined) return;
        expect(emailAddressOf(address)).toBe(address);
        for (const form of ['NFC', 'NFD'] as const) expect(emailAddressOf(`${local}@${domain}`.normalize(form))).toBe(address);
        expect(emailDomainOf(address)).toBe(asciiDomain(domain));
      }),
      { numRuns: 2000 },
    );
  });
});
