import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const binary = ['chromium', 'chromium-browser', 'google-chrome'].find((name) => spawnSync(name, ['--version']).status === 0);

/** Whether tests can have a Chromium. */
export const isChromiumInstalled = binary !== undefined;

/** Starts a Chromium without a window, for which the hosts below `example` are this machine, and whose pages may call it. */
export async function startChromium(): Promise<Browser> {
  const executablePath = spawnSync('which', [binary ?? ''], { encoding: 'utf8' }).stdout.trim();
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return chromium.launch({ executablePath, args: [...args, '--host-resolver-rules=MAP *.example 127.0.0.1', '--disable-features=LocalNetworkAccessChecks'] });
}

const page = `<!doctype html><meta charset="utf-8"><title>Front end</title>
<script type="importmap">{ "imports": { "@tenantry/sdk": "/sdk/index.js" } }</script>
<script type="module">import * as sdk from '@tenantry/sdk'; globalThis.sdk = sdk;</script>`;

/** A front end without a bundler: one page at each path, whose scripts have the built SDK as `sdk`. It has as many origins as a test wants, one for each host name. */
export class FrontEnd {
  /** Modules of its own by their paths; they import `@tenantry/sdk`. */
  readonly modules = new Map<string, string>();
  readonly #listener = createServer(
    (request, response) => void this.#serve(request.url ?? '/').then(({ type, text }) => response.writeHead(200, { 'content-type': type }).end(text)),
  );

  static async start(): Promise<FrontEnd> {
    const frontEnd = new FrontEnd();
    frontEnd.#listener.listen(0, '127.0.0.1');
    await once(frontEnd.#listener, 'listening');
    return frontEnd;
  }

  /** Returns the origin of the page at a host name. */
  at(host: string): string {
    return `http://${host}:${(this.#listener.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#listener.close();
    this.#listener.closeAllConnections();
    await once(this.#listener, 'close');
  }

  async #serve(url: string): Promise<{ readonly type: string; readonly text: string }> {
    const own = this.modules.get(url);
    if (own !== undefined) return { type: 'text/javascript', text: own };
    const script = /^\/sdk\/([\w/-]+\.js)$/.exec(url)?.[1];
    if (script === undefined) return { type: 'text/html', text: page };
    return { type: 'text/javascript', text: await readFile(path.join('sdk/dist', script), 'utf8') };
  }
}
