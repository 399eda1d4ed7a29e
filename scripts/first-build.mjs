// Builds for `npm start`. The first build of a clone does not check types, which would take longer than the rest of it: CI has checked them.
// It writes the same files, and the next build checks the types.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const isBuilt = existsSync(path.join(root, 'dist/.tsbuildinfo'));
const { status } = spawnSync('npm', ['run', '--silent', 'build', ...(isBuilt ? [] : ['--', '--noCheck'])], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
process.exitCode = status ?? 1;
