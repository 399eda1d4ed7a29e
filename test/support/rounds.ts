/** Returns how often a test of chance repeats: few times in `npm test`, many times in `npm run test:long` (jest.config.mjs). */
export const rounds = (few: number, many: number): number => ((globalThis as { longRun?: boolean }).longRun === true ? many : few);
