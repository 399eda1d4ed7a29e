import { Clock } from '../../src/common/clock.js';

/** The machine's clock until it is set; then it does not advance. */
export class SetClock extends Clock {
  constructor(public time?: Date) {
    super();
  }

  override now(): Date {
    return this.time === undefined ? new Date() : new Date(this.time);
  }
}
