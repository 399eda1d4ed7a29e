import { expect, test } from '@jest/globals';
import { runAndPrint } from './output.js';
import type { Terminal } from './terminal.js';

async function printed(json: boolean, work: Parameters<typeof runAndPrint>[2]): Promise<string> {
  let text = '';
  const add = (more: string): void => void (text += more);
  const terminal: Terminal = { interactive: false, exitCode: 0, out: add, err: add, ask: () => Promise.resolve(undefined) };
  await runAndPrint(terminal, json, work);
  return text;
}

const hostile = '550 \u001b]0;title\u0007\u009b2J\u007f\r no\n\tsuch user';

test('a text of others does not command the terminal', async () => {
  expect(await printed(false, async () => ({ value: hostile, lines: () => [hostile] }))).toBe('550 \ufffd]0;title\ufffd\ufffd2J\ufffd\ufffd no\n\tsuch user\n');
  expect(await printed(false, () => Promise.reject(new Error(hostile)))).not.toMatch(/(?![\n\t])\p{Cc}/u);
});

test('JSON has the same text without its control characters', async () => {
  const json = await printed(true, async () => ({ value: hostile, lines: () => [] }));
  expect(JSON.parse(json)).toBe(hostile);
  expect(json.trim()).not.toMatch(/\p{Cc}/u);
});
