import config, { long } from './jest.config.mjs';

/** What takes minutes: `npm run test:long`. */
export default { ...config, testMatch: long.map((path) => `<rootDir>/${path}`), testPathIgnorePatterns: ['/node_modules/'] };
