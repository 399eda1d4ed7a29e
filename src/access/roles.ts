import { Injectable } from '@nestjs/common';
import { Catalog, ownerRole, type RoleDefinition } from '../config/catalog/catalog.js';
import type { BuiltInPermission } from '../config/catalog/built-in-permissions.js';

export { ownerRole };

/** What a route can ask for: a permission of ours, or one that the product's catalog defines. */
export type Permission = BuiltInPermission | (`${string}:${string}` & {});

const nothing: ReadonlySet<string> = new Set();

/** Looks the catalog's roles up by their key. */
@Injectable()
export class Roles {
  constructor(private readonly catalog: Catalog) {}

  /** Highest first. */
  list(): readonly RoleDefinition[] {
    return [...this.catalog.roles.values()];
  }

  find(key: string): RoleDefinition | undefined {
    return this.catalog.roles.get(key);
  }

  /** The rank of a role; an unknown one ranks below all. */
  rankOf(key: string): number {
    return this.find(key)?.rank ?? -1;
  }

  /** What a role may do; an unknown one may do nothing. */
  permissionsOf(key: string): ReadonlySet<string> {
    return this.find(key)?.permissions ?? nothing;
  }

  /** Whether an API key may hold this permission. */
  isGrantableToKeys(permission: string): boolean {
    return this.catalog.permissions.get(permission)?.grantableToKeys === true;
  }
}
