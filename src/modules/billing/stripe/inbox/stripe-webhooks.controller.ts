import { Controller, Headers, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { Public, WithoutIdempotencyKey } from '../../../../access/access.decorators.js';
import { rawBodyOf } from '../../../../common/http/bodies/json-body.js';
import { StripeEventsService } from './stripe-events.service.js';

@ApiTags('billing')
@Controller('billing/webhooks')
export class StripeWebhooksController {
  constructor(private readonly events: StripeEventsService) {}

  @Post('stripe')
  @WithoutIdempotencyKey('Each event has an id, and is stored once.')
  @Public()
  @HttpCode(200)
  @RouteConfig({ rawBody: true })
  @ApiOperation({
    summary: 'Receive a webhook event from Stripe',
    description: 'Called by Stripe. Verifies the signature of the event and stores the event; a queue worker processes it.',
  })
  @ApiHeader({ name: 'Stripe-Signature', required: true, description: 'The time and the signature of the event' })
  @ApiBody({
    schema: { type: 'object', example: { id: 'evt_1Qx9', object: 'event', type: 'customer.subscription.updated', created: 1795253400, data: { object: { id: 'sub_1Qx9' } } } },
  })
  @ApiOkResponse({ description: 'The event is stored. An event that is sent twice is stored once.' })
  receiveStripeEvent(@Req() request: FastifyRequest, @Headers('stripe-signature') signature: string | undefined): Promise<void> {
    return this.events.receiveStripeEvent(rawBodyOf(request), signature);
  }
}
