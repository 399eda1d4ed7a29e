import { Module } from '@nestjs/common';
import { DependencyMetricsService } from './dependency-metrics.service.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { InstallationHealthController } from './installation-health.controller.js';
import { InstallationHealthService } from './installation-health.service.js';
import { InstallationMetricsService } from './installation-metrics.service.js';
import { JobMetricsService } from './job-metrics.service.js';
import { LoadMetricsService } from './load-metrics.service.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsService } from './metrics.service.js';
import { StatementMetricsService } from './statement-metrics.service.js';
import { TelemetryMetricsService } from './telemetry-metrics.service.js';

@Module({
  controllers: [HealthController, InstallationHealthController, MetricsController],
  providers: [
    DependencyMetricsService,
    HealthService,
    InstallationHealthService,
    InstallationMetricsService,
    JobMetricsService,
    LoadMetricsService,
    MetricsService,
    StatementMetricsService,
    TelemetryMetricsService,
  ],
  exports: [MetricsService],
})
export class ObservabilityModule {}
