import type { BuiltInPermission } from '../config/catalog/built-in-permissions.js';

interface ScopeDefinition {
  readonly description: string;
  /** The permissions that the scope gives on the routes which name it. */
  readonly permissions: readonly BuiltInPermission[];
}

/**
 * The scopes of service keys. A service key reaches only the routes that name one of its scopes: the permissions of a scope
 * open nothing by themselves.
 */
export const serviceScopes = {
  'access:check': { description: 'Check what members may do', permissions: [] },
  'entitlements:read': { description: 'Read the features, limits and entitlements of an organization', permissions: ['organization:read'] },
  'members:read': { description: 'Read the members, roles and teams of an organization', permissions: ['members:read', 'roles:read', 'teams:read'] },
  'settings:read': { description: 'Read the settings, custom settings, branding and compliance of an organization', permissions: ['organization:read', 'settings:read'] },
  'settings:write': { description: 'Change the settings, custom settings, features and branding of an organization', permissions: ['settings:write'] },
  'tenant:read': { description: 'Read the profile of an organization, and what every member may see of it', permissions: ['organization:read'] },
  'usage:read': { description: 'Read and export the usage of an organization', permissions: ['usage:read'] },
  'usage:report': { description: 'Report, consume, reserve and release usage', permissions: ['usage:write'] },
} as const satisfies Readonly<Record<string, ScopeDefinition>>;

export type ServiceScope = keyof typeof serviceScopes;

export const serviceScopeNames = Object.keys(serviceScopes) as ServiceScope[];

const isScope = (name: string): name is ServiceScope => Object.hasOwn(serviceScopes, name);

/** Returns the scopes that are defined: a key may have been created by a version that defines others. */
export const knownScopes = (names: readonly string[]): ReadonlySet<ServiceScope> => new Set(names.filter(isScope));

export const permissionsOfScope = (scope: ServiceScope): readonly BuiltInPermission[] => serviceScopes[scope].permissions;
