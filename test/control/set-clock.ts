import { Clock, followDatabase } from '../../src/common/clock.js';

/** The clock of the machine, which is that of the database in tests, also while {@link setMachineWrong} has replaced it. */
const MachineDate = Date;

/** The machine's clock until it is set; then it does not advance. */
export class SetClock extends Clock {
  constructor(public time?: Date) {
    super();
  }

  override now(): Date {
    return new MachineDate(this.time ?? MachineDate.now());
  }
}

/** Lets the clock of the machine be wrong for this process, as on a server without time synchronization; right again with 0. */
export function setMachineWrong(milliseconds: number): void {
  const now = (): number => MachineDate.now() + milliseconds;
  globalThis.Date =
    milliseconds === 0
      ? MachineDate
      : (class extends MachineDate {
          constructor(...given: readonly unknown[]) {
            super(...((given.length === 0 ? [now()] : given) as [number]));
          }

          static override now(): number {
            return now();
          }
        } as DateConstructor);
  followDatabase({ difference: MachineDate.now() - performance.now(), readAgain: () => undefined });
}
