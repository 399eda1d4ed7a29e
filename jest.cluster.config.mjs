import config from './jest.config.mjs';

/** What several processes on one database do together: `npm run test:cluster`. */
export default { ...config, testMatch: ['<rootDir>/test/cluster/**/*.spec.ts'], testPathIgnorePatterns: ['/node_modules/'] };
