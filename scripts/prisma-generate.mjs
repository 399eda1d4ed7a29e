// Generates the Prisma client without reaching the network. `prisma generate` does not use the native schema engine,
// but fetches it from its own host at first use; naming any executable in PRISMA_SCHEMA_ENGINE_BINARY skips that.
// With --if-changed it does nothing while the schema is what it was at the last run. The generated client is made smaller
// afterwards: see compact-prisma-client.mjs.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { compactPrismaClient } from './compact-prisma-client.mjs';

const root = path.resolve(import.meta.dirname, '..');
const stamp = path.join(root, 'src/generated/.schema-hash');
const require = createRequire(import.meta.url);

function schemaHash() {
  const hash = createHash('sha256');
  const folder = path.join(root, 'prisma');
  for (const name of readdirSync(folder, { recursive: true }).map(String).sort()) {
    if (/\.(prisma|mjs)$/.test(name)) hash.update(readFileSync(path.join(folder, name)));
  }
  const others = [require.resolve('prisma/package.json'), path.join(import.meta.dirname, 'compact-prisma-client.mjs')];
  for (const file of others) hash.update(readFileSync(file));
  return hash.digest('hex');
}

let prisma;
try {
  prisma = require.resolve('prisma/build/index.js');
} catch {
  console.log('prisma is not installed (production dependencies only): the generated client is not updated');
  process.exit(0);
}
const hash = schemaHash();
if (process.argv.includes('--if-changed') && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) process.exit(0);

execFileSync(process.execPath, [prisma, 'generate', '--no-hints'], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
  env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ?? process.execPath },
});
compactPrismaClient(path.join(root, 'src/generated/prisma/internal/class.ts'));
mkdirSync(path.dirname(stamp), { recursive: true });
writeFileSync(stamp, hash);
