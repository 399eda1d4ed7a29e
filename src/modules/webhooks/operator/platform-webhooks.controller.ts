import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAdminOnly } from '../../../access/access.decorators.js';
import { ListPlatformWebhooksQuery, PlatformWebhookPageDto, WebhookHealthDto } from './platform-webhooks.dto.js';
import { PlatformWebhooksService } from './platform-webhooks.service.js';

@ApiTags('platform')
@Controller('platform/webhooks')
@PlatformAdminOnly()
export class PlatformWebhooksController {
  constructor(private readonly webhooks: PlatformWebhooksService) {}

  @Get()
  @ApiOperation({ summary: 'List the webhooks of all tenants', description: 'Returns the webhooks without their addresses and secrets, the newest first.' })
  @ApiOkResponse({ type: PlatformWebhookPageDto })
  listPlatformWebhooks(@Query() query: ListPlatformWebhooksQuery): Promise<PlatformWebhookPageDto> {
    return this.webhooks.listWebhooks(query);
  }

  @Get('health')
  @ApiOperation({ summary: 'Retrieve the health of the webhooks', description: 'Counts the webhooks that work and do not work, and the deliveries that wait, in all tenants.' })
  @ApiOkResponse({ type: WebhookHealthDto })
  getWebhookHealth(): Promise<WebhookHealthDto> {
    return this.webhooks.getHealth();
  }
}
