import { isUUID } from 'class-validator';
import { InvalidTenantError, TenantMismatchError } from '../access.errors.js';

/** Which organization a request names. By id, by slug, or by both, which then must be the same organization. */
export interface TenantSelector {
  readonly id: string | null;
  readonly slug: string | null;
}

/** The places of a request that can name a tenant. */
export interface TenantSources {
  readonly pathId: string | undefined;
  readonly headerId: string | string[] | undefined;
  readonly headerSlug: string | string[] | undefined;
  /** The host without its port. */
  readonly host: string;
  /** The organization whose verified custom domain the host is. */
  readonly hostId: string | undefined;
  /** The `org` claim of the access token, or the organization of the API key. */
  readonly credentialId: string | undefined;
}

const slugPattern = /^[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]$/;

function idFrom(source: string, value: string | string[] | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !isUUID(value)) throw new InvalidTenantError(source);
  return value.toLowerCase();
}

/** The slug in an `X-Tenant-Slug` header. @throws {InvalidTenantError} */
export function slugFrom(value: string | string[] | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !slugPattern.test(value.toLowerCase())) throw new InvalidTenantError('X-Tenant-Slug');
  return value.toLowerCase();
}

/** `acme.app.example` → `acme` when `app.example` is our domain; deeper or foreign hosts name nobody. */
export function subdomainOf(host: string, appDomain: string | undefined): string | undefined {
  if (appDomain === undefined || !host.toLowerCase().endsWith(`.${appDomain}`)) return undefined;
  const label = host.slice(0, -(appDomain.length + 1)).toLowerCase();
  return slugPattern.test(label) && !notTenants.has(label) ? label : undefined;
}

/** Hosts that serve the platform itself. */
const notTenants = new Set(['www', 'api', 'app']);

function one(values: readonly (string | undefined)[]): string | null {
  const [first = null, ...others] = new Set(values.filter((value) => value !== undefined));
  if (others.length > 0) throw new TenantMismatchError();
  return first;
}

/**
 * The one tenant that a request names, or undefined when it names none. It is only named here, not yet proved.
 *
 * @param appDomain organizations are found by `<slug>.<appDomain>`
 * @throws {InvalidTenantError} when a source holds no valid id or slug
 * @throws {TenantMismatchError} when two sources name different tenants
 */
export function selectTenant(sources: TenantSources, appDomain: string | undefined): TenantSelector | undefined {
  const id = one([idFrom('The path', sources.pathId), idFrom('X-Tenant-ID', sources.headerId), idFrom('The credential', sources.credentialId), sources.hostId]);
  const slug = one([slugFrom(sources.headerSlug), subdomainOf(sources.host, appDomain)]);
  return id === null && slug === null ? undefined : { id, slug };
}
