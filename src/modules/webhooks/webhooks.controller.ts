import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequireFeature, RequirePermission, RequireRecentLogin } from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal/principal.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import { CreateWebhookDto, ListWebhooksQuery, RotateWebhookSecretDto, UpdateWebhookDto, WebhookDto, WebhookPageDto, WebhookSecretDto } from './webhooks.dto.js';
import { WebhooksService, type WebhookAuthor } from './webhooks.service.js';

/** A changed address receives all that the organization does: changes need a recent login, as those of API keys do. */
@ApiTags('webhooks')
@Controller('organizations/:organizationId/webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Get()
  @RequirePermission('webhooks:read')
  @ApiOperation({ summary: 'List webhooks', description: 'Returns the webhooks without their secrets, in the order of their creation.' })
  @ApiOkResponse({ type: WebhookPageDto })
  listWebhooks(@Query() query: ListWebhooksQuery): Promise<WebhookPageDto> {
    return this.webhooks.listWebhooks(query);
  }

  @Post()
  @RequirePermission('webhooks:write')
  @RequireFeature('webhooks')
  @RequireRecentLogin()
  @ApiOperation({
    summary: 'Create a webhook',
    description:
      'Sends the events of changes from now on that you may read to the URL, as requests that are signed by the Standard Webhooks specification. Only this response contains the secret.',
  })
  @ApiCreatedResponse({ type: WebhookSecretDto })
  async createWebhook(
    @IdParam('organizationId') organizationId: string,
    @Body() body: CreateWebhookDto,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WebhookSecretDto> {
    const webhook = await this.webhooks.createWebhook(authorOf(principal), body);
    reply.header('location', `/api/v1/organizations/${organizationId}/webhooks/${webhook.id}`);
    return webhook;
  }

  @Get(':webhookId')
  @RequirePermission('webhooks:read')
  @ApiOperation({ summary: 'Retrieve a webhook', description: 'Returns a webhook without its secret.' })
  @ApiOkResponse({ type: WebhookDto })
  getWebhook(@IdParam('webhookId') id: string): Promise<WebhookDto> {
    return this.webhooks.getWebhook(id);
  }

  @Patch(':webhookId')
  @RequirePermission('webhooks:write')
  @RequireFeature('webhooks')
  @RequireRecentLogin()
  @ApiOperation({
    summary: 'Update a webhook',
    description:
      'The body is a JSON merge patch. The webhook then sends those events that you may read at present. Deliveries that wait are sent to the new URL. If you enable a webhook that the server has disabled, its deliveries that wait continue.',
  })
  @ApiOkResponse({ type: WebhookDto })
  updateWebhook(@IdParam('webhookId') id: string, @Body() body: UpdateWebhookDto, @CurrentPrincipal() principal: Principal): Promise<WebhookDto> {
    return this.webhooks.updateWebhook(authorOf(principal), id, body);
  }

  @Delete(':webhookId')
  @RequirePermission('webhooks:write')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a webhook', description: 'Deletes a webhook. The log of its deliveries ends with it. Nothing more is sent to it.' })
  @ApiNoContentResponse()
  async deleteWebhook(@IdParam('webhookId') id: string): Promise<void> {
    await this.webhooks.deleteWebhook(id);
  }

  @Post(':webhookId/rotate-secret')
  @RequirePermission('webhooks:write')
  @RequireFeature('webhooks')
  @RequireRecentLogin()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Rotate the secret of a webhook',
    description: 'Requests are signed with the new secret, and for `overlapSeconds` more also with the present one. Only this response contains the new secret.',
  })
  @ApiOkResponse({ type: WebhookSecretDto })
  rotateWebhookSecret(@IdParam('webhookId') id: string, @Body() body: RotateWebhookSecretDto): Promise<WebhookSecretDto> {
    return this.webhooks.rotateWebhookSecret(id, body);
  }
}

const authorOf = (principal: Principal): WebhookAuthor => ({ userId: principal.userId, granterId: principal.kind === 'key' ? principal.granterId : principal.userId });
