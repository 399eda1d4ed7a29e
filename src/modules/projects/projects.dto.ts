import { BooleanField, TextField, TimeField, UuidField } from '../../common/http/fields.js';
import { pageOf, pageQuery } from '../../common/http/pages/page.js';
import { SearchField } from '../../common/http/pages/text-search.js';
import type { Project, Task } from '../../generated/prisma/client.js';

const assignee = {
  optional: true,
  nullable: true,
  description: 'The user id of a member of this organization; null for nobody. Another one is refused (`reference_not_found`).',
} as const;

export class ListProjectsQuery extends pageQuery(['createdAt', 'name']) {
  @UuidField({ optional: true, description: 'Only projects that this user is responsible for' })
  assigneeId?: string;

  @SearchField('Only projects whose name')
  search?: string;
}

export class CreateProjectDto {
  @TextField({ example: 'Website', description: 'A title for the project' })
  name!: string;

  @TextField({ optional: true, nullable: true, max: 5000, multiline: true, description: 'A text about the project; null for none' })
  description?: string | null;

  @UuidField(assignee)
  assigneeId?: string | null;
}

export class UpdateProjectDto {
  @TextField({ optional: true, example: 'Website', description: 'A title for the project' })
  name?: string;

  @TextField({ optional: true, nullable: true, max: 5000, multiline: true, description: 'A text about the project; null removes it' })
  description?: string | null;

  @UuidField(assignee)
  assigneeId?: string | null;
}

export class ProjectDto {
  @UuidField({ description: 'The id of the project' })
  id!: string;

  @TextField({ description: 'The title of the project' })
  name!: string;

  @TextField({ nullable: true, max: 5000, multiline: true, description: 'A text about the project; null without one' })
  description!: string | null;

  @UuidField({ nullable: true, description: 'The member who is responsible; null for nobody' })
  assigneeId!: string | null;

  @TimeField({ description: 'The time of creation' })
  createdAt!: Date;

  @TimeField({ description: 'The time of the last change' })
  updatedAt!: Date;
}

export class ProjectPageDto extends pageOf(ProjectDto) {}

export class ListTasksQuery extends pageQuery(['createdAt']) {}

export class CreateTaskDto {
  @TextField({ example: 'Choose a font', description: 'The work to do, in one line' })
  title!: string;

  @UuidField(assignee)
  assigneeId?: string | null;
}

export class UpdateTaskDto {
  @TextField({ optional: true, example: 'Choose a font', description: 'The work to do, in one line' })
  title?: string;

  @BooleanField({ optional: true, example: true, description: 'Whether the task is finished' })
  done?: boolean;

  @UuidField(assignee)
  assigneeId?: string | null;
}

export class TaskDto {
  @UuidField({ description: 'The id of the task' })
  id!: string;

  @UuidField({ description: 'The project that the task is part of' })
  projectId!: string;

  @TextField({ description: 'The work to do, in one line' })
  title!: string;

  @BooleanField({ description: 'Whether the task is finished' })
  done!: boolean;

  @UuidField({ nullable: true, description: 'The member who is responsible; null for nobody' })
  assigneeId!: string | null;

  @TimeField({ description: 'The time of creation' })
  createdAt!: Date;

  @TimeField({ description: 'The time of the last change' })
  updatedAt!: Date;
}

export class TaskPageDto extends pageOf(TaskDto) {}

export function toProjectDto({ id, name, description, assigneeId, createdAt, updatedAt }: Project): ProjectDto {
  return { id, name, description, assigneeId, createdAt, updatedAt };
}

export function toTaskDto({ id, projectId, title, done, assigneeId, createdAt, updatedAt }: Task): TaskDto {
  return { id, projectId, title, done, assigneeId, createdAt, updatedAt };
}
