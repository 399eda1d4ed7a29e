import { Module } from '@nestjs/common';
import { MembersModule } from '../members/members.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { OrganizationsController } from './organizations.controller.js';
import { OrganizationsService } from './organizations.service.js';

@Module({ imports: [MembersModule, TenantsModule], controllers: [OrganizationsController], providers: [OrganizationsService] })
export class OrganizationsModule {}
