import { AppError } from '../errors/app-error.js';

/** Milliseconds after which a storage counts as one that does not answer. */
const patience = 10_000;

/** Thrown when a request needs the storage, and that has failed or does not answer. */
export class StorageUnavailableError extends AppError {
  constructor(reason: unknown) {
    super('unavailable', 'storage_unavailable', 'The storage of files does not answer, or refuses the access. Try again later. The log of the server contains the reason.', {
      retryAfter: 30,
    });
    this.cause = reason;
  }
}

/** Waits for a storage, but not longer than a caller would. The work continues. @throws {Error} when it takes longer */
export async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It did not answer within ${patience / 1000} seconds.`)), patience);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the answer of a storage to a request. @throws {StorageUnavailableError} if it fails or does not come in time */
export async function answerOfStorage<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await inTime(work);
  } catch (error) {
    throw new StorageUnavailableError(error);
  }
}
