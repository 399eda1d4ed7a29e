import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireFeature, RequirePermission } from '../../../access/access.decorators.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { ListWebhookDeliveriesQuery, ReplayWebhookDto, WebhookDeliveryDetailsDto, WebhookDeliveryDto, WebhookDeliveryPageDto, WebhookReplayDto } from './webhook-deliveries.dto.js';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';

/** A test or a replay sends what the webhook receives anyway, to the same URL: it needs no recent login. */
@ApiTags('webhooks')
@Controller('organizations/:organizationId/webhooks/:webhookId')
export class WebhookDeliveriesController {
  constructor(private readonly deliveries: WebhookDeliveriesService) {}

  @Post('test')
  @RequirePermission('webhooks:write')
  @RequireFeature('webhooks')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Send a test event to a webhook',
    description: 'Sends an event of the type `webhook.test`, whatever types the webhook receives, and returns its delivery. Retrieve the delivery to see the answer.',
  })
  @ApiOkResponse({ type: WebhookDeliveryDto })
  testWebhook(@IdParam('webhookId') webhookId: string): Promise<WebhookDeliveryDto> {
    return this.deliveries.testWebhook(webhookId);
  }

  @Post('replay')
  @RequirePermission('webhooks:write')
  @RequireFeature('webhooks')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Replay a range of events to a webhook',
    description:
      'Sends the events of a range that were not delivered, with all attempts: those that have failed, and those from a time when the webhook was disabled or did not exist.',
  })
  @ApiOkResponse({ type: WebhookReplayDto })
  replayWebhook(@IdParam('webhookId') webhookId: string, @Body() body: ReplayWebhookDto): Promise<WebhookReplayDto> {
    return this.deliveries.replayRange(webhookId, body);
  }

  @Get('deliveries')
  @RequirePermission('webhooks:read')
  @ApiOperation({ summary: 'List the deliveries of a webhook', description: 'Returns the deliveries of the last 30 days, newest first unless `sort` names another order.' })
  @ApiOkResponse({ type: WebhookDeliveryPageDto })
  listWebhookDeliveries(@IdParam('webhookId') webhookId: string, @Query() query: ListWebhookDeliveriesQuery): Promise<WebhookDeliveryPageDto> {
    return this.deliveries.listDeliveries(webhookId, query);
  }

  @Get('deliveries/:webhookDeliveryId')
  @RequirePermission('webhooks:read')
  @ApiOperation({
    summary: 'Retrieve a delivery of a webhook',
    description: 'Returns a delivery with its body and its attempts: the header fields that were sent, the status, the time, and the first 4 KiB of the answer.',
  })
  @ApiOkResponse({ type: WebhookDeliveryDetailsDto })
  getWebhookDelivery(@IdParam('webhookId') webhookId: string, @IdParam('webhookDeliveryId') id: string): Promise<WebhookDeliveryDetailsDto> {
    return this.deliveries.getDelivery(webhookId, id);
  }

  @Post('deliveries/:webhookDeliveryId/replay')
  @RequirePermission('webhooks:write')
  @RequireFeature('webhooks')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Replay a delivery of a webhook',
    description: 'Sends the event again, with the same `webhook-id` and all attempts, also if it was delivered. A delivery that waits is attempted at once.',
  })
  @ApiOkResponse({ type: WebhookDeliveryDto })
  replayWebhookDelivery(@IdParam('webhookId') webhookId: string, @IdParam('webhookDeliveryId') id: string): Promise<WebhookDeliveryDto> {
    return this.deliveries.replayDelivery(webhookId, id);
  }
}
