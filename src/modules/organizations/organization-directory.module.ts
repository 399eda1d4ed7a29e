import { Module } from '@nestjs/common';
import { OrganizationDirectoryService } from './organization-directory.service.js';

/** Provides {@link OrganizationDirectoryService}. A separate module, because AuthModule imports it and OrganizationsModule depends on AuthModule. */
@Module({ providers: [OrganizationDirectoryService], exports: [OrganizationDirectoryService] })
export class OrganizationDirectoryModule {}
