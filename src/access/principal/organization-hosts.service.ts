import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AppConfig } from '../../config/app-config.js';
import { DatabaseListener } from '../../database/database-listener.js';
import { PlatformPool } from '../../database/wire/platform-pool.js';

const hostSql = `select organization_id as id from domains where kind = 'host' and name = $1::text and verified_at is not null`;
const maxCachedHosts = 10_000;
/** What stands in the cache for a host that is nobody's. */
const nobody = '';

/**
 * Which organization a verified custom domain belongs to. Kept in memory while the replica hears from the database what
 * changes; without that connection every host is asked anew.
 */
@Injectable()
export class OrganizationHostsService {
  readonly #owners = new LRUCache<string, string>({ max: maxCachedHosts });
  /** Counts what was heard, so that an answer from before a change is not kept after it. */
  #heard = 0;
  readonly #own: ReadonlySet<string>;

  constructor(
    private readonly platform: PlatformPool,
    private readonly listener: DatabaseListener,
    config: AppConfig,
  ) {
    this.#own = new Set(['localhost', new URL(config.appUrl).hostname, ...(config.appDomain === undefined ? [] : [config.appDomain])]);
    listener.whenOpen('tenantry_organization', (organizationId) => this.#forget(organizationId));
  }

  /** @param host without its port */
  async findOrganizationOfHost(host: string): Promise<string | undefined> {
    const name = host.toLowerCase().replace(/\.$/, '');
    if (!/^(?=.{4,253}$)[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*[a-z0-9]$/.test(name) || this.#own.has(name)) return undefined;
    const known = this.listener.connected ? this.#owners.get(name) : undefined;
    if (known !== undefined) return known === nobody ? undefined : known;
    const asked = this.#heard;
    const { rows } = await this.platform.query<{ id: string }>({ text: hostSql, values: [name], writes: false });
    const owner = rows[0]?.id;
    if (asked === this.#heard && this.listener.connected) this.#owners.set(name, owner ?? nobody);
    return owner;
  }

  /** A change of one organization may give a host to it, so what is nobody's is forgotten too. */
  #forget(organizationId: string): void {
    this.#heard += 1;
    for (const [host, owner] of this.#owners.entries()) if (organizationId === '' || owner === nobody || owner === organizationId) this.#owners.delete(host);
  }
}
