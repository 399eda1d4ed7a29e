import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { PlatformAdminOnly } from '../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../access/principal/principal.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import { CreateServiceKeyDto, ListServiceKeysQuery, RotateServiceKeyDto, ServiceKeyDto, ServiceKeyPageDto, ServiceKeySecretDto, UpdateServiceKeyDto } from './service-keys.dto.js';
import { ServiceKeysService } from './service-keys.service.js';

@ApiTags('platform')
@Controller('platform/service-keys')
@PlatformAdminOnly()
export class ServiceKeysController {
  constructor(private readonly keys: ServiceKeysService) {}

  @Get()
  @ApiOperation({ summary: 'List service keys', description: 'Returns the service keys of the installation without their secrets, newest first.' })
  @ApiOkResponse({ type: ServiceKeyPageDto })
  listServiceKeys(@Query() query: ListServiceKeysQuery): Promise<ServiceKeyPageDto> {
    return this.keys.listServiceKeys(query);
  }

  @Post()
  @ApiOperation({
    summary: 'Create a service key',
    description:
      'For the backend of a product in another process. The key works in every organization, within its scopes. Only this response contains the secret; a repetition with the same Idempotency-Key gets it again.',
  })
  @ApiCreatedResponse({ type: ServiceKeySecretDto })
  async createServiceKey(
    @Body() body: CreateServiceKeyDto,
    @CurrentUser() { userId }: UserPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ServiceKeySecretDto> {
    const key = await this.keys.createServiceKey(userId, body);
    reply.header('location', `/api/v1/platform/service-keys/${key.id}`);
    return key;
  }

  @Get(':serviceKeyId')
  @ApiOperation({ summary: 'Retrieve a service key', description: 'Returns a service key without its secret.' })
  @ApiOkResponse({ type: ServiceKeyDto })
  getServiceKey(@IdParam('serviceKeyId') id: string): Promise<ServiceKeyDto> {
    return this.keys.getServiceKey(id);
  }

  @Patch(':serviceKeyId')
  @ApiOperation({
    summary: 'Update a service key',
    description: 'The body is a JSON merge patch; `scopes` and `allowedIps` replace the lists. The change takes effect with the next request.',
  })
  @ApiOkResponse({ type: ServiceKeyDto })
  updateServiceKey(@IdParam('serviceKeyId') id: string, @Body() body: UpdateServiceKeyDto): Promise<ServiceKeyDto> {
    return this.keys.updateServiceKey(id, body);
  }

  @Delete(':serviceKeyId')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Revoke a service key',
    description: 'The key, with its previous secret, stops working immediately and cannot be restored. Writes that it has begun end before the answer.',
  })
  @ApiNoContentResponse()
  async revokeServiceKey(@IdParam('serviceKeyId') id: string): Promise<void> {
    await this.keys.revokeServiceKey(id);
  }

  @Post(':serviceKeyId/rotate')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Rotate the secret of a service key',
    description:
      'Gives the key a new secret, which only this response contains. The present secret works for `overlapSeconds` more; one that an earlier rotation has left stops working immediately.',
  })
  @ApiOkResponse({ type: ServiceKeySecretDto })
  rotateServiceKey(@IdParam('serviceKeyId') id: string, @Body() body: RotateServiceKeyDto): Promise<ServiceKeySecretDto> {
    return this.keys.rotateServiceKey(id, body);
  }
}
