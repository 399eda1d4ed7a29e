import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiExtraModels, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public, PublicOrSignedIn, RateLimited } from '../../access/access.decorators.js';
import { OptionalUser, type UserPrincipal } from '../../access/principal/principal.js';
import { CurrentDevice, type Device } from '../auth/sessions/device.js';
import { InvitationAcceptanceService, type AcceptedInvitation } from './invitation-acceptance.service.js';
import { AcceptInvitationDto, InvitationPreviewDto, InvitationTokenDto, JoinedByInvitationDto, SignedUpByInvitationDto } from './invitations.dto.js';

@ApiTags('invitations')
@Controller('invitations')
export class InvitationLinksController {
  constructor(private readonly acceptance: InvitationAcceptanceService) {}

  @Post('preview')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Preview an invitation',
    description:
      'Returns the organization, the role and the inviter, so that your page can ask whether to accept. An invitation that is closed, has expired, or whose inviter can no longer grant the role is refused.',
  })
  @ApiOkResponse({ type: InvitationPreviewDto })
  previewInvitation(@Body() { token }: InvitationTokenDto): Promise<InvitationPreviewDto> {
    return this.acceptance.previewInvitation(token);
  }

  @Post('accept')
  @RateLimited('invitationAccept')
  @PublicOrSignedIn()
  @ApiOperation({
    summary: 'Accept an invitation',
    description:
      'A signed-in user accepts with their account, whose address must be the invited one. A mailed link verifies the address; with a link that was passed on, it must be verified already. Other callers send a name and a password to create an account, which is signed in. With a mailed link, they are refused (409) if an account has verified the address: sign in, and accept again. With a link that was passed on, this makes an unverified account also if the address has one.',
  })
  @ApiExtraModels(SignedUpByInvitationDto)
  @ApiCreatedResponse({ schema: { oneOf: [{ $ref: getSchemaPath(SignedUpByInvitationDto) }, { $ref: getSchemaPath(JoinedByInvitationDto) }] } })
  @ApiOkResponse({ type: JoinedByInvitationDto, description: 'You have accepted the invitation before, and are a member with this role' })
  async acceptInvitation(
    @Body() body: AcceptInvitationDto,
    @OptionalUser() principal: UserPrincipal | undefined,
    @CurrentDevice() device: Device,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedUpByInvitationDto | JoinedByInvitationDto> {
    const accepted = await this.acceptance.acceptInvitation(body, principal, device);
    if (accepted.alreadyMember) reply.status(200);
    return toAcceptedDto(accepted);
  }

  @Post('decline')
  @Public()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Decline an invitation',
    description: 'Closes the invitation: its link no longer works. No account is needed. The organization can invite the address again.',
  })
  @ApiNoContentResponse()
  async declineInvitation(@Body() { token }: InvitationTokenDto): Promise<void> {
    await this.acceptance.declineInvitation(token);
  }
}

function toAcceptedDto({ organization: { id, name, slug }, role, userId, tokens }: AcceptedInvitation): SignedUpByInvitationDto | JoinedByInvitationDto {
  const joined = { organization: { id, name, slug }, role, userId };
  return tokens === undefined ? { ...joined, signedIn: false } : { ...joined, signedIn: true, ...tokens };
}
