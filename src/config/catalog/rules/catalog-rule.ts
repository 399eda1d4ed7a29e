import type { CatalogProblem } from '../catalog-problem.js';
import type { CatalogSource } from '../catalog-source.js';

/** A rule for a catalog that is valid against the JSON Schema. Returns the places that break it. */
export type Rule = (source: CatalogSource) => CatalogProblem[];

/** Whether a map has a key of its own. Unlike `map[key]`, it ignores inherited keys such as `constructor`. */
export const has = (map: object | undefined, key: string): boolean => map !== undefined && Object.hasOwn(map, key);
export const keysOf = (map: Readonly<Record<string, unknown>> | undefined): string[] => Object.keys(map ?? {});
