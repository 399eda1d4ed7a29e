/** Returns a case-insensitive filter for texts that contain the search term. `%` and `_` are no wildcards. */
export function containsText(typed: string): { readonly contains: string; readonly mode: 'insensitive' } {
  return { contains: typed.replace(/[\\%_]/g, String.raw`\$&`), mode: 'insensitive' };
}
