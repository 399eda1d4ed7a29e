import path from 'node:path';

/** The folder of package.json: two above this file, in `src/database` as well as in `dist/database`. */
export const packageRoot = path.resolve(import.meta.dirname, '../..');
