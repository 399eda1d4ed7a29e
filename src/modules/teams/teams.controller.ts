import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequirePermission } from '../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../access/principal/principal.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import { CreateTeamDto, ListTeamMembersQuery, ListTeamsQuery, TeamDto, TeamMemberPageDto, TeamPageDto, UpdateTeamDto } from './teams.dto.js';
import { TeamsService } from './teams.service.js';

@ApiTags('teams')
@Controller('organizations/:organizationId/teams')
export class TeamsController {
  constructor(private readonly teams: TeamsService) {}

  @Get()
  @RequirePermission('teams:read', { service: 'members:read' })
  @ApiOperation({ summary: 'List the teams of an organization', description: 'Returns the teams with their roles and the number of their members, in the order of their names.' })
  @ApiOkResponse({ type: TeamPageDto })
  listTeams(@Query() query: ListTeamsQuery): Promise<TeamPageDto> {
    return this.teams.listTeams(query);
  }

  @Post()
  @RequirePermission('teams:write')
  @ApiOperation({
    summary: 'Create a team',
    description:
      'Creates a team without members. The members of a team have its custom roles in addition to their own. The roles can have only permissions that you hold yourself. The name is unique in the organization.',
  })
  @ApiCreatedResponse({ type: TeamDto })
  async createTeam(
    @IdParam('organizationId') organizationId: string,
    @Body() body: CreateTeamDto,
    @CurrentUser() { userId }: UserPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TeamDto> {
    const team = await this.teams.createTeam(userId, body);
    reply.header('location', `/api/v1/organizations/${organizationId}/teams/${team.id}`);
    return team;
  }

  @Get(':teamId')
  @RequirePermission('teams:read', { service: 'members:read' })
  @ApiOperation({ summary: 'Retrieve a team', description: 'Returns a team with its roles and the number of its members.' })
  @ApiOkResponse({ type: TeamDto })
  getTeam(@IdParam('teamId') id: string): Promise<TeamDto> {
    return this.teams.getTeam(id);
  }

  @Patch(':teamId')
  @RequirePermission('teams:write')
  @ApiOperation({
    summary: 'Update a team',
    description: 'The body is a JSON merge patch. `roles` replaces all roles of the team. You need all permissions of the present and of the new roles.',
  })
  @ApiOkResponse({ type: TeamDto })
  updateTeam(@IdParam('teamId') id: string, @Body() body: UpdateTeamDto, @CurrentUser() { userId }: UserPrincipal): Promise<TeamDto> {
    return this.teams.updateTeam(userId, id, body);
  }

  @Delete(':teamId')
  @RequirePermission('teams:write')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a team', description: 'The members lose the roles that they have only by this team. You need all permissions of these roles.' })
  @ApiNoContentResponse()
  async deleteTeam(@IdParam('teamId') id: string, @CurrentUser() { userId }: UserPrincipal): Promise<void> {
    await this.teams.deleteTeam(userId, id);
  }

  @Get(':teamId/members')
  @RequirePermission('teams:read', { service: 'members:read' })
  @ApiOperation({ summary: 'List the members of a team', description: 'Returns the members of a team, in the order in which they were added.' })
  @ApiOkResponse({ type: TeamMemberPageDto })
  listTeamMembers(@IdParam('teamId') id: string, @Query() query: ListTeamMembersQuery): Promise<TeamMemberPageDto> {
    return this.teams.listTeamMembers(id, query);
  }

  @Put(':teamId/members/:userId')
  @RequirePermission('teams:write')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Add a member to a team',
    description:
      'Adds a member of the organization to the team. The member gets the roles of the team, so you need all permissions of these roles. If the user is in the team already, nothing changes.',
  })
  @ApiNoContentResponse()
  async addTeamMember(@IdParam('teamId') id: string, @IdParam('userId') userId: string, @CurrentUser() actor: UserPrincipal): Promise<void> {
    await this.teams.addTeamMember(actor.userId, id, userId);
  }

  @Delete(':teamId/members/:userId')
  @RequirePermission('teams:write')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Remove a member from a team',
    description: 'Removes a member from the team. The member loses the roles that they have only by this team. You need all permissions of these roles.',
  })
  @ApiNoContentResponse()
  async removeTeamMember(@IdParam('teamId') id: string, @IdParam('userId') userId: string, @CurrentUser() actor: UserPrincipal): Promise<void> {
    await this.teams.removeTeamMember(actor.userId, id, userId);
  }
}
