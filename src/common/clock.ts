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
 * Returns the system's time, which tests cannot set. Only sessions and access tokens use it: the JWT library checks the
 * expiry of a token against the system's time.
 */
@Injectable()
export class SystemClock {
  now(): Date {
    return new Date();
  }
}
