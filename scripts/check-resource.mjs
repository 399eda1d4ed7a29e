// Fails when the code that add:resource writes does not compile with the code of the project: writes resources with fields of every type in a copy, without
// migration and contract, and checks their types. test/long/add-resource.spec.ts runs the resources that it adds.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { npmScript } from './arguments.mjs';

npmScript('check:resource', 'Checks that the code that add:resource writes compiles with the code of the project.').parse();

const resources = [
  'sales-quote number:string text:text? pages:int amount:int:minor discount:int:minor? share:decimal ratio:decimal? paid:boolean due:date shippedOn:date? openedAt:datetime sentAt:datetime? code:uuid meta:json extra:json? status:enum(draft,sent) kind:enum(a,b)? seller:member team:team? before:sales-quote?',
  'sales-quote-line quote:sales-quote quantity:int',
];

const root = path.resolve(import.meta.dirname, '..');
const copy = realpathSync(mkdtempSync(path.join(tmpdir(), 'tenantry-resource-')));
try {
  const files = readdirSync(root).filter((name) => /^(src|test|scripts|prisma|catalogs|openapi\.json|package\.json|prisma\.config\.ts|tsconfig\.json|\.prettierrc)$/.test(name));
  for (const file of files) cpSync(path.join(root, file), path.join(copy, file), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  const run = (...args) => execFileSync(process.execPath, args, { cwd: copy, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });

  const written = [];
  const contract = JSON.parse(readFileSync(path.join(copy, 'openapi.json'), 'utf8'));
  for (const resource of resources) {
    const output = run('scripts/add-resource.mjs', ...resource.split(' '), '--no-migration');
    written.push(...output.split('\n').flatMap((line) => /^(?:wrote|changed) (\S+\.ts)$/.exec(line)?.[1] ?? []));
    // The next one may refer to it, for which add:resource asks the contract.
    contract.paths['/api/v1/organizations/{organizationId}/sales-quotes/{salesQuoteId}'] = { get: { operationId: 'getSalesQuote' } };
    contract.components.schemas['CreateSalesQuote'] = { properties: {} };
    writeFileSync(path.join(copy, 'openapi.json'), JSON.stringify(contract));
  }
  run('scripts/prisma-generate.mjs');
  const configuration = { extends: './tsconfig.json', compilerOptions: { incremental: false }, include: [], files: written };
  writeFileSync(path.join(copy, 'tsconfig.resource.json'), JSON.stringify(configuration));
  run(path.join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.resource.json');
} catch (error) {
  console.error(`${error.stdout ?? error.message}\nThe code that npm run add:resource writes does not fit the project any longer. Change scripts/resource/templates.mjs.`);
  process.exitCode = 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
