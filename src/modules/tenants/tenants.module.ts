import { Module } from '@nestjs/common';
import { EraseDeletedOrganizationsJob } from './erase-deleted-organizations.job.js';
import { TenantsService } from './tenants.service.js';

@Module({ providers: [TenantsService, EraseDeletedOrganizationsJob], exports: [TenantsService] })
export class TenantsModule {}
