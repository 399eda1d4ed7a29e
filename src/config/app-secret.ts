import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
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
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    mkdirSync(path.dirname(file), { recursive: true });
    const secret = randomBytes(48).toString('base64');
    writeFileSync(file, `${secret}\n`, { mode: 0o600 });
    return secret;
  }
}
