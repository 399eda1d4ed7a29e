import type { INestApplication } from '@nestjs/common';
import { JobScheduleService } from '../../src/jobs/job-schedule.service.js';
import { DeliverWebhooksWorker } from '../../src/modules/webhooks/sending/deliver-webhooks.worker.js';

/**
 * Leaves the jobs of a server to its tests, which run them for the times of their choice, unless its settings name
 * JOBS_ENABLED. Otherwise each server runs all jobs that are due when it starts, and the tests race with them. It sends nothing to webhooks either: their
 * addresses in the examples of the contract are those of others.
 */
export function leaveJobsToTests(app: INestApplication, env: Readonly<Record<string, string>>): void {
  if (env['JOBS_ENABLED'] !== undefined) return;
  for (const part of [app.get(JobScheduleService), app.get(DeliverWebhooksWorker)]) part.onApplicationBootstrap = () => undefined;
}
