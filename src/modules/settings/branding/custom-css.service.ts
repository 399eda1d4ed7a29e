import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { BackgroundThread, BackgroundTimeoutError } from '../../../common/background-thread.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { CssBusyError, CssTooComplexError } from '../settings.errors.js';
import type { SafeCss } from './custom-css.policy.js';

/**
 * Makes custom CSS safe in a {@link BackgroundThread}, because parsing takes long. The queue has at most one text of an organization,
 * so that no organization fills it.
 */
@Injectable()
export class CustomCssService implements OnApplicationShutdown {
  /** The largest CSS takes less than a second. */
  readonly #thread = new BackgroundThread<string, SafeCss>({ filename: new URL('./custom-css.thread.js', import.meta.url), patience: 25_000, maxWaiting: 20 });

  /** The organizations whose text is being checked or waits. */
  readonly #busy = new Set<string>();

  constructor(private readonly context: TenantContext) {}

  async onApplicationShutdown(): Promise<void> {
    await this.#thread.end();
  }

  /** @throws {CssBusyError | CssTooComplexError} */
  async makeSafe(css: string): Promise<SafeCss> {
    const { organizationId } = this.context;
    if (this.#busy.has(organizationId) || this.#thread.isFull) throw new CssBusyError();
    this.#busy.add(organizationId);
    try {
      return await this.#thread.run(css);
    } catch (error) {
      throw error instanceof BackgroundTimeoutError ? new CssTooComplexError() : error;
    } finally {
      this.#busy.delete(organizationId);
    }
  }
}
