import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { DeleteExpiredRowsJob } from './delete-expired-rows.job.js';
import { JobCatchUpService } from './job-catch-up.service.js';
import { JobOverviewService } from './job-overview.service.js';
import { JobRegistryService } from './job-registry.service.js';
import { JobRunsService } from './job-runs.service.js';
import { JobScheduleService } from './job-schedule.service.js';
import { ManualJobRunsService } from './manual-job-runs.service.js';
import { PurgeJobRunsJob } from './purge-job-runs.job.js';
import { QueueOverviewService } from './queue-overview.service.js';
import { QueueService } from './queue.service.js';
import { RetentionPreviewService } from './retention-preview.service.js';

/** Scheduled jobs and the queue. */
@Global()
@Module({
  imports: [ScheduleModule.forRoot(), DiscoveryModule],
  providers: [
    DeleteExpiredRowsJob,
    JobCatchUpService,
    JobOverviewService,
    JobRegistryService,
    JobRunsService,
    JobScheduleService,
    ManualJobRunsService,
    PurgeJobRunsJob,
    QueueOverviewService,
    QueueService,
    RetentionPreviewService,
  ],
  exports: [JobCatchUpService, JobOverviewService, JobRegistryService, JobRunsService, ManualJobRunsService, QueueOverviewService, QueueService, RetentionPreviewService],
})
export class JobsModule {}
