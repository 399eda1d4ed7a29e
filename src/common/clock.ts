import { Injectable } from '@nestjs/common';

/** Tells the time. What depends on it asks this one, and not the database's, so that tests can set it. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }
}
