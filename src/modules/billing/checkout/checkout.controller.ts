import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission, Unmetered } from '../../../access/access.decorators.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { CheckoutDto, PaymentPageDto, PortalDto } from './checkout.dto.js';
import { CheckoutService } from './checkout.service.js';

const evenIf = ['suspended', 'cancelled'] as const;

@ApiTags('billing')
@Controller('organizations/:organizationId/billing')
@Unmetered()
export class CheckoutController {
  constructor(private readonly checkout: CheckoutService) {}

  @Post('checkout')
  @RequirePermission('billing:manage', { evenIf })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Create a checkout session',
    description: 'Returns the URL of a page where the plan is bought. The plan takes effect when the payment provider confirms the payment.',
  })
  @ApiOkResponse({ type: PaymentPageDto })
  async createCheckout(@IdParam('organizationId') id: string, @Body() body: CheckoutDto): Promise<PaymentPageDto> {
    return { url: await this.checkout.createCheckout(id, body) };
  }

  @Post('portal')
  @RequirePermission('billing:manage', { evenIf })
  @HttpCode(200)
  @ApiOperation({ summary: 'Create a portal session', description: 'Returns the URL of a page at the payment provider that shows invoices and payment methods.' })
  @ApiOkResponse({ type: PaymentPageDto })
  async createPortalSession(@IdParam('organizationId') id: string, @Body() { returnUrl }: PortalDto): Promise<PaymentPageDto> {
    return { url: await this.checkout.createPortal(id, returnUrl) };
  }
}
