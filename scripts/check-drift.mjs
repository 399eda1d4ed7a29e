// Fails when what is generated and checked in is not what the sources say: the types of problems, the contract, the list of access rules, and
// the types and routes of the SDK.
// (Schema and migrations: npm run db:drift.)
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { npmScript } from './arguments.mjs';

npmScript('check:drift', 'Fails when files that are generated are out of date.').parse();

const folder = mkdtempSync(path.join(tmpdir(), 'tenantry-drift-'));
const made = { document: path.join(folder, 'openapi.json'), routes: path.join(folder, 'routes.txt') };
execFileSync(process.execPath, ['scripts/problem-types.mjs', '--check'], { stdio: 'inherit' });
execFileSync(process.execPath, ['dist/cli.js', 'openapi', '--document', made.document, '--routes', made.routes], { stdio: 'inherit' });
execFileSync(process.execPath, ['scripts/sdk-generate.mjs', made.document, folder], { stdio: 'inherit' });

const pairs = [
  ['openapi.json', made.document, 'The contract changed.'],
  ['test/route-access.txt', made.routes, 'The access rules changed: review every line of the difference.'],
  ['sdk/src/generated/api.ts', path.join(folder, 'api.ts'), 'The types of the SDK are not those of the contract.'],
  ['sdk/src/generated/routes.ts', path.join(folder, 'routes.ts'), 'The routes of the SDK are not those of the contract.'],
];
const drifted = pairs.filter(([kept, fresh]) => readFileSync(kept, 'utf8') !== readFileSync(fresh, 'utf8'));
for (const [kept, , meaning] of drifted) console.error(`${kept} is out of date. ${meaning} Update it with: npm run openapi`);
rmSync(folder, { recursive: true });
process.exitCode = drifted.length > 0 ? 1 : 0;
