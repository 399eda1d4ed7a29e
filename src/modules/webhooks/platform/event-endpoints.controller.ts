import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { PlatformAdminOnly } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { CreateWebhookDto, ListWebhooksQuery, RotateWebhookSecretDto, UpdateWebhookDto, WebhookDto, WebhookPageDto, WebhookSecretDto } from '../webhooks.dto.js';
import { EventEndpointsService } from './event-endpoints.service.js';

@ApiTags('platform')
@Controller('platform/event-endpoints')
@PlatformAdminOnly()
export class EventEndpointsController {
  constructor(private readonly webhooks: EventEndpointsService) {}

  @Get()
  @ApiOperation({ summary: 'List webhooks of the platform', description: 'Returns the webhooks without their secrets, in the order of their creation.' })
  @ApiOkResponse({ type: WebhookPageDto })
  listEventEndpoints(@Query() query: ListWebhooksQuery): Promise<WebhookPageDto> {
    return this.webhooks.listWebhooks(query);
  }

  @Post()
  @ApiOperation({
    summary: 'Create a webhook of the platform',
    description:
      'Sends the events of all organizations from now on to the URL, as requests that are signed by the Standard Webhooks specification. Only this response contains the secret.',
  })
  @ApiCreatedResponse({ type: WebhookSecretDto })
  async createEventEndpoint(@Body() body: CreateWebhookDto, @CurrentUser() { userId }: UserPrincipal, @Res({ passthrough: true }) reply: FastifyReply): Promise<WebhookSecretDto> {
    const webhook = await this.webhooks.createWebhook(userId, body);
    reply.header('location', `/api/v1/platform/event-endpoints/${webhook.id}`);
    return webhook;
  }

  @Get(':platformWebhookId')
  @ApiOperation({ summary: 'Retrieve a webhook of the platform', description: 'Returns a webhook without its secret.' })
  @ApiOkResponse({ type: WebhookDto })
  getEventEndpoint(@IdParam('platformWebhookId') id: string): Promise<WebhookDto> {
    return this.webhooks.getWebhook(id);
  }

  @Patch(':platformWebhookId')
  @ApiOperation({
    summary: 'Update a webhook of the platform',
    description:
      'The body is a JSON merge patch. Deliveries that wait are sent to the new URL. If you enable a webhook that the server has disabled, its deliveries that wait continue.',
  })
  @ApiOkResponse({ type: WebhookDto })
  updateEventEndpoint(@IdParam('platformWebhookId') id: string, @Body() body: UpdateWebhookDto, @CurrentUser() { userId }: UserPrincipal): Promise<WebhookDto> {
    return this.webhooks.updateWebhook(userId, id, body);
  }

  @Delete(':platformWebhookId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a webhook of the platform', description: 'Deletes a webhook. The log of its deliveries ends with it. Nothing more is sent to it.' })
  @ApiNoContentResponse()
  async deleteEventEndpoint(@IdParam('platformWebhookId') id: string): Promise<void> {
    await this.webhooks.deleteWebhook(id);
  }

  @Post(':platformWebhookId/rotate-secret')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Rotate the secret of a webhook of the platform',
    description: 'Requests are signed with the new secret, and for `overlapSeconds` more also with the present one. Only this response contains the new secret.',
  })
  @ApiOkResponse({ type: WebhookSecretDto })
  rotateEventEndpointSecret(@IdParam('platformWebhookId') id: string, @Body() body: RotateWebhookSecretDto): Promise<WebhookSecretDto> {
    return this.webhooks.rotateWebhookSecret(id, body);
  }
}
