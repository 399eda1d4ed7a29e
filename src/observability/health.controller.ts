import { Controller, Get, HttpCode } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { AlwaysServed, Public } from '../access/access.decorators.js';
import { HealthService } from './health.service.js';

class HealthDto {
  @ApiProperty({ enum: ['ok'], description: 'The server is able to answer' })
  status!: 'ok';
}

@ApiTags('operations')
@Controller('health')
@AlwaysServed()
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get('live')
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Check whether the process runs', description: 'A liveness probe. Restart the process if this route does not respond.' })
  @ApiOkResponse({ type: HealthDto })
  checkLiveness(): HealthDto {
    return { status: 'ok' };
  }

  @Get('ready')
  @Public()
  @ApiOperation({
    summary: 'Check whether the process can serve requests',
    description:
      'A readiness probe. Returns 503 while something that requests need does not work (`checks` names it), or the process is shutting down. Route no requests to the process during that time.',
  })
  @ApiOkResponse({ type: HealthDto })
  async checkReadiness(): Promise<HealthDto> {
    await this.health.assertReady();
    return { status: 'ok' };
  }
}
