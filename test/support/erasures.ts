import type { JobResult } from '../../src/jobs/scheduled-job.decorator.js';
import { eventually } from './eventually.js';
import type { TestControl } from './http.js';

/** The erasures that one run of the job completes. */
const batch = 10;

/**
 * Returns a function that completes the erasures that wait, those of other spec files in the same database, too: they can be more than one run completes,
 * and another file can be running the job.
 */
export function erasureCompletion(control: () => TestControl): () => Promise<JobResult> {
  const run = (): Promise<JobResult> => control().runJob('complete-erasures', new Date());
  return () => eventually(run, ({ completed }) => Number(completed) < batch);
}
