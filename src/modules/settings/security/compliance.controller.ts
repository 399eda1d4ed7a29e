import { Body, Controller, Get, Patch, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AcceptedVersions } from '../../../access/accepted-versions.decorator.js';
import { RequirePermission } from '../../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../../access/principal/principal.js';
import { ChangesVersion } from '../../../common/http/changes-version.decorator.js';
import { withVersion, type ExpectedVersions } from '../../../common/http/etag.js';
import { mergePatch } from '../../../common/http/bodies/merge-patch.js';
import { ComplianceDto, toComplianceDto, UpdateComplianceDto } from './compliance.dto.js';
import { SettingsDocumentsService, type JsonObject } from '../settings-documents.service.js';

@ApiTags('settings')
@Controller('tenant/compliance')
export class ComplianceController {
  constructor(private readonly documents: SettingsDocumentsService) {}

  @Get()
  @RequirePermission('organization:read', { service: 'settings:read' })
  @ApiOperation({
    summary: 'Retrieve the compliance settings',
    description:
      'Returns which laws apply to the organization, and how long its data is kept. A setting that was never changed is false or null. Send the ETag as `If-Match` to change only this version.',
  })
  @ApiOkResponse({ type: ComplianceDto })
  async getCompliance(@Res({ passthrough: true }) reply: FastifyReply): Promise<ComplianceDto> {
    const { document, version } = await this.documents.readDocument('compliance');
    return withVersion(reply, version, toComplianceDto(document));
  }

  @Patch()
  @RequirePermission('security:write')
  @ApiOperation({
    summary: 'Update the compliance settings',
    description:
      'The body is a JSON merge patch. `ferpa` and `gdpr` decide whether reads are recorded, and `dataRetentionDays` how long data is kept, so a change requires security:write.',
  })
  @ChangesVersion('the document')
  @ApiOkResponse({ type: ComplianceDto })
  async updateCompliance(
    @Body() body: UpdateComplianceDto,
    @CurrentPrincipal() { userId }: Principal,
    @AcceptedVersions() accepted: ExpectedVersions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ComplianceDto> {
    const change = { section: 'compliance', expectedVersions: accepted, actorId: userId } as const;
    const { document, version } = await this.documents.changeDocument(change, (current) => mergePatch(current, { ...body }) as JsonObject);
    return withVersion(reply, version, toComplianceDto(document));
  }
}
