// The resources of the product. A line here is all that the folder of a resource needs elsewhere in the code.
export { projects } from './modules/projects/projects.resource.js';
