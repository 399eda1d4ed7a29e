import { Body, Controller, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AcceptedVersions } from '../../../access/accepted-versions.decorator.js';
import { RequirePermission, Unmetered, WithoutRecentLogin } from '../../../access/access.decorators.js';
import { ChangesVersion } from '../../../common/http/changes-version.decorator.js';
import { AnswersETag } from '../../../common/http/has-etag.decorator.js';
import { withVersion, type ExpectedVersions } from '../../../common/http/etag.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import type { Subscription } from '../../../generated/prisma/client.js';
import { InvoiceDto, InvoicePageDto, ListInvoicesQuery, toInvoiceDto } from '../invoices/invoices.dto.js';
import { InvoicesService } from '../invoices/invoices.service.js';
import { CancelSubscriptionDto, ChangeSubscriptionDto, SubscriptionDto } from './subscription.dto.js';
import { SubscriptionPreviewDto } from './subscription-preview.dto.js';
import { SubscriptionPreviewService } from './subscription-preview.service.js';
import { SubscriptionsService } from './subscriptions.service.js';

/** A suspended or cancelled organization can still pay and buy. */
const evenIf = ['suspended', 'cancelled'] as const;

@ApiTags('billing')
@Controller('organizations/:organizationId')
@Unmetered()
export class SubscriptionController {
  constructor(
    private readonly subscriptions: SubscriptionsService,
    private readonly preview: SubscriptionPreviewService,
    private readonly invoices: InvoicesService,
  ) {}

  @Get('subscription')
  @RequirePermission('billing:manage', { evenIf })
  @ApiOperation({
    summary: 'Retrieve the subscription',
    description:
      'Returns plan, price and period of the subscription, the seats in use, and the balances. `next` is a change that begins with the next period. `pending` is a purchase that waits for its approval or payment.',
  })
  @ApiOkResponse({ type: SubscriptionDto })
  async getSubscription(@IdParam('organizationId') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<SubscriptionDto> {
    return this.#answer(await this.subscriptions.getSubscription(id, 'tenant'), reply);
  }

  @Patch('subscription')
  @RequirePermission('billing:manage', { evenIf })
  @ChangesVersion('the subscription')
  @ApiOperation({
    summary: 'Change the subscription',
    description:
      'Changes the plan, interval, seats or add-ons. A change that costs as much or more takes effect immediately: the rest of the period is charged, and the amount that was invoiced for it is credited. A change that costs less takes effect with the next period, in a trial immediately. A scheduled cancellation stays: a change that would begin with the next period is refused meanwhile. A purchase may wait for approval or for its payment (`pending`).',
  })
  @ApiOkResponse({ type: SubscriptionDto })
  async changeSubscription(
    @IdParam('organizationId') id: string,
    @Body() body: ChangeSubscriptionDto,
    @AcceptedVersions() accepted: ExpectedVersions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SubscriptionDto> {
    return this.#answer(await this.subscriptions.changeSubscription(id, body, accepted), reply);
  }

  @Post('subscription/preview')
  @WithoutRecentLogin('It changes nothing.')
  @RequirePermission('billing:manage', { evenIf })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Preview a subscription change',
    description: 'Returns what the change would cost, and which features, limits and access it would take away. Changes nothing.',
  })
  @ApiOkResponse({ type: SubscriptionPreviewDto })
  previewSubscription(@IdParam('organizationId') id: string, @Body() body: ChangeSubscriptionDto): Promise<SubscriptionPreviewDto> {
    return this.preview.previewSubscriptionChange(id, body);
  }

  @Post('subscription/cancel')
  @RequirePermission('billing:manage', { evenIf })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Cancel the subscription',
    description:
      'Cancels the subscription at the end of the paid period, or immediately. Without a paid period, it is always canceled immediately. An immediate cancellation gives no credit for the rest of the period; the organization then has the fallback plan of the catalog, or access ends (`canceledOrganizations`).',
  })
  @AnswersETag()
  @ApiOkResponse({ type: SubscriptionDto })
  async cancelSubscription(
    @IdParam('organizationId') id: string,
    @Body() { immediately = false }: CancelSubscriptionDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SubscriptionDto> {
    return this.#answer(await this.subscriptions.cancelSubscription(id, { atPeriodEnd: !immediately }), reply);
  }

  @Post('subscription/resume')
  @RequirePermission('billing:manage', { evenIf })
  @HttpCode(200)
  @ApiOperation({ summary: 'Resume the subscription', description: 'Ends a pause. Without one, withdraws a cancellation, a scheduled change, and a purchase that waits.' })
  @AnswersETag()
  @ApiOkResponse({ type: SubscriptionDto })
  async resumeSubscription(@IdParam('organizationId') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<SubscriptionDto> {
    return this.#answer(await this.subscriptions.resumeSubscription(id), reply);
  }

  @Get('invoices')
  @RequirePermission('billing:manage', { evenIf })
  @ApiOperation({ summary: 'List the invoices', description: 'Returns the invoices with their lines, newest first. Invoices of Stripe are included; their `url` leads to Stripe.' })
  @ApiOkResponse({ type: InvoicePageDto })
  listInvoices(@Query() query: ListInvoicesQuery): Promise<InvoicePageDto> {
    return this.invoices.listInvoices(query);
  }

  @Get('invoices/:invoiceId')
  @RequirePermission('billing:manage', { evenIf })
  @ApiOperation({ summary: 'Retrieve an invoice', description: 'Returns an invoice with its lines. `credited` is the sum of its credit notes, which `listCreditNotes` returns.' })
  @ApiOkResponse({ type: InvoiceDto })
  async getInvoice(@IdParam('invoiceId') id: string): Promise<InvoiceDto> {
    return toInvoiceDto(await this.invoices.getInvoice(id));
  }

  async #answer(subscription: Subscription, reply: FastifyReply): Promise<SubscriptionDto> {
    return withVersion(reply, subscription.version, await this.subscriptions.describeSubscription(subscription, 'tenant'));
  }
}
