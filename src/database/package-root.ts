import path from 'node:path';

/** The folder of package.json: two levels above this file, in `src/database` and in `dist/database`. */
export const packageRoot = path.resolve(import.meta.dirname, '../..');
