/** A filter for texts that contain what a user typed, whatever its case; `%` and `_` stand for themselves. */
export function containsText(typed: string): { readonly contains: string; readonly mode: 'insensitive' } {
  return { contains: typed.replace(/[\\%_]/g, String.raw`\$&`), mode: 'insensitive' };
}
