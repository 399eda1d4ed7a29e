import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startTestServer, type TestServer } from './http.js';

export interface SmallCatalog {
  /** The features of the plan `free`, out of `custom_roles`, `api_access` and `sso`. */
  readonly features?: readonly string[];
  /** Requests of an organization on `free` in a minute. */
  readonly requests?: number;
  /** Lines of `rateLimits`, in YAML's flow style. */
  readonly rateLimits?: Readonly<Record<string, string>>;
}

/** A catalog that differs from the others only in what a test is about. */
export function smallCatalog({ features = ['custom_roles', 'api_access'], requests = 100_000, rateLimits = {} }: SmallCatalog = {}): string {
  const limits = Object.entries(rateLimits).map(([action, lines]) => `  ${action}: [${lines}]\n`);
  return `product: Small
defaults: { plan: free, role: member }
roles:
  owner: { rank: 100, permissions: ['*'] }
  admin: { rank: 80, inherits: member, permissions: [organization:update, members:write, invitations:*, roles:*, teams:*] }
  member: { rank: 10, permissions: [organization:read, members:read, roles:read, teams:read] }
features:
  custom_roles: Custom roles
  api_access: API keys
  sso: Single sign-on
plans:
  free: { seats: 25, features: [${features.join(', ')}], rateLimit: { requests: ${requests}, seconds: 60 } }
  large: { seats: 25, inherits: free, rateLimit: { requests: ${10 * requests}, seconds: 60 } }
${limits.length === 0 ? '' : `rateLimits:\n${limits.join('')}`}`;
}

/** Writes a catalog file and returns its path. */
export async function catalogFile(catalog: string): Promise<string> {
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'tenantry-catalog-')), 'catalog.yaml');
  await writeFile(file, catalog);
  return file;
}

/** Starts a server with a catalog of its own. */
export async function startServerWithCatalog(catalog: string, env: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  return startTestServer({ CATALOG: await catalogFile(catalog), ...env });
}
