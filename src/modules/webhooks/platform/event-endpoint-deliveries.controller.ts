import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAdminOnly } from '../../../access/access.decorators.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { WebhookReplayDto } from '../deliveries/webhook-deliveries.dto.js';
import {
  ListEventEndpointDeliveriesQuery,
  EventEndpointDeliveryDetailsDto,
  EventEndpointDeliveryDto,
  EventEndpointDeliveryPageDto,
  ReplayEventEndpointDto,
  TestEventEndpointDto,
} from './event-endpoint-deliveries.dto.js';
import { EventEndpointDeliveriesService } from './event-endpoint-deliveries.service.js';

@ApiTags('platform')
@Controller('platform/event-endpoints/:platformWebhookId')
@PlatformAdminOnly()
export class EventEndpointDeliveriesController {
  constructor(private readonly deliveries: EventEndpointDeliveriesService) {}

  @Post('test')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Send a test event to a webhook of the platform',
    description: 'Sends an event of the type `webhook.test`, whatever types the webhook receives, and returns its delivery. Retrieve the delivery to see the answer.',
  })
  @ApiOkResponse({ type: EventEndpointDeliveryDto })
  testEventEndpoint(@IdParam('platformWebhookId') webhookId: string, @Body() { organizationId }: TestEventEndpointDto): Promise<EventEndpointDeliveryDto> {
    return this.deliveries.testWebhook(webhookId, organizationId);
  }

  @Post('replay')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Replay a range of events to a webhook of the platform',
    description: 'Sends the events of a range in the log of an organization that were not delivered, with all attempts, also those from before the webhook existed.',
  })
  @ApiOkResponse({ type: WebhookReplayDto })
  replayEventEndpoint(@IdParam('platformWebhookId') webhookId: string, @Body() body: ReplayEventEndpointDto): Promise<WebhookReplayDto> {
    return this.deliveries.replayRange(webhookId, body);
  }

  @Get('deliveries')
  @ApiOperation({
    summary: 'List the deliveries of a webhook of the platform',
    description: 'Returns the deliveries of the last 30 days, newest first unless `sort` names another order.',
  })
  @ApiOkResponse({ type: EventEndpointDeliveryPageDto })
  listEventEndpointDeliveries(@IdParam('platformWebhookId') webhookId: string, @Query() query: ListEventEndpointDeliveriesQuery): Promise<EventEndpointDeliveryPageDto> {
    return this.deliveries.listDeliveries(webhookId, query);
  }

  @Get('deliveries/:webhookDeliveryId')
  @ApiOperation({
    summary: 'Retrieve a delivery of a webhook of the platform',
    description: 'Returns a delivery with its body and its attempts. It is in the access log of the organization, if that has one.',
  })
  @ApiOkResponse({ type: EventEndpointDeliveryDetailsDto })
  getEventEndpointDelivery(@IdParam('platformWebhookId') webhookId: string, @IdParam('webhookDeliveryId') id: string): Promise<EventEndpointDeliveryDetailsDto> {
    return this.deliveries.getDelivery(webhookId, id);
  }

  @Post('deliveries/:webhookDeliveryId/replay')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Replay a delivery of a webhook of the platform',
    description: 'Sends the event again, with the same `webhook-id` and all attempts, also if it was delivered. A delivery that waits is attempted at once.',
  })
  @ApiOkResponse({ type: EventEndpointDeliveryDto })
  replayEventEndpointDelivery(@IdParam('platformWebhookId') webhookId: string, @IdParam('webhookDeliveryId') id: string): Promise<EventEndpointDeliveryDto> {
    return this.deliveries.replayDelivery(webhookId, id);
  }
}
