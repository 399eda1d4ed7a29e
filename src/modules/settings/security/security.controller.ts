import { Body, Controller, Get, Headers, HttpCode, Ip, Patch, Post, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequirePermission } from '../../../access/access.decorators.js';
import { CurrentUser, membershipOf, type UserPrincipal } from '../../../access/principal/principal.js';
import { expectedVersion } from '../../../common/http/etag.js';
import { ifMatchHeader, withETag } from '../if-match.js';
import { SecurityDto, SecurityPreviewDto, UpdateSecurityDto } from './security.dto.js';
import { SecurityService } from './security.service.js';

@ApiTags('settings')
@Controller('tenant/security')
export class SecurityController {
  constructor(private readonly security: SecurityService) {}

  @Get()
  @RequirePermission('security:read')
  @ApiOperation({ summary: 'Retrieve the security policy' })
  @ApiOkResponse({ type: SecurityDto })
  async getSecurity(@Res({ passthrough: true }) reply: FastifyReply): Promise<SecurityDto> {
    const { value, version } = await this.security.getPolicy();
    return withETag(reply, version, value);
  }

  @Post('preview')
  @RequirePermission('security:write')
  @HttpCode(200)
  @ApiOperation({ summary: 'Preview a security policy change', description: 'Returns the members and API keys that the change would lock out. Changes nothing.' })
  @ApiOkResponse({ type: SecurityPreviewDto })
  previewSecurity(@Body() body: UpdateSecurityDto, @CurrentUser() user: UserPrincipal, @Ip() address: string): Promise<SecurityPreviewDto> {
    return this.security.previewPolicy(body, { userId: user.userId, address }, membershipOf(user).facts);
  }

  @Patch()
  @RequirePermission('security:write')
  @ApiOperation({
    summary: 'Update the security policy',
    description: 'The body is a JSON merge patch. The change takes effect with the next request. It is refused if it would lock out every owner.',
  })
  @ApiHeader(ifMatchHeader)
  @ApiOkResponse({ type: SecurityDto })
  async updateSecurity(
    @Body() body: UpdateSecurityDto,
    @CurrentUser() user: UserPrincipal,
    @Headers('if-match') ifMatch: string | undefined,
    @Ip() address: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SecurityDto> {
    const { value, version } = await this.security.updatePolicy(body, expectedVersion(ifMatch), { userId: user.userId, address }, membershipOf(user).facts);
    return withETag(reply, version, value);
  }
}
