import { Module } from '@nestjs/common';
import { OrganizationDirectoryService } from './organization-directory.service.js';

/** Provides the organizations across tenants to sign-up and to the operator; a module of its own because AuthModule needs it and OrganizationsModule needs AuthModule. */
@Module({ providers: [OrganizationDirectoryService], exports: [OrganizationDirectoryService] })
export class OrganizationDirectoryModule {}
