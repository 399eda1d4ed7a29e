import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeDataDir } from './data-dir.js';
import { EnvError, type Env } from './env.js';

/**
 * Returns the root secret of this installation: `APP_SECRET`, or, outside production, a secret that is generated at the
 * first start and stored in the data folder (mode 0600).
 *
 * @throws {EnvError} in production without `APP_SECRET`
 */
export function readAppSecret(env: Env): string {
  if (env.APP_SECRET !== undefined) return env.APP_SECRET;
  if (env.NODE_ENV === 'production') {
    throw new EnvError('APP_SECRET is not set. Production requires it, with the same value on every replica. Generate one with: openssl rand -base64 48');
  }
  const file = path.resolve(env.DATA_DIR, 'app-secret');
  makeDataDir(env.DATA_DIR);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new EnvError(`The secret of this installation cannot be read: ${(error as Error).message}. Correct the file, or set APP_SECRET.`);
    const secret = randomBytes(48).toString('base64');
    writeFileSync(file, `${secret}\n`, { mode: 0o600 });
    return secret;
  }
}
