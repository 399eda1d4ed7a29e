import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAdminOnly } from '../../access/access.decorators.js';
import { JobOverviewService } from '../../jobs/job-overview.service.js';
import { ManualJobRunsService } from '../../jobs/manual-job-runs.service.js';
import { JobListDto, ManualJobRunDto, RunJobDto, toJobDto, toManualJobRunDto } from './jobs.dto.js';

@ApiTags('tenants')
@Controller('tenants/jobs')
@PlatformAdminOnly()
export class JobsController {
  constructor(
    private readonly jobs: JobOverviewService,
    private readonly runs: ManualJobRunsService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List scheduled jobs', description: 'Returns each job with its next run and its last run.' })
  @ApiOkResponse({ type: JobListDto })
  async listJobs(): Promise<JobListDto> {
    return { data: (await this.jobs.list()).map(toJobDto), nextCursor: null };
  }

  @Post(':job/run')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Run a scheduled job now',
    description:
      'Runs a job for the latest period that is due, at once, and answers when it has ended, which can take ten minutes. Its changes are recorded as yours. The bounds of deletions apply. With `dryRun`, everything is undone, and `changes` says what the run would change.',
  })
  @ApiOkResponse({ type: ManualJobRunDto })
  async runJob(@Param('job') job: string, @Body() options: RunJobDto): Promise<ManualJobRunDto> {
    return toManualJobRunDto(await this.runs.run(job, options));
  }
}
