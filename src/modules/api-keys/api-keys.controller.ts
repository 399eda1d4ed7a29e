import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequireFeature, RequirePermission } from '../../access/access.decorators.js';
import { CurrentUser, membershipOf, type UserPrincipal } from '../../access/principal/principal.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import { ApiKeyDto, ApiKeyPageDto, ApiKeySecretDto, CreateApiKeyDto, ListApiKeysQuery, RotateApiKeyDto, UpdateApiKeyDto } from './api-keys.dto.js';
import { ApiKeysService, type CallingMember } from './api-keys.service.js';

const callerOf = (user: UserPrincipal): CallingMember => ({ userId: user.userId, permissions: membershipOf(user).permissions });

/** These routes require `api_keys:own`. For keys of the organization the service also requires `api_keys:read` or `api_keys:write`. */
@ApiTags('api-keys')
@Controller('organizations/:organizationId/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Get()
  @RequirePermission('api_keys:own')
  @ApiOperation({ summary: 'List API keys', description: 'Lists all keys of the organization if you have the permission `api_keys:read`, otherwise your personal keys.' })
  @ApiOkResponse({ type: ApiKeyPageDto })
  listApiKeys(@Query() query: ListApiKeysQuery, @CurrentUser() user: UserPrincipal): Promise<ApiKeyPageDto> {
    return this.keys.listApiKeys(callerOf(user), query);
  }

  @Post()
  @RequirePermission('api_keys:own')
  @RequireFeature('api_access')
  @ApiOperation({
    summary: 'Create an API key',
    description:
      'Creates a personal key, or, with the permission `api_keys:write`, a key of the organization. The key can have only permissions that you hold yourself. Only this response contains the secret.',
  })
  @ApiCreatedResponse({ type: ApiKeySecretDto })
  async createApiKey(
    @IdParam('organizationId') organizationId: string,
    @Body() body: CreateApiKeyDto,
    @CurrentUser() user: UserPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApiKeySecretDto> {
    const key = await this.keys.createApiKey(callerOf(user), body);
    reply.header('location', `/api/v1/organizations/${organizationId}/api-keys/${key.id}`);
    return key;
  }

  @Get(':apiKeyId')
  @RequirePermission('api_keys:own')
  @ApiOperation({ summary: 'Retrieve an API key', description: 'Returns an API key without its secret. Members without `api_keys:read` see only their own keys.' })
  @ApiOkResponse({ type: ApiKeyDto })
  getApiKey(@IdParam('apiKeyId') id: string, @CurrentUser() user: UserPrincipal): Promise<ApiKeyDto> {
    return this.keys.getApiKey(callerOf(user), id);
  }

  @Patch(':apiKeyId')
  @RequirePermission('api_keys:own')
  @ApiOperation({
    summary: 'Update an API key',
    description:
      'The change takes effect with the next request. The body is a JSON merge patch. Only the member who received the secret can widen the key: rotate it first otherwise. Other members can only disable a personal key.',
  })
  @ApiOkResponse({ type: ApiKeyDto })
  updateApiKey(@IdParam('apiKeyId') id: string, @Body() body: UpdateApiKeyDto, @CurrentUser() user: UserPrincipal): Promise<ApiKeyDto> {
    return this.keys.updateApiKey(callerOf(user), id, body);
  }

  @Delete(':apiKeyId')
  @RequirePermission('api_keys:own')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke an API key', description: 'The key stops working immediately and cannot be restored.' })
  @ApiNoContentResponse()
  async revokeApiKey(@IdParam('apiKeyId') id: string, @CurrentUser() user: UserPrincipal): Promise<void> {
    await this.keys.revokeApiKey(callerOf(user), id);
  }

  @Post(':apiKeyId/rotate')
  @RequirePermission('api_keys:own')
  @RequireFeature('api_access')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Rotate the secret of an API key',
    description:
      'The previous secret works for `overlapSeconds` more. Only this response contains the new secret. You become the granter of the key. Only the owner can rotate a personal key.',
  })
  @ApiOkResponse({ type: ApiKeySecretDto })
  rotateApiKey(@IdParam('apiKeyId') id: string, @Body() body: RotateApiKeyDto, @CurrentUser() user: UserPrincipal): Promise<ApiKeySecretDto> {
    return this.keys.rotateApiKey(callerOf(user), id, body);
  }
}
