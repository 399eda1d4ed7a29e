import { it } from '@jest/globals';

const run = globalThis as { longRun?: boolean; inBothRuns?: boolean };
const long = run.longRun === true;

/** Returns how often a test of chance repeats: few times in `npm test`, many times in `npm run test:long` (jest.config.mjs). */
export const rounds = (few: number, many: number): number => (long ? many : few);

/** The seed of random histories: `npm test` has the same ones each time, the long run has others, and a failure prints the seed. SEED sets it. */
export const seed = process.env['SEED'] === undefined ? rounds(20270401, Date.now() % 1_000_000_000) : Number(process.env['SEED']);

/** Returns the first cases of a table in `npm test`, all of them in `npm run test:long`. */
export const some = <Case>(cases: readonly Case[], few: number): readonly Case[] => cases.slice(0, rounds(few, cases.length));

const addTest = it;

/** Adds tests that the long run keeps (native/environment.mjs). */
function keep(add: () => void): void {
  run.inBothRuns = true;
  add();
  run.inBothRuns = false;
}

/** `it` in `npm run test:long`; nothing in `npm test`. */
export const itInLongRun = (title: string, test: () => Promise<void>, timeout?: number): void => (long ? keep(() => addTest(title, test, timeout)) : undefined);

/**
 * `it` for a test that does more in the long run, by {@link rounds} or {@link some}. The other tests of a file in `test/http`
 * and `test/inside` run in `npm test` only.
 */
export const itInBothRuns = Object.assign((...test: Parameters<typeof it>) => keep(() => addTest(...test)), {
  each:
    <Case>(cases: readonly Case[]) =>
    (title: string, test: (given: Case) => Promise<void>, timeout?: number): void =>
      keep(() => addTest.each(cases)(title, test, timeout)),
});
