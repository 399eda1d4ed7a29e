import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { AppError } from '../common/errors/app-error.js';
import { PlatformDb } from '../database/platform-db.js';

export class NotReadyError extends AppError {
  constructor(reason: string) {
    super('unavailable', 'not_ready', `This process cannot serve requests: ${reason}.`);
  }
}

/** Decides whether this process can serve requests. */
@Injectable()
export class HealthService implements BeforeApplicationShutdown {
  #stopping = false;

  constructor(private readonly platform: PlatformDb) {}

  /** @throws {NotReadyError} */
  async assertReady(): Promise<void> {
    if (this.#stopping) throw new NotReadyError('it is shutting down');
    try {
      await this.platform.$queryRaw`select 1`;
    } catch {
      throw new NotReadyError('its database does not answer');
    }
  }

  beforeApplicationShutdown(): void {
    this.#stopping = true;
  }
}
