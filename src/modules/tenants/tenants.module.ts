import { Module } from '@nestjs/common';
import { CatalogChanges } from './catalog-changes.service.js';
import { EraseDeletedOrganizationsJob } from './erase-deleted-organizations.job.js';
import { TenantsService } from './tenants.service.js';

@Module({ providers: [TenantsService, CatalogChanges, EraseDeletedOrganizationsJob], exports: [TenantsService, CatalogChanges] })
export class TenantsModule {}
