import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAdminOnly } from '../../../access/access.decorators.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { BalanceSettlementDto, SettleBalanceDto, toBalanceSettlementDto } from '../invoices/balance-settlements.dto.js';
import { CreditNoteDto, toCreditNoteDto } from '../invoices/credit-notes.dto.js';
import { InvoiceDto, toInvoiceDto } from '../invoices/invoices.dto.js';
import { CloseInvoiceDto, CreateCreditNoteDto, SetTrialDto } from './platform-billing.dto.js';
import { PlatformBillingService } from './platform-billing.service.js';
import { SubscriptionDto } from '../subscriptions/subscription.dto.js';
import { SubscriptionsService } from '../subscriptions/subscriptions.service.js';
import type { Subscription } from '../../../generated/prisma/client.js';
import { readTime } from '../../../common/times.js';

@ApiTags('tenants')
@Controller('tenants/:tenantId')
@PlatformAdminOnly()
export class PlatformBillingController {
  constructor(
    private readonly billing: PlatformBillingService,
    private readonly subscriptions: SubscriptionsService,
  ) {}

  @Post('trial')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Start a trial or change its end',
    description:
      'Starts a trial of the present plan, or moves its end to another time in the future. A trial takes the place of the running period: the rest of a period that was invoiced is given back by a credit note. If Stripe collects, the trial is set at Stripe.',
  })
  @ApiOkResponse({ type: SubscriptionDto })
  async setTrial(@IdParam('tenantId') id: string, @Body() { endsAt }: SetTrialDto): Promise<SubscriptionDto> {
    return this.#answer(await this.subscriptions.setTrialEnd(id, readTime(endsAt)));
  }

  @Post('subscription/pause')
  @HttpCode(200)
  @ApiOperation({ summary: 'Pause the subscription', description: 'Suspends the organization. Nothing is charged during the pause.' })
  @ApiOkResponse({ type: SubscriptionDto })
  async pauseSubscription(@IdParam('tenantId') id: string): Promise<SubscriptionDto> {
    return this.#answer(await this.subscriptions.pauseSubscription(id));
  }

  @Post('subscription/approve')
  @HttpCode(200)
  @ApiOperation({ summary: 'Approve a purchase', description: 'Begins the purchase that waits for approval, at current prices.' })
  @ApiOkResponse({ type: SubscriptionDto })
  async approvePurchase(@IdParam('tenantId') id: string): Promise<SubscriptionDto> {
    return this.#answer(await this.subscriptions.approvePurchase(id));
  }

  @Post('subscription/decline')
  @HttpCode(200)
  @ApiOperation({ summary: 'Decline a purchase', description: 'Removes the purchase that waits for approval or for its payment. Its invoice becomes void.' })
  @ApiOkResponse({ type: SubscriptionDto })
  async declinePurchase(@IdParam('tenantId') id: string): Promise<SubscriptionDto> {
    return this.#answer(await this.subscriptions.declinePurchase(id));
  }

  @Post('invoices/:invoiceId/credit-notes')
  @ApiOperation({
    summary: 'Create a credit note',
    description:
      'Credits lines of an open or paid manual invoice, or all that remains of it, with the tax on them. The credit note reduces the amount due first, and an invoice with nothing due is paid; `settlement` decides about the rest. An invoice that is credited in full, void or uncollectible, or whose purchase waits for payment, is refused (`invoice_not_creditable`).',
  })
  @ApiCreatedResponse({ type: CreditNoteDto })
  async createCreditNote(@IdParam('tenantId') id: string, @IdParam('invoiceId') invoiceId: string, @Body() body: CreateCreditNoteDto): Promise<CreditNoteDto> {
    return toCreditNoteDto(await this.billing.createCreditNote(id, invoiceId, body));
  }

  @Post('invoices/:invoiceId/close')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Close an invoice',
    description:
      'Marks an open manual invoice as paid, void or uncollectible. A void invoice voids its credit notes and returns what the balance has paid. If a purchase waits for the invoice, `paid` begins it; otherwise it is withdrawn, and the invoice becomes void. An invoice that is not open is refused (`invoice_closed`).',
  })
  @ApiOkResponse({ type: InvoiceDto })
  async closeInvoice(@IdParam('tenantId') id: string, @IdParam('invoiceId') invoiceId: string, @Body() { status }: CloseInvoiceDto): Promise<InvoiceDto> {
    return toInvoiceDto(await this.billing.closeInvoice(id, invoiceId, status));
  }

  @Post('balance-settlements')
  @ApiOperation({
    summary: 'Settle a balance',
    description:
      'Records that the balance in a currency, or a part of it, was paid out or is written off, and takes it off the balance. Pays nothing itself. More than the balance, or a balance of 0, is refused (`balance_exceeded`).',
  })
  @ApiCreatedResponse({ type: BalanceSettlementDto })
  async settleBalance(@IdParam('tenantId') id: string, @Body() body: SettleBalanceDto): Promise<BalanceSettlementDto> {
    return toBalanceSettlementDto(await this.billing.settleBalance(id, body));
  }

  #answer(subscription: Subscription): Promise<SubscriptionDto> {
    return this.subscriptions.describeSubscription(subscription);
  }
}
