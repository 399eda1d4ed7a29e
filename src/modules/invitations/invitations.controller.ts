import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RateLimited, RequirePermission, WithoutRecentLogin } from '../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../access/principal/principal.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import { CreatedInvitationsDto, CreateInvitationsDto, InvitationDto, InvitationPageDto, ListInvitationsQuery } from './invitations.dto.js';
import { requestedInvitations } from './invitations.policy.js';
import { InvitationsService } from './invitations.service.js';

@ApiTags('invitations')
@Controller('organizations/:organizationId/invitations')
export class InvitationsController {
  constructor(private readonly invitations: InvitationsService) {}

  @Get()
  @RequirePermission('invitations:read')
  @ApiOperation({
    summary: 'List the invitations of an organization',
    description:
      'Returns the invitations, newest first. Closed ones are included: filter by `status`. The links are not: only `createInvitations` and `resendInvitation` answer them.',
  })
  @ApiOkResponse({ type: InvitationPageDto })
  listInvitations(@Query() query: ListInvitationsQuery): Promise<InvitationPageDto> {
    return this.invitations.listInvitations(query);
  }

  @Post()
  @RequirePermission('invitations:write')
  @RateLimited('invitationCreate')
  @ApiOperation({
    summary: 'Create invitations',
    description:
      'Creates one invitation, or up to 100 with `invitations`. Creates all of them or none. Revokes pending invitations of the same addresses; addresses of members are refused. The addresses must be at the allowed email domains of the organization, and pending invitations take seats if the catalog says so. An invitation is void while you cannot grant its role yourself.',
  })
  @ApiBody({
    type: CreateInvitationsDto,
    examples: {
      one: { summary: 'One invitation, which is mailed', value: { email: 'grace@example.com', role: 'member', message: 'Welcome to Acme' } },
      several: {
        summary: 'Several invitations, whose links you pass on',
        value: {
          invitations: [
            { email: 'grace@example.com', role: 'admin', delivery: 'link', expiresInDays: 30 },
            { email: 'alan@example.com', role: 'member', delivery: 'link' },
          ],
        },
      },
    },
  })
  @ApiCreatedResponse({ type: CreatedInvitationsDto })
  async createInvitations(@Body() body: CreateInvitationsDto, @CurrentUser() { userId, emailVerified }: UserPrincipal): Promise<CreatedInvitationsDto> {
    return { data: await this.invitations.createInvitations(userId, requestedInvitations(body, emailVerified)) };
  }

  @Get(':invitationId')
  @RequirePermission('invitations:read')
  @ApiOperation({
    summary: 'Retrieve an invitation',
    description: 'Returns an invitation, with the state of its mail. The link is not included: only `createInvitations` and `resendInvitation` answer it.',
  })
  @ApiOkResponse({ type: InvitationDto })
  getInvitation(@IdParam('invitationId') id: string): Promise<InvitationDto> {
    return this.invitations.getInvitation(id);
  }

  @Post(':invitationId/resend')
  @RateLimited('invitationCreate')
  @RequirePermission('invitations:write')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Resend an invitation',
    description:
      'Creates a new link, and mails it with `delivery: mail`. The previous link stops working. The lifetime begins again, also that of an expired invitation. You become the sender, so a void invitation is valid again.',
  })
  @ApiOkResponse({ type: InvitationDto })
  resendInvitation(@IdParam('invitationId') id: string, @CurrentUser() { userId }: UserPrincipal): Promise<InvitationDto> {
    return this.invitations.resendInvitation(userId, id);
  }

  @Delete(':invitationId')
  @WithoutRecentLogin('It gives nobody access.')
  @RequirePermission('invitations:write')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke an invitation', description: 'Its role must not exceed your own.' })
  @ApiNoContentResponse()
  async revokeInvitation(@IdParam('invitationId') id: string, @CurrentUser() { userId }: UserPrincipal): Promise<void> {
    await this.invitations.revokeInvitation(userId, id);
  }
}
