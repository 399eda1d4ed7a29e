import { Module } from '@nestjs/common';
import { ProjectsController } from './projects.controller.js';
import { ProjectsService } from './projects.service.js';
import { TasksController } from './tasks.controller.js';
import { TasksService } from './tasks.service.js';

/** The example of a tenant-owned resource; docs/your-own-resource.md walks through it. Delete it when yours stands. */
@Module({ controllers: [ProjectsController, TasksController], providers: [ProjectsService, TasksService] })
export class ProjectsModule {}
