import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../../access/access.decorators.js';
import { CurrentPrincipal, membershipOf, type Principal } from '../../access/principal/principal.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import { AccessCheckDto, ExplainMemberAccessQuery, toAccessCheckDto } from './access-checks.dto.js';
import { AccessChecksService } from './access-checks.service.js';

@ApiTags('roles')
@Controller('organizations/:organizationId/members/:userId/access')
export class MemberAccessController {
  constructor(private readonly checks: AccessChecksService) {}

  @Get()
  @RequirePermission('roles:read')
  @ApiOperation({
    summary: 'Explain the access of a member',
    description:
      'Runs the checks of a route that needs the permission, for a member, and lists them. Conditions on the session, the password and the address of the member are not judged. Requires `members:read`, too.',
  })
  @ApiOkResponse({ type: AccessCheckDto })
  async explainMemberAccess(
    @IdParam('userId') userId: string,
    @Query() { permission }: ExplainMemberAccessQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AccessCheckDto> {
    return toAccessCheckDto(await this.checks.explainMember(membershipOf(principal), userId, permission), true);
  }
}
