import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/app-config.js';
import { featureRefusal } from '../access-decision.js';
import { OrganizationFactsService } from '../organization/organization-facts.service.js';
import { DatabaseListener } from '../../database/database-listener.js';
import { PlatformPool } from '../../database/wire/platform-pool.js';
import { OwnerCache } from './owner-cache.js';

const hostSql = `select organization_id as id from domains where kind = 'host' and name = $1::text and verified_at is not null`;
/** A name with a top-level domain that is not a number: not an IP address. */
const customHost = /^(?=.{4,253}$)[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*[a-z0-9]$/;

/** Finds the organization of a verified custom domain, while its features include custom domains. */
@Injectable()
export class OrganizationHostsService {
  readonly #owners: OwnerCache;
  readonly #ownHosts: ReadonlySet<string>;

  constructor(
    private readonly platform: PlatformPool,
    private readonly facts: OrganizationFactsService,
    listener: DatabaseListener,
    config: AppConfig,
  ) {
    this.#ownHosts = new Set(['localhost', new URL(config.appUrl).hostname, ...(config.appDomain === undefined ? [] : [config.appDomain])]);
    this.#owners = new OwnerCache(listener, (name) => this.#readOwner(name));
  }

  /**
   * Returns the id of the organization, or undefined. Answers synchronously unless the host must be looked up.
   *
   * @param name the host as `hostNameOf` returns it
   */
  findOrganizationOfHost(name: string): string | undefined | Promise<string | undefined> {
    return this.#ownHosts.has(name) || !customHost.test(name) ? undefined : this.#owners.find(name);
  }

  /** The features are judged at use: the plan can have changed since the verification. */
  async #readOwner(name: string): Promise<string | undefined> {
    const { rows } = await this.platform.read<{ id: string }>({ text: hostSql, values: [name], quick: true });
    const [row] = rows;
    return row !== undefined && featureRefusal('custom_domains', await this.facts.read(row.id)) === undefined ? row.id : undefined;
  }
}
