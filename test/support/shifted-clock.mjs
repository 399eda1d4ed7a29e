// Shifts the clock of a process, by as many milliseconds as the file at SHIFTED_CLOCK says; which is read each time.
// Loaded before everything else: node --import ./test/support/shifted-clock.mjs
import { readFileSync } from 'node:fs';

const RealDate = Date;
const file = process.env.SHIFTED_CLOCK;
const shift = () => (file === undefined ? 0 : Number(readFileSync(file, 'utf8')));

globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [RealDate.now() + shift()] : given));
  }

  static now() {
    return RealDate.now() + shift();
  }
};

// A minute of such a process takes two seconds: what it does every minute or less often follows a jump of its clock.
const setRealInterval = globalThis.setInterval;
globalThis.setInterval = (work, delay, ...given) => setRealInterval(work, delay < 60_000 ? delay : delay / 30, ...given);
