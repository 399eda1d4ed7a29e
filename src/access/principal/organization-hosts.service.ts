import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AppConfig } from '../../config/app-config.js';
import { featureRefusal } from '../access-decision.js';
import { OrganizationFactsService } from '../organization/organization-facts.service.js';
import { DatabaseListener } from '../../database/database-listener.js';
import { PlatformPool } from '../../database/wire/platform-pool.js';

const hostSql = `select organization_id as id from domains where kind = 'host' and name = $1::text and verified_at is not null`;
/** A name with a top-level domain that is not a number: not an IP address. */
const customHost = /^(?=.{4,253}$)[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*[a-z0-9]$/;
const maxCachedHosts = 10_000;
/** The cached value of a host that belongs to no organization. */
const noOrganization = '';

/**
 * Finds the organization of a verified custom domain, while its features include custom domains. The results are cached while the replica receives notifications of
 * the database about changes; without that connection every host is looked up again.
 */
@Injectable()
export class OrganizationHostsService {
  readonly #owners = new LRUCache<string, string>({ max: maxCachedHosts });
  /** The number of received notifications. A result that was read before a notification must not be cached after it. */
  #notifications = 0;
  readonly #ownHosts: ReadonlySet<string>;

  constructor(
    private readonly platform: PlatformPool,
    private readonly facts: OrganizationFactsService,
    private readonly listener: DatabaseListener,
    config: AppConfig,
  ) {
    this.#ownHosts = new Set(['localhost', new URL(config.appUrl).hostname, ...(config.appDomain === undefined ? [] : [config.appDomain])]);
    listener.whenOpen('tenantry_organization', (organizationId) => this.#forget(organizationId));
  }

  /**
   * Returns the id of the organization, or undefined. Answers synchronously unless the host must be looked up.
   *
   * @param name the host as `hostNameOf` returns it
   */
  findOrganizationOfHost(name: string): string | undefined | Promise<string | undefined> {
    if (this.#ownHosts.has(name) || !customHost.test(name)) return undefined;
    const known = this.listener.connected ? this.#owners.get(name) : undefined;
    if (known === undefined) return this.#lookUp(name);
    return known === noOrganization ? undefined : known;
  }

  async #lookUp(name: string): Promise<string | undefined> {
    const notificationsBefore = this.#notifications;
    const { rows } = await this.platform.read<{ id: string }>({ text: hostSql, values: [name], quick: true });
    const [row] = rows;
    // Judged at use: the plan can have changed since the verification. Every such change notifies the replicas.
    const owner = row !== undefined && featureRefusal('custom_domains', await this.facts.read(row.id)) === undefined ? row.id : undefined;
    if (notificationsBefore === this.#notifications && this.listener.connected) this.#owners.set(name, owner ?? noOrganization);
    return owner;
  }

  /** A change of an organization can add a host to it. Hosts without an organization are therefore removed from the cache as well. */
  #forget(organizationId: string): void {
    this.#notifications += 1;
    for (const [host, owner] of this.#owners.entries()) if (organizationId === '' || owner === noOrganization || owner === organizationId) this.#owners.delete(host);
  }
}
