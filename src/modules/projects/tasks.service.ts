import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../common/http/pages/page.js';
import { isForeignKeyViolation } from '../../database/database-errors.js';
import { writeReferences } from '../../database/references.js';
import { TenantDb } from '../../database/tenant-db.js';
import type { Task } from '../../generated/prisma/client.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { EmitsEvents } from '../events/event-source.js';
import { TaskDto, toTaskDto, type CreateTaskDto, type ListTasksQuery, type UpdateTaskDto } from './projects.dto.js';
import { ProjectsService } from './projects.service.js';

/** Manages the tasks of a project. A task of another project is treated as not found. */
@Injectable()
@EmitsEvents({ name: 'task', model: 'Task', permission: 'projects:read', dto: TaskDto, toDto: toTaskDto })
export class TasksService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly pages: Pages,
    private readonly projects: ProjectsService,
  ) {}

  /** @throws {NotFoundError} when the project does not exist */
  async listTasks(projectId: string, request: ListTasksQuery): Promise<Page<TaskDto>> {
    await this.projects.getProject(projectId);
    const page = await this.pages.list(request, {
      scope: `tasks ${this.context.organizationId} ${projectId}`,
      defaultSort: 'createdAt',
      fetch: ({ where, orderBy, take }) => this.db.task.findMany({ where: { AND: [{ projectId }, where] }, orderBy, take }),
      count: () => this.db.task.count({ where: { projectId } }),
    });
    return mapPage(page, toTaskDto);
  }

  /** @throws {NotFoundError} when the project does not exist; {ReferenceNotFoundError} */
  async createTask(projectId: string, data: CreateTaskDto): Promise<Task> {
    try {
      const [task] = await writeReferences(['assigneeId'], this.db.task.createManyAndReturn({ data: { ...data, projectId } }));
      if (task === undefined) throw new NotFoundError();
      return task;
    } catch (error) {
      if (isForeignKeyViolation(error, 'project')) throw new NotFoundError();
      throw error;
    }
  }

  /** @throws {NotFoundError} */
  async getTask(projectId: string, id: string): Promise<Task> {
    const task = await this.db.task.findFirst({ where: { id, projectId } });
    if (task === null) throw new NotFoundError();
    return task;
  }

  /** @throws {NotFoundError | ReferenceNotFoundError} */
  async updateTask(projectId: string, id: string, data: UpdateTaskDto): Promise<Task> {
    const [task] = await writeReferences(['assigneeId'], this.db.task.updateManyAndReturn({ where: { id, projectId }, data: { ...data } }));
    if (task === undefined) throw new NotFoundError();
    return task;
  }

  /** @throws {NotFoundError} */
  async deleteTask(projectId: string, id: string): Promise<void> {
    const { count } = await this.db.task.deleteMany({ where: { id, projectId } });
    if (count === 0) throw new NotFoundError();
  }
}
