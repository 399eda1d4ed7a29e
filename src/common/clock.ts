import { Injectable } from '@nestjs/common';

/**
 * Returns the time. Rules that depend on time ask this clock, so that tests can set it. The application's is the database's,
 * which all replicas share (`DatabaseClock`). This class returns the system's.
 */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }

  /** Returns the time that its source has at this moment. Scheduled jobs use it: they destroy, charge and close by it. */
  current(): Promise<Date> {
    return Promise.resolve(this.now());
  }
}

/**
 * Returns the system's time, which tests cannot set. Sessions and access tokens use it, because the JWT library checks the
 * expiry of a token against the system's time, and so do the ids and the times of rows (`createdAt`, `updatedAt`).
 */
@Injectable()
export class SystemClock {
  now(): Date {
    return new Date();
  }
}
