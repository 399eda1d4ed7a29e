import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AllowedWhileImpersonating, Authenticated } from '../../access/access.decorators.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { PermissionListDto, toPermissionDto } from './roles.dto.js';

@ApiTags('roles')
@Controller('permissions')
export class PermissionsController {
  constructor(private readonly catalog: Catalog) {}

  @Get()
  @Authenticated({ unproved: true })
  @AllowedWhileImpersonating('read')
  @ApiOperation({
    summary: 'List all permissions',
    description:
      'Returns the permissions that the catalog of the installation defines. They are the same in every organization. `grantableToKeys` says which ones an API key can have.',
  })
  @ApiOkResponse({ type: PermissionListDto })
  listPermissions(): PermissionListDto {
    return { data: [...this.catalog.permissions.values()].map(toPermissionDto), nextCursor: null };
  }
}
