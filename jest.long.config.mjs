import { run, slowProjects } from './jest.config.mjs';

/** @type {import('jest').Config} */
export default { ...run, projects: slowProjects };
