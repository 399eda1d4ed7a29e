import { Injectable } from '@nestjs/common';
import { Catalog, ownerRole, type RoleDefinition } from '../config/catalog/catalog.js';
import type { BuiltInPermission } from '../config/catalog/built-in-permissions.js';

export { ownerRole };

/** A permission that a route can require: one of tenantry, or one that the product's catalog defines. */
export type Permission = BuiltInPermission | (`${string}:${string}` & {});

const noPermissions: ReadonlySet<string> = new Set();

/** Looks up the base roles of the catalog by their key. */
@Injectable()
export class Roles {
  constructor(private readonly catalog: Catalog) {}

  /** Returns all base roles, highest rank first. */
  list(): readonly RoleDefinition[] {
    return [...this.catalog.roles.values()];
  }

  find(key: string): RoleDefinition | undefined {
    return this.catalog.roles.get(key);
  }

  /** Returns the rank of a role, or -1 for an unknown role. */
  rankOf(key: string): number {
    return this.find(key)?.rank ?? -1;
  }

  /** Returns the permissions of a role; none for an unknown role. */
  permissionsOf(key: string): ReadonlySet<string> {
    return this.find(key)?.permissions ?? noPermissions;
  }

  /** Whether an API key may hold this permission. */
  isGrantableToKeys(permission: string): boolean {
    return this.catalog.permissions.get(permission)?.grantableToKeys === true;
  }
}
