import * as declared from '../../resources.js';
import type { Resource } from '../resource.js';
import { builtInPermissions } from './built-in-permissions.js';

/** The resources that the application has, in the order of their names. */
export const resources: readonly Resource[] = Object.values<Resource>(declared);

/** The permissions of the resources, with their descriptions. A catalog can grant them without defining them. */
export const resourcePermissions: Readonly<Record<string, string>> = Object.assign({}, ...resources.map(({ permissions }) => permissions)) as Record<string, string>;

/** The permissions that the code declares: every catalog has them. */
export const declaredPermissions: readonly string[] = [...Object.keys(builtInPermissions), ...Object.keys(resourcePermissions)];
