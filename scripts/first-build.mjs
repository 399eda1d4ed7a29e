// Builds the server and the console for `npm start`. The first build of a clone does not check types, which would take longer than the rest of it: CI has checked them.
// It writes the same files, and the next build checks the types.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const isBuilt = existsSync(path.join(root, 'dist/.tsbuildinfo'));
const npmArguments = ['run', '--silent', 'build', ...(isBuilt ? [] : ['--', '--noCheck'])];
// The console is built at the same time.
const consoleBuild = spawn('npm', ['run', '--silent', 'build:console'], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
const serverBuild = spawn('npm', npmArguments, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
const statuses = await Promise.all([serverBuild, consoleBuild].map((child) => once(child, 'exit')));
process.exitCode = statuses.find(([status]) => status !== 0)?.[0] ?? 0;
