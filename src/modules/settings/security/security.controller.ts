import { Body, Controller, Get, HttpCode, Patch, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AcceptedVersions } from '../../../access/accepted-versions.decorator.js';
import { RequirePermission, WithoutRecentLogin } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { ClientAddress } from '../../../common/http/addresses/client-address.js';
import { ChangesVersion } from '../../../common/http/changes-version.decorator.js';
import { withVersion, type ExpectedVersions } from '../../../common/http/etag.js';
import { SecurityDto, SecurityPreviewDto, UpdateSecurityDto } from './security.dto.js';
import { SecurityService } from './security.service.js';

@ApiTags('settings')
@Controller('tenant/security')
export class SecurityController {
  constructor(private readonly security: SecurityService) {}

  @Get()
  @RequirePermission('security:read')
  @ApiOperation({
    summary: 'Retrieve the security policy',
    description:
      'Returns the rules for signing in and for access: addresses, email domains, origins of web pages, second factors and single sign-on. Empty lists of addresses and email domains restrict nothing. Send the ETag as `If-Match` to change only this version.',
  })
  @ApiOkResponse({ type: SecurityDto })
  async getSecurity(@Res({ passthrough: true }) reply: FastifyReply): Promise<SecurityDto> {
    const { value, version } = await this.security.getPolicy();
    return withVersion(reply, version, value);
  }

  @Post('preview')
  @WithoutRecentLogin('It changes nothing.')
  @RequirePermission('security:write')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Preview a security policy change',
    description:
      'Returns whether the change would be refused, the members at other email domains, the number of API keys that must use a listed address, and the number of members without an accepted way to sign in. Changes nothing.',
  })
  @ApiOkResponse({ type: SecurityPreviewDto })
  previewSecurity(@Body() body: UpdateSecurityDto, @CurrentUser() user: UserPrincipal, @ClientAddress() address: string): Promise<SecurityPreviewDto> {
    return this.security.previewPolicy(body, { user, address });
  }

  @Patch()
  @RequirePermission('security:write')
  @ApiOperation({
    summary: 'Update the security policy',
    description:
      'The body is a JSON merge patch. The change takes effect with the next request. It is refused if it would refuse your own next request. Only owners can take addresses off the allow-list.',
  })
  @ChangesVersion('the document')
  @ApiOkResponse({ type: SecurityDto })
  async updateSecurity(
    @Body() body: UpdateSecurityDto,
    @CurrentUser() user: UserPrincipal,
    @AcceptedVersions() accepted: ExpectedVersions,
    @ClientAddress() address: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SecurityDto> {
    const { value, version } = await this.security.updatePolicy(body, accepted, { user, address });
    return withVersion(reply, version, value);
  }
}
