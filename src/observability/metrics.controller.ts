import { Controller, Get, Header, Headers } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { AlwaysServed, Public } from '../access/access.decorators.js';
import { MetricsService } from './metrics.service.js';

const textFormat = 'text/plain; version=0.0.4; charset=utf-8';

@ApiTags('operations')
@Controller('metrics')
@AlwaysServed()
export class MetricsController {
  constructor(private readonly metrics: MetricsService) {}

  /** Public, because a scraper has no user: it sends METRICS_TOKEN instead. */
  @Get()
  @Public()
  @ApiBearerAuth('metricsToken')
  @Header('content-type', textFormat)
  @ApiOperation({
    summary: 'Retrieve the metrics in Prometheus format',
    description: 'Send METRICS_TOKEN as a bearer token. If METRICS_TOKEN is not set, the route returns 404 in production.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({ type: String })
  getMetrics(@Headers('authorization') authorization?: string): Promise<string> {
    return this.metrics.show(authorization);
  }
}
