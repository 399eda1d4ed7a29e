import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../database/package-root.js';

/** The version of this application. */
export const { version } = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as { readonly version: string };
