import { run, slowProjects } from './jest.config.mjs';

/** These tests wait for other processes for a third of their time, so that two of them at a time leave a core of two idle. @type {import('jest').Config} */
export default { ...run, maxWorkers: 3, projects: slowProjects };
