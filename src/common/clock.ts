import { Injectable } from '@nestjs/common';

/** The time. What goes by periods asks it rather than the database, so that a test can say which moment it is. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }
}
