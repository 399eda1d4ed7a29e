/** A problem in a catalog, with its place. */
export interface CatalogProblem {
  /** The keys from the top of the file to the place. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** How to correct it. */
  readonly hint: string;
  /** Whether the place is the key rather than its value. */
  readonly atKey?: boolean;
}

/** A {@link CatalogProblem} with its place in the file. */
export interface LocatedProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint: string;
}

/** Thrown when a catalog is invalid. The message has file, line, column and a hint for each problem. */
export class CatalogError extends Error {
  override readonly name = 'CatalogError';

  constructor(
    readonly file: string,
    readonly problems: readonly LocatedProblem[],
  ) {
    const lines = problems.map(({ line, column, message, hint }) => `  ${file}:${line}:${column}: ${message}\n      hint: ${hint}`);
    super(`The catalog is invalid:\n${lines.join('\n')}`);
  }
}

/** The number of single-character edits between two words (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Suggests the known word that is nearest to a mistyped one, or lists the known words. */
export function suggest(word: string, known: Iterable<string>): string {
  const words = [...known];
  const [nearest] = words.map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase()) })).sort((a, b) => a.edits - b.edits);
  if (nearest !== undefined && nearest.edits <= Math.min(Math.max(2, word.length / 3), nearest.candidate.length / 2)) return `did you mean "${nearest.candidate}"?`;
  return words.length === 0 ? 'none is defined.' : `use one of: ${words.slice(0, 30).join(', ')}.`;
}
