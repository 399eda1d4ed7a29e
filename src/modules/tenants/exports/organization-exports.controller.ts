import { Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequirePermission, RequireRecentLogin, WithoutIdempotencyKey } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { ExportLinkDto, ListExportsQuery, OrganizationExportDto, OrganizationExportPageDto } from './exports.dto.js';
import { OrganizationExportsService } from './organization-exports.service.js';

/** Suspended organizations can still take their data away. */
const evenIf = ['suspended', 'cancelled', 'maintenance'] as const;

@ApiTags('organizations')
@Controller('organizations/:organizationId/exports')
export class OrganizationExportsController {
  constructor(private readonly exports: OrganizationExportsService) {}

  @Get()
  @RequirePermission('organization:export', { evenIf })
  @ApiOperation({ summary: 'List exports of an organization', description: 'Returns the exports that members have created, the latest first.' })
  @ApiOkResponse({ type: OrganizationExportPageDto })
  listOrganizationExports(@Query() query: ListExportsQuery): Promise<OrganizationExportPageDto> {
    return this.exports.listExports(query);
  }

  @Post()
  @RequirePermission('organization:export', { evenIf })
  @RequireRecentLogin()
  @ApiOperation({
    summary: 'Export an organization',
    description:
      'Writes everything that belongs to the organization into an archive, without the credentials of its members. The export runs in the background. You get a mail when it is ready; the file is deleted after seven days. One export of an organization runs at a time, and five can be created in an hour.',
  })
  @ApiCreatedResponse({ type: OrganizationExportDto })
  async createOrganizationExport(
    @IdParam('organizationId') organizationId: string,
    @CurrentUser() { userId }: UserPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrganizationExportDto> {
    const created = await this.exports.createExport(userId);
    reply.header('location', `/api/v1/organizations/${organizationId}/exports/${created.id}`);
    return created;
  }

  @Get(':exportId')
  @RequirePermission('organization:export', { evenIf })
  @ApiOperation({ summary: 'Retrieve an export of an organization', description: 'Returns the status of an export and its progress.' })
  @ApiOkResponse({ type: OrganizationExportDto })
  getOrganizationExport(@IdParam('exportId') id: string): Promise<OrganizationExportDto> {
    return this.exports.getExport(id);
  }

  @Post(':exportId/cancel')
  @RequirePermission('organization:export', { evenIf })
  @WithoutIdempotencyKey('Another cancellation changes nothing.')
  @HttpCode(204)
  @ApiOperation({ summary: 'Cancel an export of an organization', description: 'Ends an export that is not ready, or deletes its file. Links to the file stop working.' })
  @ApiNoContentResponse()
  async cancelOrganizationExport(@IdParam('exportId') id: string): Promise<void> {
    await this.exports.cancelExport(id);
  }

  @Post(':exportId/link')
  @RequirePermission('organization:export', { evenIf })
  @RequireRecentLogin()
  @WithoutIdempotencyKey('Each link works for an hour. Another one does no harm.')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Create a link to the file of an export',
    description: 'Returns a link that downloads the file without another credential, for an hour. The download can be resumed with `Range` and `If-Range`.',
  })
  @ApiOkResponse({ type: ExportLinkDto })
  createOrganizationExportLink(@IdParam('exportId') id: string, @CurrentUser() { userId }: UserPrincipal): Promise<ExportLinkDto> {
    return this.exports.createLink(id, userId);
  }
}
