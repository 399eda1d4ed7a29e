import { Injectable } from '@nestjs/common';
import type { LoadLimits } from '../../config/catalog/catalog.js';
import { Load } from './load.js';

const now = (): number => performance.now();

/**
 * Counts the running requests and the database time of each organization on this replica, in memory: a count that all replicas share would cost
 * each request a round trip.
 */
@Injectable()
export class LoadsService {
  readonly #organizations = new Map<string, Load>();
  /** Of requests without an organization. */
  readonly #networks = new Map<string, Load>();
  #databaseTime = 0;

  /** Returns the load of an organization, with its present limits. */
  ofOrganization(organizationId: string, limits: LoadLimits): Load {
    const load = loadIn(this.#organizations, organizationId);
    load.limits = limits;
    return load;
  }

  /** @param network that of the client's address */
  ofNetwork(network: string): Load {
    return loadIn(this.#networks, network);
  }

  /**
   * Adds the time for which work has held a connection of the database.
   *
   * @param beneficiary for whom: the time of an organization that has no request on this replica, of requests without an organization and of the
   *   installation itself counts for nobody
   */
  addDatabaseTime(beneficiary: string | undefined, duration: number): void {
    this.#databaseTime += duration;
    if (beneficiary !== undefined) this.#organizations.get(beneficiary)?.addDatabaseTime(duration, now());
  }

  /** All database time since the start, in milliseconds. */
  get databaseTime(): number {
    return this.#databaseTime;
  }

  /** The number of requests that are being answered. */
  get running(): number {
    let running = 0;
    for (const loads of [this.#organizations, this.#networks]) for (const load of loads.values()) running += load.running;
    return running;
  }

  /** The highest number of running requests of one organization or network. */
  get mostRunning(): number {
    let most = 0;
    for (const loads of [this.#organizations, this.#networks]) for (const load of loads.values()) most = Math.max(most, load.running);
    return most;
  }

  /** Returns the organizations with the most database time in about the last minute, in milliseconds. */
  busiest(count: number): { readonly organizationId: string; readonly databaseTime: number }[] {
    const at = now();
    return [...this.#organizations]
      .map(([organizationId, load]) => ({ organizationId, databaseTime: load.databaseTime(at) }))
      .filter(({ databaseTime }) => databaseTime >= 1)
      .sort((a, b) => b.databaseTime - a.databaseTime)
      .slice(0, count);
  }

  /** Forgets those who have done nothing for a while. */
  forgetIdle(): void {
    const at = now();
    for (const loads of [this.#organizations, this.#networks]) for (const [key, load] of loads) if (load.isIdle(at)) loads.delete(key);
  }
}

function loadIn(loads: Map<string, Load>, key: string): Load {
  const known = loads.get(key);
  if (known !== undefined) return known;
  const load = new Load();
  loads.set(key, load);
  return load;
}
