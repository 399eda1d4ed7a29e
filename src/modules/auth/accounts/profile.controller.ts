import { Body, Controller, Delete, Get, HttpCode, Patch } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, WithoutRecentLogin } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { DeleteAccountDto, ProfileDto, UpdateProfileDto } from './profile.dto.js';
import { ProfileService } from './profile.service.js';

@ApiTags('users')
@Controller('users/me')
@Authenticated()
export class ProfileController {
  constructor(private readonly profile: ProfileService) {}

  @Get()
  @ApiOperation({
    summary: 'Retrieve your account',
    description: 'Returns your name, your email address and the organization that a login selects. While you change the address, `pendingEmail` is the new one.',
  })
  @ApiOkResponse({ type: ProfileDto })
  getProfile(@CurrentUser() { userId }: UserPrincipal): Promise<ProfileDto> {
    return this.profile.getProfile(userId);
  }

  @Patch()
  @WithoutRecentLogin('A new address needs the password in the body.')
  @ApiOperation({
    summary: 'Update your account',
    description:
      'A new email address takes effect when it is verified: POST /auth/email/verify with the token that is mailed to it. The present address gets a mail about the change and can undo it. Operators change it only in a session with a second factor.',
  })
  @ApiOkResponse({ type: ProfileDto })
  updateProfile(@Body() body: UpdateProfileDto, @CurrentUser() user: UserPrincipal): Promise<ProfileDto> {
    return this.profile.updateProfile(user, body);
  }

  @Delete()
  @WithoutRecentLogin('The password in the body proves the user.')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete your account',
    description:
      'Ends all sessions, memberships and personal API keys at once, and removes your name and address from the audit log soon after. A verified address then gets a mail with a signed receipt. Refused while you are the only owner of an organization, and for operators.',
  })
  @ApiNoContentResponse()
  async deleteAccount(@Body() body: DeleteAccountDto, @CurrentUser() user: UserPrincipal): Promise<void> {
    await this.profile.deleteAccount(user, body);
  }
}
