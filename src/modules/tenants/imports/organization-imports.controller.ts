import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { PlatformAdminOnly } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { BackupListDto, CreateOrganizationImportDto, ListOrganizationImportsQuery, OrganizationImportDto, OrganizationImportPageDto } from './imports.dto.js';
import { OrganizationImportsService } from './organization-imports.service.js';

@ApiTags('platform')
@Controller('platform')
@PlatformAdminOnly()
export class OrganizationImportsController {
  constructor(private readonly imports: OrganizationImportsService) {}

  @Get('backups')
  @ApiOperation({ summary: 'List backups', description: 'Lists the complete backups of the installation, newest first (docs/backup.md).' })
  @ApiOkResponse({ type: BackupListDto })
  async listBackups(): Promise<BackupListDto> {
    return { data: await this.imports.listBackups(), nextCursor: null };
  }

  @Post('organization-imports')
  @ApiOperation({
    summary: 'Restore an organization',
    description:
      'Restores an organization from a backup, or from the file of an export of an operator, in the background: completely or not at all. Refused later, with a `failure`, if the organization or its slug exists; send `newId` and `slug` to restore it next to its original.',
  })
  @ApiCreatedResponse({ type: OrganizationImportDto })
  async createOrganizationImport(
    @Body() body: CreateOrganizationImportDto,
    @CurrentUser() { userId }: UserPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrganizationImportDto> {
    const created = await this.imports.createImport(body, userId);
    reply.header('location', `/api/v1/platform/organization-imports/${created.id}`);
    return created;
  }

  @Get('organization-imports')
  @ApiOperation({ summary: 'List restorations of organizations', description: 'Lists the restorations of organizations that operators have asked for, newest first.' })
  @ApiOkResponse({ type: OrganizationImportPageDto })
  listOrganizationImports(@Query() query: ListOrganizationImportsQuery): Promise<OrganizationImportPageDto> {
    return this.imports.listImports(query);
  }

  @Get('organization-imports/:importId')
  @ApiOperation({ summary: 'Retrieve a restoration of an organization', description: 'Returns the status of a restoration and its progress.' })
  @ApiOkResponse({ type: OrganizationImportDto })
  getOrganizationImport(@IdParam('importId') id: string): Promise<OrganizationImportDto> {
    return this.imports.getImport(id);
  }
}
