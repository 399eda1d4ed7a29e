import type { JobOutcome } from '../../src/jobs/job-runs.service.js';
import { eventually } from './eventually.js';
import type { TestControl } from './http.js';

/** The erasures that one run of the job completes. */
const batch = 10;

/**
 * Returns a function that completes the erasures that wait, those of other spec files in the same database, too: they can be more than one run completes,
 * and another file can be running the job. Each run is as if a minute had passed.
 *
 * @param minutes from now, after which the first run is: each file has its own
 */
export function erasureCompletion(control: () => TestControl, minutes: number): () => Promise<JobOutcome> {
  let after = minutes;
  const run = (): Promise<JobOutcome> => control().runJob('complete-erasures', new Date(Date.now() + 60_000 * ++after));
  return () => eventually(run, (done) => done.outcome === 'failed' || (done.outcome === 'done' && Number(done.result['completed']) < batch));
}
