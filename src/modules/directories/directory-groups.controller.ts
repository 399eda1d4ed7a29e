import { Body, Controller, Get, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../access/principal/principal.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import { DirectoryGroupDto, DirectoryGroupPageDto, ListDirectoryGroupsQuery, MapDirectoryGroupDto } from './directories.dto.js';
import { DirectoryGroupsService } from './directory-groups.service.js';

@ApiTags('directories')
@Controller('organizations/:organizationId/directories/:directoryId/groups')
export class DirectoryGroupsController {
  constructor(private readonly groups: DirectoryGroupsService) {}

  @Get()
  @RequirePermission('security:read')
  @ApiOperation({ summary: 'List the groups of a directory', description: 'Returns the groups that the directory has sent, with the roles and teams to which they are mapped.' })
  @ApiOkResponse({ type: DirectoryGroupPageDto })
  listDirectoryGroups(@IdParam('directoryId') id: string, @Query() query: ListDirectoryGroupsQuery): Promise<DirectoryGroupPageDto> {
    return this.groups.listDirectoryGroups(id, query);
  }

  @Put(':groupId/mapping')
  @RequirePermission('security:write')
  @ApiOperation({
    summary: 'Map a group of a directory',
    description:
      'Replaces the roles and teams that the members of the group get. You need all permissions of the present and of the new roles. The change takes effect in the same transaction, and the mapping gives only what you hold at the time.',
  })
  @ApiOkResponse({ type: DirectoryGroupDto })
  mapDirectoryGroup(
    @IdParam('directoryId') id: string,
    @IdParam('groupId') groupId: string,
    @Body() body: MapDirectoryGroupDto,
    @CurrentUser() { userId }: UserPrincipal,
  ): Promise<DirectoryGroupDto> {
    return this.groups.mapDirectoryGroup(userId, id, groupId, body);
  }
}
