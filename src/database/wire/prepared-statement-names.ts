import pg from 'pg';
import type { Statement } from './pg-internals.js';

/** The most statements that get a name. An application has fewer; lists of varying length create new ones without end. */
const maxNamed = 500;
const maxNamedLength = 10_000;
/** PostgreSQL's name of the statement that the next unnamed one replaces. */
const unnamed = '';

/**
 * Returns a function that names statements, so that each connection parses and plans a statement once. This pays above
 * all for the policies of row security, which cost more to plan than to check. Statements beyond the first few hundred
 * get no name.
 *
 * @param prefix of the names; different for functions whose statements share connections
 */
export function statementNames(prefix = 'tenantry'): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= maxNamed || sql.length > maxNamedLength) return unnamed;
    const name = `${prefix}_${names.size + 1}`;
    names.set(sql, name);
    return name;
  };
}

/** The server no longer knows the statement, already knows it, or a migration changed its result. */
const staleCodes = new Set(['26000', '42P05', '0A000']);

/** Whether the error means that a connection's prepared statements are out of date. The connection must be closed. */
export function isStaleStatement(error: unknown): boolean {
  return error instanceof pg.DatabaseError && staleCodes.has(error.code ?? '');
}

/**
 * Sends a statement, and again without its name when its prepared form is out of date: the server has done nothing, and each connection can have
 * the old form.
 */
export const sendCurrent = (statement: Statement, send: (statement: Statement) => Promise<pg.QueryResult>): Promise<pg.QueryResult> =>
  send(statement).then(undefined, (error: unknown) => {
    if (statement.name === undefined || !isStaleStatement(error)) throw error;
    return send({ ...statement, name: undefined });
  });
