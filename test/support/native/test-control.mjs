import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { transform } from '@swc/core';
import { swc } from './swc.mjs';

const root = path.resolve(import.meta.dirname, '../../..');
const source = path.join(root, 'test/control');
const target = path.join(root, '.data/test-control');

/** Returns the compiled file of a TypeScript file of `test/control`. */
export const compiledControl = (file) => path.join(target, path.relative(source, file)).replace(/\.ts$/, '.js');

/** Imports a module of `test/control` into plain Node. */
export const importControl = (file) => import(pathToFileURL(compiledControl(path.join(source, file))).href);

/**
 * Compiles `test/control`, whose imports of `src` become imports of `dist`. Plain Node then loads it without module hooks,
 * which would double the time to load the application.
 */
export async function compileControl() {
  const files = (await readdir(source, { recursive: true })).filter((file) => file.endsWith('.ts'));
  await Promise.all(files.map((file) => compile(path.join(source, file))));
}

async function compile(filename) {
  const { code } = await transform(await readFile(filename, 'utf8'), { ...swc, filename, sourceMaps: 'inline' });
  const compiled = code.replaceAll(/(?:\.\.\/)+src\//g, `${root}/dist/`);
  const file = compiledControl(filename);
  if (compiled === (await readFile(file, 'utf8').catch(() => undefined))) return;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.${process.pid}`, compiled);
  await rename(`${file}.${process.pid}`, file);
}
