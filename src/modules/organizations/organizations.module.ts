import { Module } from '@nestjs/common';
import { MembersModule } from '../members/members.module.js';
import { OrganizationDirectoryModule } from './organization-directory.module.js';
import { OrganizationsController } from './organizations.controller.js';
import { OrganizationsService } from './organizations.service.js';

@Module({ imports: [MembersModule, OrganizationDirectoryModule], controllers: [OrganizationsController], providers: [OrganizationsService] })
export class OrganizationsModule {}
