import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Res } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequirePermission } from '../../access/access.decorators.js';
import { CurrentUser, membershipOf, type UserPrincipal } from '../../access/principal/principal.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import { CreateDomainDto, DomainDto, DomainListDto, toDomainDto, UpdateDomainDto, VerifyDomainDto } from './domains.dto.js';
import { DomainsService } from './domains.service.js';

@ApiTags('domains')
@Controller('tenant/domains')
export class DomainsController {
  constructor(private readonly domains: DomainsService) {}

  @Get()
  @RequirePermission('security:read')
  @ApiOperation({
    summary: 'List the domains of an organization',
    description: 'Returns all domains, verified or not, in the order in which they were added. An organization has at most 50.',
  })
  @ApiOkResponse({ type: DomainListDto })
  async listDomains(): Promise<DomainListDto> {
    return { data: (await this.domains.listDomains()).map(toDomainDto), nextCursor: null };
  }

  @Post()
  @RequirePermission('security:write')
  @ApiOperation({ summary: 'Add a domain', description: 'Publish the TXT record in `dnsRecord`, then verify the domain. An unverified domain has no effect.' })
  @ApiCreatedResponse({ type: DomainDto })
  async createDomain(@Body() body: CreateDomainDto, @CurrentUser() user: UserPrincipal, @Res({ passthrough: true }) reply: FastifyReply): Promise<DomainDto> {
    const domain = await this.domains.createDomain(user.userId, body, membershipOf(user).facts);
    reply.header('location', `/api/v1/tenant/domains/${domain.id}`);
    return toDomainDto(domain);
  }

  @Get(':domainId')
  @RequirePermission('security:read')
  @ApiOperation({ summary: 'Retrieve a domain', description: 'Returns a domain with the TXT record that proves it, and the state of the proof.' })
  @ApiOkResponse({ type: DomainDto })
  async getDomain(@IdParam('domainId') id: string): Promise<DomainDto> {
    return toDomainDto(await this.domains.getDomain(id));
  }

  @Post(':domainId/verify')
  @RequirePermission('security:write')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Verify a domain',
    description: 'With an empty body, checks the TXT record. For a domain of the kind `email`, `mailTo` sends a code to an address at the domain, and `code` submits it.',
  })
  @ApiBody({
    type: VerifyDomainDto,
    required: false,
    examples: {
      record: { summary: 'Check the TXT record', value: {} },
      mail: { summary: 'Mail a code to an address at the domain', value: { mailTo: 'admin@school.example' } },
    },
  })
  @ApiOkResponse({ type: DomainDto })
  async verifyDomain(@IdParam('domainId') id: string, @CurrentUser() user: UserPrincipal, @Body() body: VerifyDomainDto = new VerifyDomainDto()): Promise<DomainDto> {
    return toDomainDto(await this.domains.verifyDomain(user.userId, id, body, membershipOf(user).facts));
  }

  @Patch(':domainId')
  @RequirePermission('security:write')
  @ApiOperation({ summary: 'Update the join policy of a domain', description: 'The body is a JSON merge patch.' })
  @ApiOkResponse({ type: DomainDto })
  async updateDomain(@IdParam('domainId') id: string, @Body() body: UpdateDomainDto, @CurrentUser() { userId }: UserPrincipal): Promise<DomainDto> {
    return toDomainDto(await this.domains.updateDomain(userId, id, body));
  }

  @Delete(':domainId')
  @RequirePermission('security:write')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete a domain',
    description:
      'Deletes the domain with its proof and its join policy. A host no longer leads to the organization. Members with an address at the domain stay members. To use the domain again, add and verify it again.',
  })
  @ApiNoContentResponse()
  async deleteDomain(@IdParam('domainId') id: string, @CurrentUser() { userId }: UserPrincipal): Promise<void> {
    await this.domains.deleteDomain(userId, id);
  }
}
