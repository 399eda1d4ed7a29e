import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Piscina } from 'piscina';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { CssBusyError, CssTooComplexError } from '../settings.errors.js';
import type { SafeCss } from './custom-css.policy.js';

/** Milliseconds of one check with its wait in the queue. The largest CSS takes less than a second. */
const patience = 25_000;
const maxWaiting = 20;

/**
 * Makes custom CSS safe in a thread of its own, one text at a time and with a lower priority, because parsing takes long: other
 * requests do not wait for it. The queue has at most one text of an organization, so that no organization fills it. The thread starts with the first text and ends after a while without one.
 */
@Injectable()
export class CustomCssService implements OnApplicationShutdown {
  readonly #threads = new Piscina<string, SafeCss>({
    filename: new URL('./custom-css.worker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    maxQueue: maxWaiting,
    idleTimeout: 60_000,
    niceIncrement: 5,
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });

  /** The organizations whose text is being checked or waits. */
  readonly #busy = new Set<string>();

  constructor(private readonly context: TenantContext) {}

  async onApplicationShutdown(): Promise<void> {
    await this.#threads.destroy();
  }

  /** @throws {CssBusyError | CssTooComplexError} */
  async makeSafe(css: string): Promise<SafeCss> {
    const { organizationId } = this.context;
    if (this.#busy.has(organizationId) || this.#threads.queueSize >= maxWaiting) throw new CssBusyError();
    this.#busy.add(organizationId);
    // The time in the queue counts too: the client waits for both.
    const timeout = AbortSignal.timeout(patience);
    try {
      return await this.#threads.run(css, { signal: timeout });
    } catch (error) {
      if (timeout.aborted) throw new CssTooComplexError();
      throw error;
    } finally {
      this.#busy.delete(organizationId);
    }
  }
}
