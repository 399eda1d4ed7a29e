import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission, Unmetered, WithoutIdempotencyKey } from '../../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../../access/principal/principal.js';
import { ReportRequestsDto, RequestsReceiptDto } from './reported-requests.dto.js';
import { ReportedRequestsService } from './reported-requests.service.js';

@ApiTags('usage')
@Controller('usage/requests')
@Unmetered()
export class ReportedRequestsController {
  constructor(private readonly requests: ReportedRequestsService) {}

  @Post()
  @WithoutIdempotencyKey('Each request has an id, and counts once.')
  @RequirePermission('usage:write', { service: 'usage:report' })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Log requests of the product',
    description:
      'Adds 1 to 1000 requests that the product answered itself to the request log, for reports. Each counts once, by its `id` and `occurredAt`. If one is invalid, none is logged. They do not count against the quota of requests.',
  })
  @ApiOkResponse({ type: RequestsReceiptDto })
  reportRequests(@Body() { requests }: ReportRequestsDto, @CurrentPrincipal() principal: Principal): Promise<RequestsReceiptDto> {
    return this.requests.logRequests(principal, requests);
  }
}
