// The benchmarks read and create projects, the example resource. Import this file first.
import { existsSync } from 'node:fs';
import path from 'node:path';

if (!existsSync(path.resolve(import.meta.dirname, '../src/modules/projects'))) {
  console.error('The benchmarks measure requests to projects, the example resource, which npm run remove:example has removed. Run them in a checkout that has it.');
  process.exit(1);
}
