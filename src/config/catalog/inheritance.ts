interface Inheriting {
  readonly inherits?: string;
}

/** Returns an entry and those it inherits from, nearest first; undefined when the inheritance is circular. */
export function chainOf<Entry extends Inheriting>(entries: Readonly<Record<string, Entry>>, key: string): Entry[] | undefined {
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

/** Returns the known permissions that match `*`, `<resource>:*` or a permission. */
export function permissionsMatching(wanted: string, known: readonly string[]): string[] {
  if (wanted === '*') return [...known];
  if (wanted.endsWith(':*')) return known.filter((permission) => permission.startsWith(wanted.slice(0, -1)));
  return known.filter((permission) => permission === wanted);
}
