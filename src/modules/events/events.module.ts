import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AuditModule } from '../audit/audit.module.js';
import { ObservabilityModule } from '../../observability/observability.module.js';
import { EventStreamsService } from './event-streams.service.js';
import { EventTypesService } from './event-types.service.js';
import { EventWriterService } from './event-writer.service.js';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';
import { PurgeEventsJob } from './purge-events.job.js';
import { WriteEventsWorker } from './write-events.worker.js';

@Module({
  imports: [AuditModule, DiscoveryModule, ObservabilityModule],
  controllers: [EventsController],
  providers: [EventStreamsService, EventTypesService, EventWriterService, EventsService, PurgeEventsJob, WriteEventsWorker],
  exports: [EventStreamsService, EventTypesService],
})
export class EventsModule {}
