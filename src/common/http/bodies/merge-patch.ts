import { isJsonObject } from './json.js';

type Json = unknown;

/** Returns the target with a JSON merge patch (RFC 7396) applied. Changes neither argument. */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  // A map, because assigning to an object's `__proto__` would change what it inherits.
  const result = new Map(isJsonObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, mergePatch(result.get(key), value));
  }
  return Object.fromEntries(result);
}
