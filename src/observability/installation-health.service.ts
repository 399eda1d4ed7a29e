import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { AppConfig } from '../config/app-config.js';
import { DatabaseUrls } from '../database/connect/database-urls.js';
import { inspectInstallation, type Inspection } from '../database/doctor/doctor.js';
import { checkOperators } from '../database/doctor/operator.checks.js';
import { QueueOverviewService } from '../jobs/queue-overview.service.js';
import { checkStorages } from './storage.checks.js';
import type { InstallationHealthDto } from './installation-health.dto.js';
import { version } from './version.js';

/** Reports on the installation, for operators: what `tenantry doctor` finds, and what waits in the queues. */
@Injectable()
export class InstallationHealthService {
  #inspecting: Promise<Inspection> | undefined;

  constructor(
    private readonly urls: DatabaseUrls,
    private readonly config: AppConfig,
    private readonly queues: QueueOverviewService,
    private readonly clock: Clock,
  ) {}

  async getHealth(): Promise<InstallationHealthDto> {
    const [{ findings, warnings }, queues, storages] = await Promise.all([this.#inspect(), this.queues.list(), checkStorages(this.config, this.clock.now())]);
    const { production: isProduction, operatorsRequireSecondFactor: secondFactorRequired } = this.config;
    return { version, node: process.versions.node, findings, warnings: [...warnings, ...checkOperators({ isProduction, secondFactorRequired }), ...storages], queues };
  }

  /** Opens a connection of its own for each inspection, one at a time. */
  #inspect(): Promise<Inspection> {
    this.#inspecting ??= inspectInstallation(this.urls.app, this.urls.platform).finally(() => (this.#inspecting = undefined));
    return this.#inspecting;
  }
}
