import type { Resource } from '../../config/resource.js';

export const projects: Resource = {
  tag: { name: 'projects', description: 'The example resource: projects with tasks.' },
  permissions: {
    'projects:read': 'View projects and tasks',
    'projects:write': 'Create, update and delete projects and tasks',
  },
  module: async () => (await import('./projects.module.js')).ProjectsModule,
};
