import { Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { PlatformAdminOnly, WithoutIdempotencyKey } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { ExportLinkDto, ListExportsQuery, OrganizationExportDto, OrganizationExportPageDto } from './exports.dto.js';
import { PlatformExportsService } from './platform-exports.service.js';

@ApiTags('tenants')
@Controller('tenants/:tenantId/exports')
@PlatformAdminOnly()
export class PlatformExportsController {
  constructor(private readonly exports: PlatformExportsService) {}

  @Get()
  @ApiOperation({ summary: 'List exports of a tenant', description: 'Returns the exports of a tenant, those of operators and those of members, the latest first.' })
  @ApiOkResponse({ type: OrganizationExportPageDto })
  listTenantExports(@IdParam('tenantId') tenantId: string, @Query() query: ListExportsQuery): Promise<OrganizationExportPageDto> {
    return this.exports.listExports(tenantId, query);
  }

  @Post()
  @ApiOperation({
    summary: 'Export a tenant',
    description:
      'Writes everything that belongs to the tenant into an archive that can be restored (docs/backup.md), with the credentials of its members. The export runs in the background; the file is deleted after seven days.',
  })
  @ApiCreatedResponse({ type: OrganizationExportDto })
  async createTenantExport(
    @IdParam('tenantId') tenantId: string,
    @CurrentUser() { userId }: UserPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrganizationExportDto> {
    const created = await this.exports.createExport(tenantId, userId);
    reply.header('location', `/api/v1/tenants/${tenantId}/exports/${created.id}`);
    return created;
  }

  @Get(':exportId')
  @ApiOperation({ summary: 'Retrieve an export of a tenant', description: 'Returns the status of an export and its progress, also of one that a member has created.' })
  @ApiOkResponse({ type: OrganizationExportDto })
  getTenantExport(@IdParam('tenantId') tenantId: string, @IdParam('exportId') id: string): Promise<OrganizationExportDto> {
    return this.exports.getExport(tenantId, id);
  }

  @Post(':exportId/cancel')
  @WithoutIdempotencyKey('Another cancellation changes nothing.')
  @HttpCode(204)
  @ApiOperation({ summary: 'Cancel an export of a tenant', description: 'Ends an export that is not ready, or deletes its file. Links to the file stop working.' })
  @ApiNoContentResponse()
  async cancelTenantExport(@IdParam('tenantId') tenantId: string, @IdParam('exportId') id: string): Promise<void> {
    await this.exports.cancelExport(tenantId, id);
  }

  @Post(':exportId/link')
  @WithoutIdempotencyKey('Each link works for an hour. Another one does no harm.')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Create a link to the file of an export of a tenant',
    description: 'Returns a link that downloads the file without another credential, for an hour. The download can be resumed with `Range` and `If-Range`.',
  })
  @ApiOkResponse({ type: ExportLinkDto })
  createTenantExportLink(@IdParam('tenantId') tenantId: string, @IdParam('exportId') id: string, @CurrentUser() { userId }: UserPrincipal): Promise<ExportLinkDto> {
    return this.exports.createLink(tenantId, id, userId);
  }
}
