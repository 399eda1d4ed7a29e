import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../common/http/pages/page.js';
import { containsText } from '../../common/http/pages/text-search.js';
import { writeReferences } from '../../database/references.js';
import { TenantDb } from '../../database/tenant-db.js';
import type { Project } from '../../generated/prisma/client.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { EmitsEvents } from '../events/event-source.js';
import { ProjectDto, toProjectDto, type CreateProjectDto, type ListProjectsQuery, type UpdateProjectDto } from './projects.dto.js';

/** Manages the projects of an organization. The tenant client adds the organization to every query. */
@Injectable()
@EmitsEvents({ name: 'project', model: 'Project', permission: 'projects:read', dto: ProjectDto, toDto: toProjectDto })
export class ProjectsService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly pages: Pages,
  ) {}

  async listProjects(request: ListProjectsQuery): Promise<Page<ProjectDto>> {
    const { assigneeId, search } = request;
    const filter = {
      ...(assigneeId === undefined ? {} : { assigneeId }),
      ...(search === undefined ? {} : { name: containsText(search) }),
    };
    const page = await this.pages.list(request, {
      scope: `projects ${this.context.organizationId}`,
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.db.project.findMany({ where: { AND: [filter, where] }, orderBy, take }),
      count: () => this.db.project.count({ where: filter }),
    });
    return mapPage(page, toProjectDto);
  }

  /** @throws {ReferenceNotFoundError} */
  async createProject(userId: string | null, data: CreateProjectDto): Promise<Project> {
    const [project] = await writeReferences(['assigneeId'], this.db.project.createManyAndReturn({ data: { ...data, createdById: userId } }));
    if (project === undefined) throw new NotFoundError();
    return project;
  }

  /** @throws {NotFoundError} */
  async getProject(id: string): Promise<Project> {
    const project = await this.db.project.findFirst({ where: { id } });
    if (project === null) throw new NotFoundError();
    return project;
  }

  /** @throws {NotFoundError | ReferenceNotFoundError} */
  async updateProject(id: string, data: UpdateProjectDto): Promise<Project> {
    const [project] = await writeReferences(['assigneeId'], this.db.project.updateManyAndReturn({ where: { id }, data: { ...data } }));
    if (project === undefined) throw new NotFoundError();
    return project;
  }

  /** Deletes a project with its tasks. @throws {NotFoundError} */
  async deleteProject(id: string): Promise<void> {
    const { count } = await this.db.project.deleteMany({ where: { id } });
    if (count === 0) throw new NotFoundError();
  }
}
