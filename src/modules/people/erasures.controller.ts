import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAdminOnly } from '../../access/access.decorators.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import { CurrentUser, type UserPrincipal } from '../../access/principal/principal.js';
import { PlatformUsersService } from '../auth/platform/platform-users.service.js';
import { ErasureDto, ErasurePageDto, EraseUserDto, ListErasuresQuery, toErasureDto } from './erasures.dto.js';
import { ErasuresService } from './erasures.service.js';

@ApiTags('platform')
@Controller('platform')
@PlatformAdminOnly()
export class ErasuresController {
  constructor(
    private readonly erasures: ErasuresService,
    private readonly users: PlatformUsersService,
  ) {}

  @Post('users/:userId/erase')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Erase a user',
    description:
      'Deletes the account with sessions, memberships and personal API keys at once. Soon after, the person is removed from the audit log, and a receipt is signed: GET /platform/erasures/{erasureId}. Refused for the only owner of an organization, and for operators.',
  })
  @ApiOkResponse({ type: ErasureDto })
  async eraseUser(@IdParam('userId') id: string, @Body() { reason }: EraseUserDto, @CurrentUser() actor: UserPrincipal): Promise<ErasureDto> {
    return toErasureDto(await this.users.eraseUser(id, reason, actor));
  }

  @Get('erasures')
  @ApiOperation({ summary: 'List erasures', description: 'Lists the erasures of people, newest first: by operators, and by people who deleted their account.' })
  @ApiOkResponse({ type: ErasurePageDto })
  listErasures(@Query() query: ListErasuresQuery): Promise<ErasurePageDto> {
    return this.erasures.listErasures(query);
  }

  @Get('erasures/:erasureId')
  @ApiOperation({ summary: 'Retrieve an erasure', description: 'Returns an erasure with its receipt, once it is complete.' })
  @ApiOkResponse({ type: ErasureDto })
  getErasure(@IdParam('erasureId') id: string): Promise<ErasureDto> {
    return this.erasures.getErasure(id);
  }
}
