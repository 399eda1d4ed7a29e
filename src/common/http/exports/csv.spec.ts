import { expect, test } from '@jest/globals';
import { csvLine } from './csv.js';

const cell = (value: string | number | null): string => csvLine({ value: (row: { value: string | number | null }) => row.value }, { value }).trimEnd();

test.each([
  ['=1+1', `'=1+1`],
  ['+1', `'+1`],
  ['-1', `'-1`],
  ['@SUM(A1)', `'@SUM(A1)`],
  ['  =1', `'  =1`],
  ['\u200b=1', `'\u200b=1`],
  ['\ufeff=1', `'\ufeff=1`],
  ['\u2060\u00ad=1', `'\u2060\u00ad=1`],
  ['\u0001=1', `'\u0001=1`],
  ['\u2800=1', `'\u2800=1`],
  ['\u3164@x', `'\u3164@x`],
  ['\uff1d1', `'\uff1d1`],
  ['\uff0b1', `'\uff0b1`],
  ['\uff0d1', `'\uff0d1`],
  ['\uff20x', `'\uff20x`],
  ['\u22121', `'\u22121`],
  ['\ufe661', `'\ufe661`],
])('a text that a spreadsheet would run as a formula begins with an apostrophe: %j', (text, expected) => {
  expect(cell(text)).toBe(expected);
});

test.each([
  ['x;=1+1', `"x;'=1+1"`],
  ['x; \u200b=1', `"x;' \u200b=1"`],
  ['x;"=1"', `"x;'""=1"""`],
  ['x\t=1', `"x'\t=1"`.replace(`'\t`, `\t'`)],
  ['x\n=1', `"x\n'=1"`],
  ['x\r\n@y', `"x\r\n'@y"`],
  ['x|=1', `x|'=1`],
  ['\tx', `"'\tx"`],
  ['\rx', `"'\rx"`],
  ['"=1"', `"'""=1"""`],
])('a formula after what another locale takes for a separator is text: %j', (text, expected) => {
  expect(cell(text)).toBe(expected);
});

test.each([
  [-12.5, '-12.5'],
  [0, '0'],
  [null, ''],
  ['a-b', 'a-b'],
  ['Ann @ home', 'Ann @ home'],
  ['a, b', '"a, b"'],
  ['{"before":-5}', '"{""before"":-5}"'],
])('numbers and other texts stay as they are: %j', (value, expected) => {
  expect(cell(value)).toBe(expected);
});

test.each([1, 10, 100_000])('of %i separators with white space before a formula, only the last gets an apostrophe', (length) => {
  const run = `${'\t '.repeat(length)}\r\n`;
  expect(cell(`x${run}=1`)).toBe(`"x${run}'=1"`);
});
