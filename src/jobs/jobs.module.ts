import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { JobCatchUp } from './job-catch-up.service.js';
import { JobOverview } from './job-overview.service.js';
import { JobRegistry } from './job-registry.service.js';
import { JobRuns } from './job-runs.service.js';
import { JobSchedule } from './job-schedule.service.js';
import { ManualJobRuns } from './manual-job-runs.service.js';
import { PurgeJobRunsJob } from './purge-job-runs.job.js';
import { Queue } from './queue.service.js';

/** Scheduled work and the queue. */
@Global()
@Module({
  imports: [ScheduleModule.forRoot(), DiscoveryModule],
  providers: [JobCatchUp, JobOverview, JobRegistry, JobRuns, JobSchedule, ManualJobRuns, PurgeJobRunsJob, Queue],
  exports: [JobCatchUp, JobOverview, JobRegistry, JobRuns, ManualJobRuns, Queue],
})
export class JobsModule {}
