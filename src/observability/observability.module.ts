import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { JobMetrics } from './job-metrics.service.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.service.js';

@Module({ controllers: [HealthController, MetricsController], providers: [HealthService, JobMetrics, Metrics], exports: [Metrics] })
export class ObservabilityModule {}
