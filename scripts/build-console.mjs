// Builds the console, unless its build is newer than its sources and its packages.
import { readdirSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { npmScript } from './arguments.mjs';

npmScript('build:console', 'Builds the pages of the console, if they have changed.').parse();

const root = path.resolve(import.meta.dirname, '..');
const sources = ['console/src', 'console/index.html', 'console/vite.config.ts', 'console/package.json', 'sdk/src', 'openapi.json', 'package-lock.json'];
const built = path.join(root, 'console/dist/index.html');

const filesOf = (file) => (statSync(file).isDirectory() ? readdirSync(file).flatMap((name) => filesOf(path.join(file, name))) : [file]);
const changedAt = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Builds the console if it has changed. */
async function buildConsole() {
  const newest = Math.max(...sources.flatMap((source) => filesOf(path.join(root, source))).map(changedAt));
  if (changedAt(built) > newest) return;
  const { build } = await import('vite');
  await build({ configFile: path.join(root, 'console/vite.config.ts'), logLevel: 'warn' });
  // A build that writes the same file does not always change its time.
  const now = new Date();
  utimesSync(built, now, now);
}

await buildConsole();
