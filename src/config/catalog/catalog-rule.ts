import type { CatalogProblem } from './catalog-problem.js';
import type { CatalogSource } from './catalog-source.js';

/** Something that a well-shaped catalog has to keep to: finds what does not. */
export type Rule = (source: CatalogSource) => CatalogProblem[];

/** Unlike a look at `map[key]`, not taken in by the keys that every object has, such as `constructor`. */
export const has = (map: object | undefined, key: string): boolean => map !== undefined && Object.hasOwn(map, key);
export const keysOf = (map: Readonly<Record<string, unknown>> | undefined): string[] => Object.keys(map ?? {});
