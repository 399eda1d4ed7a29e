import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAdminOnly } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { FindUsersQuery, PlatformUserDto, PlatformUserListDto, RemoveSecondFactorDto, toPlatformUserDto } from './platform.dto.js';
import { PlatformUsersService } from './platform-users.service.js';

@ApiTags('platform')
@Controller('platform/users')
@PlatformAdminOnly()
export class PlatformUsersController {
  constructor(private readonly users: PlatformUsersService) {}

  @Get()
  @ApiOperation({ summary: 'Find users by email address', description: 'Several users can have the same address while none of them has verified it.' })
  @ApiOkResponse({ type: PlatformUserListDto })
  async findUsers(@Query() { email }: FindUsersQuery): Promise<PlatformUserListDto> {
    return { data: (await this.users.findUsers(email)).map(toPlatformUserDto), nextCursor: null };
  }

  @Get(':userId')
  @ApiOperation({ summary: 'Retrieve a user', description: 'Returns a user with their memberships, also a disabled one.' })
  @ApiOkResponse({ type: PlatformUserDto })
  async getUser(@IdParam('userId') id: string): Promise<PlatformUserDto> {
    return toPlatformUserDto(await this.users.getUser(id));
  }

  @Post(':userId/disable')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Disable a user',
    description:
      'Their sessions, half-done logins and mailed links end, and their personal API keys stop working. Memberships stay, without access. The last operator cannot be disabled.',
  })
  @ApiOkResponse({ type: PlatformUserDto })
  async disableUser(@IdParam('userId') id: string, @CurrentUser() actor: UserPrincipal): Promise<PlatformUserDto> {
    return toPlatformUserDto(await this.users.disableUser(id, actor));
  }

  @Post(':userId/enable')
  @HttpCode(200)
  @ApiOperation({ summary: 'Enable a user', description: 'The user signs in again: ended sessions stay ended. Personal API keys work again.' })
  @ApiOkResponse({ type: PlatformUserDto })
  async enableUser(@IdParam('userId') id: string): Promise<PlatformUserDto> {
    return toPlatformUserDto(await this.users.enableUser(id));
  }

  @Post(':userId/remove-second-factor')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Remove the second factor of a user',
    description:
      'For a user who has lost it, after you have verified who asks: a reset of the password does not remove it. Removes the authenticator app, the recovery codes and all passkeys, ends the sessions, and mails the user. The password stays. Does nothing for a user without a second factor. You cannot remove your own.',
  })
  @ApiOkResponse({ type: PlatformUserDto })
  async removeUserSecondFactor(@IdParam('userId') id: string, @Body() { reason }: RemoveSecondFactorDto, @CurrentUser() actor: UserPrincipal): Promise<PlatformUserDto> {
    return toPlatformUserDto(await this.users.removeSecondFactor(id, reason, actor));
  }
}
