import { Module } from '@nestjs/common';
import { ProjectsController } from './projects.controller.js';
import { ProjectsService } from './projects.service.js';
import { TasksController } from './tasks.controller.js';
import { TasksService } from './tasks.service.js';

/** The example of a tenant-owned resource, which docs/your-own-resource.md explains. Delete it when you have your own. */
@Module({ controllers: [ProjectsController, TasksController], providers: [ProjectsService, TasksService] })
export class ProjectsModule {}
