import { Body, Controller, Delete, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { PlatformAdminOnly } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { MalformedRequestError } from '../../../common/errors/app-error.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { PlatformAdminsService } from './platform-admins.service.js';
import { AddOperatorDto, OperatorDto, OperatorListDto, toOperatorDto } from './platform.dto.js';

@ApiTags('platform')
@Controller('platform/admins')
@PlatformAdminOnly()
export class PlatformAdminsController {
  constructor(private readonly admins: PlatformAdminsService) {}

  @Get()
  @ApiOperation({ summary: 'List operators', description: 'Returns all operators, in the order in which they became one.' })
  @ApiOkResponse({ type: OperatorListDto })
  async listOperators(): Promise<OperatorListDto> {
    return { data: (await this.admins.listOperators()).map(toOperatorDto), nextCursor: null };
  }

  @Post()
  @ApiOperation({ summary: 'Add an operator', description: 'The user is named by `email` or by `userId`. They must be enabled and have a verified email address.' })
  @ApiCreatedResponse({ type: OperatorDto, headers: { Location: { description: 'The path of the user', schema: { type: 'string' } } } })
  async addOperator(@Body() wanted: AddOperatorDto, @Res({ passthrough: true }) reply: FastifyReply): Promise<OperatorDto> {
    const operator = await this.admins.addOperator(oneOf(wanted));
    reply.header('location', `/api/v1/platform/users/${operator.userId}`);
    return toOperatorDto(operator);
  }

  @Delete(':userId')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Remove an operator',
    description: 'You can also remove your own right. The last operator who is not disabled cannot be removed. Impersonations by the operator end.',
  })
  @ApiNoContentResponse()
  async removeOperator(@IdParam('userId') userId: string, @CurrentUser() actor: UserPrincipal): Promise<void> {
    await this.admins.removeOperator(userId, actor);
  }
}

function oneOf({ email, userId }: AddOperatorDto): { email: string } | { userId: string } {
  if (email !== undefined && userId === undefined) return { email };
  if (userId !== undefined && email === undefined) return { userId };
  throw new MalformedRequestError('Name the user by `email` or by `userId`: one of them.', [{ pointer: '/email', code: 'one_of', message: 'or userId is required, not both' }]);
}
