import { isUUID } from 'class-validator';
import { InvalidTenantError, TenantMismatchError } from '../access.errors.js';

/** The organization that a request names by id, by slug, or by both. Both must belong to the same organization. */
export interface TenantSelector {
  readonly id: string | null;
  readonly slug: string | null;
}

/** The parts of a request that can name a tenant. */
export interface TenantSources {
  readonly pathId: string | undefined;
  readonly headerId: string | string[] | undefined;
  readonly headerSlug: string | string[] | undefined;
  /** The host as `hostNameOf` returns it. */
  readonly host: string;
  /** The organization whose verified custom domain the host is. */
  readonly hostId: string | undefined;
  /** The organization of the API key. */
  readonly keyId: string | undefined;
  /** The `org` claim of the access token. */
  readonly claimId: string | undefined;
}

const slugPattern = /^[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]$/;

function idFrom(source: string, value: string | string[] | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !isUUID(value)) throw new InvalidTenantError(source);
  return value.toLowerCase();
}

/** Returns the slug in an `X-Tenant-Slug` header. @throws {InvalidTenantError} */
export function slugFrom(value: string | string[] | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !slugPattern.test(value.toLowerCase())) throw new InvalidTenantError('X-Tenant-Slug');
  return value.toLowerCase();
}

/** Returns `acme` for the host `acme.app.example` when `app.example` is APP_DOMAIN. Returns undefined for deeper and other hosts. */
export function subdomainOf(host: string, appDomain: string | undefined): string | undefined {
  if (appDomain === undefined || !host.endsWith(`.${appDomain}`)) return undefined;
  const label = host.slice(0, -(appDomain.length + 1));
  return slugPattern.test(label) && !reservedSubdomains.has(label) ? label : undefined;
}

/** Subdomains of the installation itself. */
const reservedSubdomains = new Set(['www', 'api', 'app']);

function onlyValue(values: readonly (string | undefined)[]): string | null {
  const [first = null, ...others] = new Set(values.filter((value) => value !== undefined));
  if (others.length > 0) throw new TenantMismatchError();
  return first;
}

/**
 * Returns the tenant that a request names, or undefined when it names none. It does not check that the tenant exists or that
 * the caller is a member. The claim of the token is a default: it does not count when the path names a tenant.
 *
 * @param appDomain the domain whose subdomains are organization slugs
 * @throws {InvalidTenantError} when a source is not a valid id or slug
 * @throws {TenantMismatchError} when two sources name different tenants
 */
export function selectTenant(sources: TenantSources, appDomain: string | undefined): TenantSelector | undefined {
  const { pathId, headerId, hostId, keyId, claimId } = sources;
  const id = onlyValue([idFrom('The path', pathId), idFrom('X-Tenant-ID', headerId), hostId, keyId, pathId === undefined ? claimId : undefined]);
  const slug = onlyValue([slugFrom(sources.headerSlug), subdomainOf(sources.host, appDomain)]);
  return id === null && slug === null ? undefined : { id, slug };
}
