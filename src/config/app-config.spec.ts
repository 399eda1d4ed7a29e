import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppConfig, NoWayToSignInError } from './app-config.js';
import { loadEnv } from './env.js';

const provider = {
  AUTH_PROVIDERS: 'acme',
  AUTH_PROVIDER_ACME_ISSUER: 'https://acme.example',
  AUTH_PROVIDER_ACME_CLIENT_ID: 'tenantry',
  AUTH_PROVIDER_ACME_CLIENT_SECRET: 'a secret',
};

function configOf(signIn: string, env: Readonly<Record<string, string>> = {}): AppConfig {
  const CATALOG = path.join(mkdtempSync(path.join(tmpdir(), 'tenantry-config-')), 'catalog.yaml');
  writeFileSync(CATALOG, `${readFileSync('catalogs/default.yaml', 'utf8')}\nsignIn: ${signIn}\n`);
  return new AppConfig(loadEnv({ CATALOG, ...env }), 'a secret for tests');
}

describe('the ways to sign in', () => {
  it('can never all be closed', () => {
    expect(() => configOf('{ password: false }')).toThrow(NoWayToSignInError);
    expect(() => configOf('{ password: false, mail: false }')).toThrow('Nobody can sign in');
    expect(configOf('{ password: false, mail: true }').catalog.signIn).toEqual({ password: false, mail: true });
    expect(configOf('{ password: false }', provider).catalog.signIn).toEqual({ password: false, mail: false });
    expect(configOf('{}').catalog.signIn).toEqual({ password: true, mail: false });
  });
});
