import { describe, expect, it } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

async function codesIn(folder: string): Promise<Set<string>> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.errors.ts'));
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  // The code of an error follows its kind; it is first if the class has a kind, or last if the detail is first.
  const calls = texts.flatMap((text) => [...text.matchAll(/class \w+ extends (\w+) \{(?!\})[\s\S]*?super\(([\s\S]*?)\);\n/g)]);
  return new Set(
    calls.flatMap(([, base, args = '']) => {
      const quoted = [...args.matchAll(/^\s*'([a-z_]+)'|,\s*'([a-z_]+)'(?=\s*[,)]|$)/g)].map((match) => match[1] ?? match[2] ?? '');
      return base === 'AppError' ? quoted.slice(1, 2) : quoted.slice(0, 1);
    }),
  );
}

describe('docs/errors.md', () => {
  it('docs/errors.md explains every error code of the application', async () => {
    const page = await readFile('docs/errors.md', 'utf8');
    const codes = await codesIn('src');
    expect(codes.size).toBeGreaterThan(60);
    expect([...codes].filter((code) => !page.includes(`<a id="${code}"></a>`)).sort()).toEqual([]);
  });
});
