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

/** Milliseconds by which the machine's clock may differ from the database's. */
const tolerance = 1000;

/** The clock of the database, as this process knows it. */
export interface KnownDatabaseClock {
  /** The difference between its time and `performance.now()`, which no change of the machine's clock moves. */
  readonly difference: number;
  /** Reads it again. */
  readonly readAgain: () => void;
}

let databaseClock: KnownDatabaseClock | undefined;

/** Lets every {@link SystemClock} of this process follow the clock of the database. */
export function followDatabase(known: KnownDatabaseClock): void {
  databaseClock = known;
}

/** Returns the time of the machine in milliseconds, right or wrong. */
export const machineTime = (): number => Date.now();

/** Returns the time of the machine, right or wrong: what is signed as evidence against those who control the database must not take the time from it. */
@Injectable()
export class MachineClock {
  now(): Date {
    return new Date(machineTime());
  }
}

/**
 * Returns the time of the machine; that of the database while the machine's clock is wrong. Tests cannot set it. Sessions and access tokens use it, and so do the
 * ids and the times of rows (`createdAt`, `updatedAt`): what a replica with a wrong clock stores is neither older nor newer than it is.
 */
@Injectable()
export class SystemClock {
  now(): Date {
    const machine = machineTime();
    if (databaseClock === undefined) return new Date(machine);
    const database = performance.now() + databaseClock.difference;
    if (Math.abs(machine - database) < tolerance) return new Date(machine);
    // Either the machine's clock is wrong, or the machine was suspended, which `performance.now()` does not count.
    databaseClock.readAgain();
    return new Date(database);
  }
}
