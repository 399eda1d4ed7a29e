import { expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

it('tables that tests make begin with an underscore, so that no resource of a product has the same name', () => {
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const tables = files.flatMap((file) =>
    [...readFileSync(path.join('test', file), 'utf8').matchAll(/create table (?:public\.)?([a-z_]\w*)(?![\w.])/g)].map(([, name]) => `${file}: ${name}`),
  );
  expect(tables.length).toBeGreaterThan(10);
  expect(tables.filter((table) => !/: _/.test(table))).toEqual([]);
});
