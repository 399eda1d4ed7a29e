import { LRUCache } from 'lru-cache';
import type { DatabaseListener } from '../../database/database-listener.js';

const maxCachedNames = 10_000;
/** The cached value of a name that belongs to no organization. */
const noOrganization = '';

/**
 * Finds the organization that a name of a request belongs to. The results are cached while the replica receives notifications of the database about changes;
 * without that connection every name is looked up again.
 */
export class OwnerCache {
  readonly #owners = new LRUCache<string, string>({ max: maxCachedNames });
  /** The number of received notifications. A result that was read before a notification must not be cached after it. */
  #notifications = 0;

  /** @param read returns the id of an organization that a name belongs to, from the database; each change of the result notifies the replicas */
  constructor(
    private readonly listener: DatabaseListener,
    private readonly read: (name: string) => Promise<string | undefined>,
  ) {
    listener.whenOpen('tenantry_organization', (organizationId) => this.#forget(organizationId));
  }

  /** Returns the id of the organization, or undefined. Answers synchronously unless the name must be looked up. */
  find(name: string): string | undefined | Promise<string | undefined> {
    const known = this.listener.connected ? this.#owners.get(name) : undefined;
    if (known === undefined) return this.#lookUp(name);
    return known === noOrganization ? undefined : known;
  }

  async #lookUp(name: string): Promise<string | undefined> {
    const notificationsBefore = this.#notifications;
    const owner = await this.read(name);
    if (notificationsBefore === this.#notifications && this.listener.connected) this.#owners.set(name, owner ?? noOrganization);
    return owner;
  }

  /** A change of an organization can add a name to it. Names without an organization are therefore removed from the cache as well. */
  #forget(organizationId: string): void {
    this.#notifications += 1;
    for (const [name, owner] of this.#owners.entries()) if (organizationId === '' || owner === noOrganization || owner === organizationId) this.#owners.delete(name);
  }
}
