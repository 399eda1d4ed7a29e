import { Module } from '@nestjs/common';
import { ObservabilityModule } from '../../observability/observability.module.js';
import { SendToSinksWorker } from './send-to-sinks.worker.js';
import { SinkDestinations } from './sink-destinations.js';
import { SinkMetricsService } from './sink-metrics.service.js';
import { SinksController } from './sinks.controller.js';
import { SinksService } from './sinks.service.js';

/** The stream of the events and audit events of all organizations to the sinks of the operator. */
@Module({ imports: [ObservabilityModule], controllers: [SinksController], providers: [SendToSinksWorker, SinkDestinations, SinkMetricsService, SinksService] })
export class SinksModule {}
