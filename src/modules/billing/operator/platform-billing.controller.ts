import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAdminOnly } from '../../../access/access.decorators.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { InvoiceDto, toInvoiceDto } from '../invoices/invoices.dto.js';
import { CloseInvoiceDto, SetTrialDto } from './platform-billing.dto.js';
import { PlatformBillingService } from './platform-billing.service.js';
import { SubscriptionDto, toSubscriptionDto } from '../subscriptions/subscription.dto.js';
import { SubscriptionsService } from '../subscriptions/subscriptions.service.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { termsOf } from '../terms/subscription-terms.policy.js';
import type { Subscription } from '../../../generated/prisma/client.js';

@ApiTags('tenants')
@Controller('tenants/:tenantId')
@PlatformAdminOnly()
export class PlatformBillingController {
  constructor(
    private readonly billing: PlatformBillingService,
    private readonly subscriptions: SubscriptionsService,
    private readonly catalog: Catalog,
  ) {}

  @Post('trial')
  @HttpCode(200)
  @ApiOperation({ summary: 'Start a trial or change its end' })
  @ApiOkResponse({ type: SubscriptionDto })
  async setTrial(@IdParam('tenantId') id: string, @Body() { endsAt }: SetTrialDto): Promise<SubscriptionDto> {
    return this.#answer(await this.subscriptions.setTrialEnd(id, new Date(endsAt)));
  }

  @Post('subscription/pause')
  @HttpCode(200)
  @ApiOperation({ summary: 'Pause the subscription', description: 'Suspends the organization. Nothing is charged during the pause.' })
  @ApiOkResponse({ type: SubscriptionDto })
  async pauseSubscription(@IdParam('tenantId') id: string): Promise<SubscriptionDto> {
    return this.#answer(await this.subscriptions.pauseSubscription(id));
  }

  @Post('invoices/:invoiceId/close')
  @HttpCode(200)
  @ApiOperation({ summary: 'Close an invoice', description: 'Marks a manual invoice as paid, void or uncollectible.' })
  @ApiOkResponse({ type: InvoiceDto })
  async closeInvoice(@IdParam('tenantId') id: string, @IdParam('invoiceId') invoiceId: string, @Body() { status }: CloseInvoiceDto): Promise<InvoiceDto> {
    return toInvoiceDto(await this.billing.closeInvoice(id, invoiceId, status));
  }

  async #answer(subscription: Subscription): Promise<SubscriptionDto> {
    return toSubscriptionDto(subscription, termsOf(subscription, this.catalog), await this.subscriptions.countSeatsInUse(subscription.organizationId));
  }
}
