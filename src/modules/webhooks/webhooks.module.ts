import { Module } from '@nestjs/common';
import { ObservabilityModule } from '../../observability/observability.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { EventsModule } from '../events/events.module.js';
import { MailModule } from '../mail/mail.module.js';
import { MembersModule } from '../members/members.module.js';
import { WebhookDeliveriesController } from './deliveries/webhook-deliveries.controller.js';
import { WebhookDeliveriesService } from './deliveries/webhook-deliveries.service.js';
import { PlatformWebhooksController } from './operator/platform-webhooks.controller.js';
import { PlatformWebhooksService } from './operator/platform-webhooks.service.js';
import { DeliverWebhooksWorker } from './sending/deliver-webhooks.worker.js';
import { WebhookCountsService } from './sending/webhook-counts.service.js';
import { PurgeDeliveriesJob } from './sending/purge-deliveries.job.js';
import { WebhookEndsService } from './sending/webhook-ends.service.js';
import { WebhookGrantsService } from './sending/webhook-grants.service.js';
import { WebhookMetricsService } from './sending/webhook-metrics.service.js';
import { WebhookSenderService } from './sending/webhook-sender.service.js';
import { WebhookTurnsService } from './sending/webhook-turns.service.js';
import { EventEndpointDeliveriesController } from './platform/event-endpoint-deliveries.controller.js';
import { EventEndpointDeliveriesService } from './platform/event-endpoint-deliveries.service.js';
import { EventEndpointsController } from './platform/event-endpoints.controller.js';
import { EventEndpointsService } from './platform/event-endpoints.service.js';
import { WebhookPartsService } from './webhook-parts.service.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksService } from './webhooks.service.js';

@Module({
  imports: [ObservabilityModule, AuditModule, EventsModule, MailModule, MembersModule],
  controllers: [WebhooksController, WebhookDeliveriesController, PlatformWebhooksController, EventEndpointsController, EventEndpointDeliveriesController],
  providers: [
    WebhooksService,
    WebhookPartsService,
    EventEndpointsService,
    EventEndpointDeliveriesService,
    WebhookDeliveriesService,
    PlatformWebhooksService,
    WebhookSenderService,
    WebhookTurnsService,
    WebhookGrantsService,
    WebhookEndsService,
    WebhookCountsService,
    WebhookMetricsService,
    DeliverWebhooksWorker,
    PurgeDeliveriesJob,
  ],
})
export class WebhooksModule {}
