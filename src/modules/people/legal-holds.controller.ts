import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAdminOnly } from '../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../access/principal/principal.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import { CreateLegalHoldDto, LegalHoldDto, LegalHoldPageDto, ListLegalHoldsQuery, toLegalHoldDto } from './legal-holds.dto.js';
import { LegalHoldsService } from './legal-holds.service.js';

@ApiTags('platform')
@Controller('platform/legal-holds')
@PlatformAdminOnly()
export class LegalHoldsController {
  constructor(private readonly holds: LegalHoldsService) {}

  @Get()
  @ApiOperation({
    summary: 'List legal holds',
    description: 'Lists the legal holds that are in force, newest first: all, or that of a user or an organization. The audit log has those that were released.',
  })
  @ApiOkResponse({ type: LegalHoldPageDto })
  listLegalHolds(@Query() query: ListLegalHoldsQuery): Promise<LegalHoldPageDto> {
    return this.holds.listLegalHolds(query);
  }

  @Post()
  @ApiOperation({
    summary: 'Place a legal hold',
    description: 'Until the hold is released, the data of the user or the organization is neither erased nor purged, and the account cannot be deleted.',
  })
  @ApiCreatedResponse({ type: LegalHoldDto })
  async createLegalHold(@Body() body: CreateLegalHoldDto, @CurrentUser() { userId }: UserPrincipal): Promise<LegalHoldDto> {
    return toLegalHoldDto(await this.holds.createLegalHold(body, userId));
  }

  @Delete(':legalHoldId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Release a legal hold', description: 'Data whose retention is over is deleted by the next runs of the jobs.' })
  @ApiNoContentResponse()
  async deleteLegalHold(@IdParam('legalHoldId') id: string): Promise<void> {
    await this.holds.deleteLegalHold(id);
  }
}
