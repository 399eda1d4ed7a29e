import { afterEach, expect, it } from '@jest/globals';
import { followDatabase, MachineClock, machineTime, SystemClock } from './clock.js';

const day = 24 * 3_600_000;
const follow = (ahead: number): void => followDatabase({ difference: machineTime() - performance.now() + ahead, readAgain: () => undefined });
afterEach(() => follow(0));

it('the clock of the machine does not follow that of the database, as the clock of the system does', () => {
  follow(40 * day);
  expect(new SystemClock().now().getTime() - machineTime()).toBeGreaterThan(39 * day);
  expect(Math.abs(new MachineClock().now().getTime() - machineTime())).toBeLessThan(1000);
});
