import { createHash } from 'node:crypto';

/** The most statements that get a name. An application has fewer; lists of varying length create new ones without end. */
const maxNamed = 500;
const maxNamedLength = 10_000;
/** PostgreSQL's name of the statement that the next unnamed one replaces. */
const unnamed = '';

/**
 * Returns a function that names statements, so that each connection parses and plans a statement once. This pays above
 * all for the policies of row security, which cost more to plan than to check. Statements beyond the first few hundred
 * get no name. A name contains the hash of its statement: where processes share a session by mistake, it never stands for another statement.
 *
 * @param prefix of the names; different for functions whose statements share connections
 */
export function statementNames(prefix = 'tenantry'): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= maxNamed || sql.length > maxNamedLength) return unnamed;
    const name = `${prefix}_${createHash('sha256').update(sql).digest('base64url').slice(0, 16)}`;
    names.set(sql, name);
    return name;
  };
}
