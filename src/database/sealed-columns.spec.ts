import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { sealedColumns } from '../generated/sealed-columns.js';

/** Purposes of values that are never stored: they travel in tokens. */
const unstored = ['mfa-login'];

describe('the sealed columns', () => {
  it('cover every purpose for which the code seals a stored value', () => {
    const source = path.resolve(import.meta.dirname, '..');
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'));
    const used = files.flatMap((file) => [...readFileSync(path.join(source, file), 'utf8').matchAll(/new SecretBox\(\s*[\w.]+,\s*'([^']+)'/g)].map(([, purpose]) => purpose));
    expect(new Set(used)).toEqual(new Set([...sealedColumns.map(({ purpose }) => purpose), ...unstored]));
  });
});
