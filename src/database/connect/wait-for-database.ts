import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient } from '../../common/errors/transient-error.js';
import { withConnection } from './with-connection.js';

/** Milliseconds between two attempts, and between two reports. */
const [attemptEvery, reportEvery] = [1000, 10_000];

/**
 * Waits until a database accepts connections: it may start at the same time as this process. An error that time does not cure, such as a wrong password, is
 * thrown at once.
 *
 * @param patience milliseconds after which the error is thrown
 * @param report receives the reason while it waits
 * @throws {DatabaseSetUpError}
 */
export async function waitForDatabase(urls: readonly string[], patience: number, report: (reason: string) => void): Promise<void> {
  const deadline = performance.now() + patience;
  let reported = Number.NEGATIVE_INFINITY;
  const isReached = async (url: string): Promise<boolean> => {
    try {
      await withConnection(url, () => Promise.resolve());
      return true;
    } catch (error) {
      if (!isTransient(error) || performance.now() > deadline) throw error;
      if (performance.now() - reported > reportEvery) {
        reported = performance.now();
        report((error as Error).message);
      }
      return false;
    }
  };
  for (const url of new Set(urls)) while (!(await isReached(url))) await sleep(attemptEvery);
}
