import { Body, Controller, Delete, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../access/principal/principal.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import { CreateManagedAccountDto, ManagedAccountDto, SetManagedPasswordDto } from './managed-accounts.dto.js';
import { ManagedAccountsService } from './managed-accounts.service.js';

@ApiTags('members')
@Controller('organizations/:organizationId/managed-accounts')
export class ManagedAccountsController {
  constructor(private readonly accounts: ManagedAccountsService) {}

  @Post()
  @RequirePermission('members:write')
  @ApiOperation({
    summary: 'Create a managed account',
    description:
      'Creates an account without an email address, for a person who has none, and makes it a member. It signs in with its user name, the organization and its password. It works in this organization only, is never an owner, gets no mail, and is erased when its membership ends.',
  })
  @ApiCreatedResponse({ type: ManagedAccountDto })
  createManagedAccount(@Body() body: CreateManagedAccountDto, @CurrentUser() actor: UserPrincipal): Promise<ManagedAccountDto> {
    return this.accounts.createAccount(actor.userId, body);
  }

  @Post(':userId/password')
  @RequirePermission('members:write')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Set the password of a managed account',
    description:
      'Replaces the password of an account that the organization manages, unlocks it, and ends its sessions. You cannot set that of a member who has a permission that you lack.',
  })
  @ApiNoContentResponse()
  async setManagedPassword(@IdParam('userId') userId: string, @Body() { newPassword }: SetManagedPasswordDto, @CurrentUser() actor: UserPrincipal): Promise<void> {
    await this.accounts.setPassword(actor.userId, userId, newPassword);
  }

  @Delete(':userId/second-factor')
  @RequirePermission('members:write')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Remove the second factor of a managed account',
    description:
      'Removes the authenticator app, the recovery codes and the passkeys of an account that the organization manages, and ends its sessions. The password stays. Does nothing for an account without a second factor. You cannot remove that of a member who has a permission that you lack.',
  })
  @ApiNoContentResponse()
  async removeManagedSecondFactor(@IdParam('userId') userId: string, @CurrentUser() actor: UserPrincipal): Promise<void> {
    await this.accounts.removeSecondFactor(actor.userId, userId);
  }
}
