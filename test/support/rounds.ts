import { it } from '@jest/globals';

const long = (globalThis as { longRun?: boolean }).longRun === true;

/** Returns how often a test of chance repeats: few times in `npm test`, many times in `npm run test:long` (jest.config.mjs). */
export const rounds = (few: number, many: number): number => (long ? many : few);

/** Returns the first cases of a table in `npm test`, all of them in `npm run test:long`. */
export const some = <Case>(cases: readonly Case[], few: number): readonly Case[] => cases.slice(0, rounds(few, cases.length));

/** `it` in `npm run test:long`; nothing in `npm test`. */
export const itInLongRun: (title: string, test: () => Promise<void>) => void = long ? it : () => undefined;
