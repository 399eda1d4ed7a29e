import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AllowedWhileImpersonating, RequirePermission } from '../../access/access.decorators.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import { CreateTaskDto, ListTasksQuery, TaskDto, TaskPageDto, toTaskDto, UpdateTaskDto } from './projects.dto.js';
import { TasksService } from './tasks.service.js';

@ApiTags('projects')
@Controller('organizations/:organizationId/projects/:projectId/tasks')
export class TasksController {
  constructor(private readonly tasks: TasksService) {}

  @Get()
  @RequirePermission('projects:read')
  @ApiOperation({ summary: 'List the tasks of a project', description: 'Returns the tasks of a project, in the order in which they were created.' })
  @ApiOkResponse({ type: TaskPageDto })
  listTasks(@IdParam('projectId') projectId: string, @Query() query: ListTasksQuery): Promise<TaskPageDto> {
    return this.tasks.listTasks(projectId, query);
  }

  @Post()
  @RequirePermission('projects:write')
  @AllowedWhileImpersonating()
  @ApiOperation({ summary: 'Create a task', description: 'Creates a task in a project. The assignee must be a member of the organization.' })
  @ApiCreatedResponse({ type: TaskDto })
  async createTask(
    @IdParam('organizationId') organizationId: string,
    @IdParam('projectId') projectId: string,
    @Body() body: CreateTaskDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TaskDto> {
    const task = await this.tasks.createTask(projectId, body);
    reply.header('location', `/api/v1/organizations/${organizationId}/projects/${projectId}/tasks/${task.id}`);
    return toTaskDto(task);
  }

  @Get(':taskId')
  @RequirePermission('projects:read')
  @ApiOperation({ summary: 'Retrieve a task', description: 'Returns a task. A task of another project is not found.' })
  @ApiOkResponse({ type: TaskDto })
  async getTask(@IdParam('projectId') projectId: string, @IdParam('taskId') id: string): Promise<TaskDto> {
    return toTaskDto(await this.tasks.getTask(projectId, id));
  }

  @Patch(':taskId')
  @RequirePermission('projects:write')
  @AllowedWhileImpersonating()
  @ApiOperation({ summary: 'Update a task', description: 'The body is a JSON merge patch.' })
  @ApiOkResponse({ type: TaskDto })
  async updateTask(@IdParam('projectId') projectId: string, @IdParam('taskId') id: string, @Body() body: UpdateTaskDto): Promise<TaskDto> {
    return toTaskDto(await this.tasks.updateTask(projectId, id, body));
  }

  @Delete(':taskId')
  @RequirePermission('projects:write')
  @AllowedWhileImpersonating()
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a task', description: 'Deletes a task. It cannot be restored.' })
  @ApiNoContentResponse()
  async deleteTask(@IdParam('projectId') projectId: string, @IdParam('taskId') id: string): Promise<void> {
    await this.tasks.deleteTask(projectId, id);
  }
}
