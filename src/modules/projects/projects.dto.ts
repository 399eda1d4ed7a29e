import { BooleanField, TextField, TimeField, UuidField } from '../../common/http/fields.js';
import { pageOf, pageQuery } from '../../common/http/pages/page.js';
import { SearchField } from '../../common/http/pages/text-search.js';
import type { Project, Task } from '../../generated/prisma/client.js';

const assignee = { optional: true, nullable: true, description: 'The user id of a member of this organization' } as const;

export class ListProjectsQuery extends pageQuery(['createdAt', 'name']) {
  @UuidField({ optional: true, description: 'Only projects with this assignee' })
  assigneeId?: string;

  @SearchField('Only projects whose name')
  search?: string;
}

export class CreateProjectDto {
  @TextField({ example: 'Website' })
  name!: string;

  @TextField({ optional: true, nullable: true, max: 5000, multiline: true })
  description?: string | null;

  @UuidField(assignee)
  assigneeId?: string | null;
}

export class UpdateProjectDto {
  @TextField({ optional: true })
  name?: string;

  @TextField({ optional: true, nullable: true, max: 5000, multiline: true })
  description?: string | null;

  @UuidField(assignee)
  assigneeId?: string | null;
}

export class ProjectDto {
  @UuidField()
  id!: string;

  @TextField()
  name!: string;

  @TextField({ nullable: true, max: 5000, multiline: true })
  description!: string | null;

  @UuidField({ nullable: true })
  assigneeId!: string | null;

  @TimeField()
  createdAt!: Date;

  @TimeField()
  updatedAt!: Date;
}

export class ProjectPageDto extends pageOf(ProjectDto) {}

export class ListTasksQuery extends pageQuery(['createdAt']) {}

export class CreateTaskDto {
  @TextField({ example: 'Choose a font' })
  title!: string;

  @UuidField(assignee)
  assigneeId?: string | null;
}

export class UpdateTaskDto {
  @TextField({ optional: true })
  title?: string;

  @BooleanField({ optional: true })
  done?: boolean;

  @UuidField(assignee)
  assigneeId?: string | null;
}

export class TaskDto {
  @UuidField()
  id!: string;

  @UuidField()
  projectId!: string;

  @TextField()
  title!: string;

  @BooleanField()
  done!: boolean;

  @UuidField({ nullable: true })
  assigneeId!: string | null;

  @TimeField()
  createdAt!: Date;

  @TimeField()
  updatedAt!: Date;
}

export class TaskPageDto extends pageOf(TaskDto) {}

export function toProjectDto({ id, name, description, assigneeId, createdAt, updatedAt }: Project): ProjectDto {
  return { id, name, description, assigneeId, createdAt, updatedAt };
}

export function toTaskDto({ id, projectId, title, done, assigneeId, createdAt, updatedAt }: Task): TaskDto {
  return { id, projectId, title, done, assigneeId, createdAt, updatedAt };
}
