import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAdminOnly } from '../../access/access.decorators.js';
import { JobOverviewService } from '../../jobs/job-overview.service.js';
import { JobListDto, toJobDto } from './jobs.dto.js';

@ApiTags('tenants')
@Controller('tenants/jobs')
@PlatformAdminOnly()
export class JobsController {
  constructor(private readonly jobs: JobOverviewService) {}

  @Get()
  @ApiOperation({ summary: 'List scheduled jobs', description: 'Returns each job with its next run and its last run.' })
  @ApiOkResponse({ type: JobListDto })
  async listJobs(): Promise<JobListDto> {
    return { data: (await this.jobs.list()).map(toJobDto), nextCursor: null };
  }
}
