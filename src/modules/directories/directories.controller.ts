import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequireFeature, RequirePermission, WithoutIdempotencyKey } from '../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../access/principal/principal.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import {
  CreateDirectoryDto,
  CreateDirectoryTokenDto,
  DirectoryDto,
  DirectoryPageDto,
  DirectoryTokenSecretDto,
  DirectoryUserDto,
  DirectoryUserPageDto,
  ListDirectoriesQuery,
  ListDirectoryUsersQuery,
  UpdateDirectoryDto,
} from './directories.dto.js';
import { DirectoriesService } from './directories.service.js';

@ApiTags('directories')
@Controller('organizations/:organizationId/directories')
export class DirectoriesController {
  constructor(private readonly directories: DirectoriesService) {}

  @Get()
  @RequirePermission('security:read')
  @ApiOperation({
    summary: 'List directories',
    description: 'Returns the directories that provision members by SCIM, with their tokens, but not the secrets, in the order of their creation.',
  })
  @ApiOkResponse({ type: DirectoryPageDto })
  listDirectories(@Query() query: ListDirectoriesQuery): Promise<DirectoryPageDto> {
    return this.directories.listDirectories(query);
  }

  @Post()
  @RequirePermission('security:write')
  @RequireFeature('directory_sync')
  @ApiOperation({
    summary: 'Create a directory',
    description: 'Creates a directory without a token. The members whom it adds get `role`, by default the default role of the catalog; it must not exceed yours.',
  })
  @ApiCreatedResponse({ type: DirectoryDto })
  async createDirectory(
    @IdParam('organizationId') organizationId: string,
    @Body() body: CreateDirectoryDto,
    @CurrentUser() { userId }: UserPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DirectoryDto> {
    const directory = await this.directories.createDirectory(userId, body);
    reply.header('location', `/api/v1/organizations/${organizationId}/directories/${directory.id}`);
    return directory;
  }

  @Get(':directoryId')
  @RequirePermission('security:read')
  @ApiOperation({ summary: 'Retrieve a directory', description: 'Returns a directory with its tokens, but not their secrets.' })
  @ApiOkResponse({ type: DirectoryDto })
  getDirectory(@IdParam('directoryId') id: string): Promise<DirectoryDto> {
    return this.directories.getDirectory(id);
  }

  @Patch(':directoryId')
  @RequirePermission('security:write')
  @ApiOperation({
    summary: 'Update a directory',
    description: 'The body is a JSON merge patch. If it has `role` or enables the directory, you become its granter: it then admits only members whom you could admit.',
  })
  @ApiOkResponse({ type: DirectoryDto })
  updateDirectory(@IdParam('directoryId') id: string, @Body() body: UpdateDirectoryDto, @CurrentUser() { userId }: UserPrincipal): Promise<DirectoryDto> {
    return this.directories.updateDirectory(userId, id, body);
  }

  @Delete(':directoryId')
  @RequirePermission('security:write')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a directory', description: 'Its tokens stop working immediately. The members whom it has added stay members.' })
  @ApiNoContentResponse()
  async deleteDirectory(@IdParam('directoryId') id: string): Promise<void> {
    await this.directories.deleteDirectory(id);
  }

  @Post(':directoryId/tokens')
  @RequirePermission('security:write')
  @RequireFeature('directory_sync')
  @ApiOperation({
    summary: 'Create a token of a directory',
    description: 'A directory can have two tokens, so that a new one can replace the old one without an interruption. Only this response contains the secret.',
  })
  @ApiCreatedResponse({ type: DirectoryTokenSecretDto })
  createDirectoryToken(@IdParam('directoryId') id: string, @Body() body: CreateDirectoryTokenDto, @CurrentUser() { userId }: UserPrincipal): Promise<DirectoryTokenSecretDto> {
    return this.directories.createDirectoryToken(userId, id, body);
  }

  @Delete(':directoryId/tokens/:tokenId')
  @RequirePermission('security:write')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke a token of a directory', description: 'The token stops working immediately and cannot be restored.' })
  @ApiNoContentResponse()
  async revokeDirectoryToken(@IdParam('directoryId') id: string, @IdParam('tokenId') tokenId: string): Promise<void> {
    await this.directories.revokeDirectoryToken(id, tokenId);
  }

  @Get(':directoryId/users')
  @RequirePermission('security:read')
  @ApiOperation({ summary: 'List the users of a directory', description: 'Returns the users that the directory has sent, and for those who are not members the reason.' })
  @ApiOkResponse({ type: DirectoryUserPageDto })
  listDirectoryUsers(@IdParam('directoryId') id: string, @Query() query: ListDirectoryUsersQuery): Promise<DirectoryUserPageDto> {
    return this.directories.listDirectoryUsers(id, query);
  }

  @Post(':directoryId/users/:directoryUserId/retry')
  @RequirePermission('security:write')
  @RequireFeature('directory_sync')
  @HttpCode(200)
  @WithoutIdempotencyKey('A repetition finds a member, and changes nothing.')
  @ApiOperation({
    summary: 'Try again to provision a user of a directory',
    description: 'Makes an active user a member who is not one, after you have removed the reason. If there is still one, the response names it.',
  })
  @ApiOkResponse({ type: DirectoryUserDto })
  retryDirectoryUser(@IdParam('directoryId') id: string, @IdParam('directoryUserId') directoryUserId: string): Promise<DirectoryUserDto> {
    return this.directories.retryDirectoryUser(id, directoryUserId);
  }
}
