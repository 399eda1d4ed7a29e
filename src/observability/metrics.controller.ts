import { Controller, Get, Header, Headers } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Public } from '../access/access.decorators.js';
import { MetricsService } from './metrics.service.js';

const textFormat = 'text/plain; version=0.0.4; charset=utf-8';

@ApiTags('operations')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: MetricsService) {}

  /** Not a user's: the scraper shows METRICS_TOKEN instead. */
  @Get()
  @Public()
  @Header('content-type', textFormat)
  @ApiOperation({ summary: 'Metrics for Prometheus; with METRICS_TOKEN as the bearer token' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ type: String })
  getMetrics(@Headers('authorization') authorization?: string): Promise<string> {
    return this.metrics.show(authorization);
  }
}
