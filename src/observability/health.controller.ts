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

  @Get('live')
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Check whether the process runs', description: 'Restart the process when this does not answer.' })
  @ApiOkResponse({ type: HealthDto })
  checkLiveness(): HealthDto {
    return { status: 'ok' };
  }

  @Get('ready')
  @Public()
  @ApiOperation({
    summary: 'Check whether the process can serve requests',
    description: 'Answers 503 while the database does not answer or the process shuts down. Send the process no requests then.',
  })
  @ApiOkResponse({ type: HealthDto })
  async checkReadiness(): Promise<HealthDto> {
    await this.health.assertReady();
    return { status: 'ok' };
  }
}
