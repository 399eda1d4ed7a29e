import { expect, it } from '@jest/globals';
import { placeOfInvalidUtf8, textOfUtf8 } from './utf8.js';

it.each([
  ['a byte of Latin-1', Buffer.from('one\ntw\xf6\n', 'latin1'), { line: 2, column: 3 }],
  ['a character that ends early', Buffer.from([0x61, 0xe2, 0x82]), { line: 1, column: 2 }],
  ['an overlong slash', Buffer.from([0x61, 0x0a, 0xc0, 0xaf]), { line: 2, column: 1 }],
  ['half a surrogate pair', Buffer.from([0xed, 0xa0, 0x80]), { line: 1, column: 1 }],
  ['UTF-16 with a byte order mark', Buffer.from('\ufeffa: 1', 'utf16le'), { line: 1, column: 1 }],
  ['a wrong byte after a longer character', Buffer.from([0xc3, 0xb6, 0xff]), { line: 1, column: 3 }],
])('%s is not UTF-8, and its place is found', (_, bytes, place) => {
  expect(textOfUtf8(bytes)).toBeUndefined();
  expect(placeOfInvalidUtf8(bytes)).toEqual(place);
});

it('valid UTF-8 is decoded', () => {
  expect(textOfUtf8(Buffer.from('Zoë 😀\n'))).toBe('Zoë 😀\n');
});
