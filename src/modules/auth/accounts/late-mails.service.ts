import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { TenantContext } from '../../../tenancy/tenant-context.js';

/** Writes mails after the answer to the request that asks for them, so that the response time does not reveal whether an address is known. */
@Injectable()
export class LateMailsService implements OnApplicationShutdown {
  readonly #logger = new Logger(LateMailsService.name);
  readonly #pending = new Set<Promise<void>>();

  constructor(private readonly context: TenantContext) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.#pending);
  }

  /** @param what the mail, for the log when it cannot be written */
  writeLater(what: string, work: () => Promise<void>): void {
    const pending = this.context
      .asEffect(work)
      .catch((error: unknown) => this.#logger.error({ err: error }, `${what} could not be created`))
      .finally(() => this.#pending.delete(pending));
    this.#pending.add(pending);
  }
}
