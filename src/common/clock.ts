import { Injectable } from '@nestjs/common';

/**
 * Returns the time. Rules that depend on time ask this clock, so that tests can set it. Only counters that all replicas share ask the database's:
 * failed sign-ins, and the mails that a mailbox gets in an hour.
 */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
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
