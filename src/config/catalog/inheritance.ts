interface Heir {
  readonly inherits?: string;
}

/** An entry and those that it inherits from, nearest first; undefined when that goes round in a circle. */
export function chainOf<Entry extends Heir>(entries: Readonly<Record<string, Entry>>, key: string): Entry[] | undefined {
  const seen = new Set<string>();
  const chain: Entry[] = [];
  for (let next: string | undefined = key; next !== undefined;) {
    const entry: Entry | undefined = Object.hasOwn(entries, next) ? entries[next] : undefined;
    if (seen.has(next) || entry === undefined) return entry === undefined ? chain : undefined;
    seen.add(next);
    chain.push(entry);
    next = entry.inherits;
  }
  return chain;
}

/** The known permissions that a role's entry stands for: `*`, `<resource>:*`, or one by its name. */
export function permissionsMatching(wanted: string, known: readonly string[]): string[] {
  if (wanted === '*') return [...known];
  if (wanted.endsWith(':*')) return known.filter((permission) => permission.startsWith(wanted.slice(0, -1)));
  return known.filter((permission) => permission === wanted);
}
