import { Global, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { JobRuns } from './job-runs.service.js';
import { Queue } from './queue.service.js';

/** Scheduled work and the queue. */
@Global()
@Module({
  imports: [ScheduleModule.forRoot()],
  providers: [JobRuns, Queue],
  exports: [JobRuns, Queue],
})
export class JobsModule {}
