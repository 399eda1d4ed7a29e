import pg from 'pg';

/** More distinct statements than an application has on purpose; lists of other lengths make ever new ones. */
const mostNamed = 500;
const longestNamed = 10_000;
/** PostgreSQL's name of the statement that is forgotten at the next one. */
const unnamed = '';

/**
 * Names statements, so that each connection parses and plans them once: above all the policies of row security, which
 * cost more to plan than to check. What comes after the first few hundred statements goes without a name.
 */
export function statementNames(): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= mostNamed || sql.length > longestNamed) return unnamed;
    const name = `tenantry_${names.size + 1}`;
    names.set(sql, name);
    return name;
  };
}

/** A statement that the server does not know any more, knows already, or whose result a migration has changed. */
const staleCodes = new Set(['26000', '42P05', '0A000']);

/** Whether a connection's prepared statements cannot be relied on any more: it is to be closed. */
export function isStaleStatement(error: unknown): boolean {
  return error instanceof pg.DatabaseError && staleCodes.has(error.code ?? '');
}
