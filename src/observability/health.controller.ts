import { Controller, Get, HttpCode } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Public } from '../access/access.decorators.js';
import { HealthService } from './health.service.js';

class HealthDto {
  @ApiProperty({ enum: ['ok'] })
  status!: 'ok';
}

@ApiTags('operations')
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** The process runs. Restart it when this does not answer. */
  @Get('live')
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'The process runs' })
  @ApiOkResponse({ type: HealthDto })
  checkLiveness(): HealthDto {
    return { status: 'ok' };
  }

  /** The process can serve. Send it no requests while this answers 503. */
  @Get('ready')
  @Public()
  @ApiOperation({ summary: 'The process can serve: its database answers, and it is not shutting down' })
  @ApiOkResponse({ type: HealthDto })
  async checkReadiness(): Promise<HealthDto> {
    await this.health.assertReady();
    return { status: 'ok' };
  }
}
