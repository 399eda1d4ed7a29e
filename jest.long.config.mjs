import { cluster, run } from './jest.config.mjs';

/** @type {import('jest').Config} */
export default { ...run, projects: [cluster] };
