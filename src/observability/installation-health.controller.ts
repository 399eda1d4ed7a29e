import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAdminOnly } from '../access/access.decorators.js';
import { InstallationHealthDto } from './installation-health.dto.js';
import { InstallationHealthService } from './installation-health.service.js';

@ApiTags('platform')
@Controller('platform/health')
@PlatformAdminOnly()
export class InstallationHealthController {
  constructor(private readonly health: InstallationHealthService) {}

  @Get()
  @ApiOperation({
    summary: 'Retrieve the health of the installation',
    description: 'Inspects the database, as `tenantry doctor` does: whether every table is protected, and the application role has no dangerous privileges.',
  })
  @ApiOkResponse({ type: InstallationHealthDto })
  getInstallationHealth(): Promise<InstallationHealthDto> {
    return this.health.getHealth();
  }
}
