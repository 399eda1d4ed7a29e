import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AllowedWhileImpersonating, RequirePermission } from '../../access/access.decorators.js';
import { ConsumesQuota, ReleasesQuota } from '../../access/consumes-quota.js';
import { CurrentPrincipal, type Principal } from '../../access/principal/principal.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import { CreateProjectDto, ListProjectsQuery, ProjectDto, ProjectPageDto, toProjectDto, UpdateProjectDto } from './projects.dto.js';
import { ProjectsService } from './projects.service.js';

@ApiTags('projects')
@Controller('organizations/:organizationId/projects')
export class ProjectsController {
  constructor(private readonly projects: ProjectsService) {}

  @Get()
  @RequirePermission('projects:read')
  @ApiOperation({ summary: 'List projects', description: 'Returns the projects, newest first unless `sort` names another order. Filter by assignee, or search in names.' })
  @ApiOkResponse({ type: ProjectPageDto })
  listProjects(@Query() query: ListProjectsQuery): Promise<ProjectPageDto> {
    return this.projects.listProjects(query);
  }

  @Post()
  @RequirePermission('projects:write')
  @AllowedWhileImpersonating()
  @ConsumesQuota('projects')
  @ApiOperation({
    summary: 'Create a project',
    description: 'Creates a project. If the catalog has a meter `projects`, the project counts until it is deleted, and one above the limit of the plan is refused with 402.',
  })
  @ApiCreatedResponse({ type: ProjectDto })
  async createProject(
    @IdParam('organizationId') organizationId: string,
    @Body() body: CreateProjectDto,
    @CurrentPrincipal() { userId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProjectDto> {
    const project = await this.projects.createProject(userId, body);
    reply.header('location', `/api/v1/organizations/${organizationId}/projects/${project.id}`);
    return toProjectDto(project);
  }

  @Get(':projectId')
  @RequirePermission('projects:read')
  @ApiOperation({ summary: 'Retrieve a project', description: 'Returns a project. Its tasks have a list of their own: `listTasks`.' })
  @ApiOkResponse({ type: ProjectDto })
  async getProject(@IdParam('projectId') id: string): Promise<ProjectDto> {
    return toProjectDto(await this.projects.getProject(id));
  }

  @Patch(':projectId')
  @RequirePermission('projects:write')
  @AllowedWhileImpersonating()
  @ApiOperation({ summary: 'Update a project', description: 'The body is a JSON merge patch: a field that is left out stays as it is.' })
  @ApiOkResponse({ type: ProjectDto })
  async updateProject(@IdParam('projectId') id: string, @Body() body: UpdateProjectDto): Promise<ProjectDto> {
    return toProjectDto(await this.projects.updateProject(id, body));
  }

  @Delete(':projectId')
  @RequirePermission('projects:write')
  @AllowedWhileImpersonating()
  @ReleasesQuota('projects')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a project', description: 'Deletes a project and its tasks. They cannot be restored.' })
  @ApiNoContentResponse()
  async deleteProject(@IdParam('projectId') id: string): Promise<void> {
    await this.projects.deleteProject(id);
  }
}
