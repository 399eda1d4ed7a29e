import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/app.setup.js';
import { AppConfig } from '../../src/config/app-config.js';
import { loadEnv } from '../../src/config/env.js';
import { DatabaseUrls } from '../../src/database/connect/database-urls.js';
import { CountedRoutesModule } from './counted-routes.js';
import { SetClock } from './set-clock.js';
import { withOwnStrategies } from './strategies.js';
import { addTestControl } from './test-control.js';
import { leaveJobsToTests } from './unscheduled-jobs.js';

export interface ServerOrder {
  readonly env: Readonly<Record<string, string>>;
  readonly secret: string;
  readonly database: { readonly app: string; readonly platform: string };
}

export interface HostedServer {
  readonly id: string;
  readonly url: string;
}

interface Hosted extends HostedServer {
  readonly app: NestFastifyApplication;
  readonly profile: string;
  readonly clock: SetClock;
}

/** How many servers wait for the next spec file of the same profile. */
const maxIdle = 3;

/** The servers of one worker. A spec file borrows one of its profile; the next spec file gets the same server. */
export class HostedServers {
  readonly #busy = new Map<string, Hosted>();
  #idle: Hosted[] = [];
  #started = 0;

  async borrow(order: ServerOrder): Promise<HostedServer> {
    const profile = JSON.stringify(order);
    const idle = this.#idle.find((server) => server.profile === profile);
    const server = idle ?? (await this.#start(order, profile));
    this.#idle = this.#idle.filter((each) => each !== server);
    this.#busy.set(server.id, server);
    return { id: server.id, url: server.url };
  }

  /** Keeps the server for the next spec file, unless its state is not divided by tenant. */
  async giveBack(id: string, { keep }: { readonly keep: boolean }): Promise<void> {
    const server = this.#busy.get(id);
    if (server === undefined) return;
    this.#busy.delete(id);
    delete server.clock.time;
    if (!keep) return await server.app.close();
    this.#idle.push(server);
    if (this.#idle.length > maxIdle) await this.#idle.shift()?.app.close();
  }

  /** Closes the servers that are still borrowed. @returns their number */
  async takeBack(): Promise<number> {
    const borrowed = [...this.#busy.keys()];
    await Promise.all(borrowed.map((id) => this.giveBack(id, { keep: false })));
    return borrowed.length;
  }

  async #start({ env: variables, secret, database }: ServerOrder, profile: string): Promise<Hosted> {
    const env = loadEnv(variables);
    const clock = new SetClock();
    const config = new AppConfig(env, secret);
    const modules = variables['TEST_ROUTES'] === 'counted' ? [CountedRoutesModule] : [];
    const app = await withOwnStrategies(() => createApp({ config, urls: new DatabaseUrls(database.app, database.platform), clock, modules }));
    leaveJobsToTests(app, variables);
    addTestControl(app, env, clock);
    await app.listen(0, '127.0.0.1');
    this.#started += 1;
    return { id: String(this.#started), url: await app.getUrl(), app, profile, clock };
  }
}
