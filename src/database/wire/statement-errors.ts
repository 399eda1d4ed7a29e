import pg from 'pg';

/** The meaning of an error for its statement and for the connection. */
interface Meaning {
  readonly kind: string;
  /** Whether the server ends the session with it. */
  readonly ends?: true;
}

/** The kinds of errors, by SQLSTATE of PostgreSQL or code of Node.js, or else by the class of the SQLSTATE: its first two characters. */
const meanings = {
  40001: { kind: 'conflict' },
  '40P01': { kind: 'deadlock' },
  '55P03': { kind: 'lock_timeout' },
  57014: { kind: 'statement_timeout' },
  53100: { kind: 'disk_full' },
  53200: { kind: 'out_of_memory' },
  53300: { kind: 'too_many_connections', ends: true },
  58030: { kind: 'io_error' },
  25006: { kind: 'read_only' },
  '25P03': { kind: 'other', ends: true }, // idle_in_transaction_session_timeout
  '25P04': { kind: 'other', ends: true }, // transaction_timeout
  '57P01': { kind: 'connection_lost', ends: true },
  '57P02': { kind: 'connection_lost', ends: true },
  '57P03': { kind: 'no_connection', ends: true },
  '57P04': { kind: 'other', ends: true }, // database_dropped
  '57P05': { kind: 'connection_lost', ends: true },
  '08P01': { kind: 'no_connection', ends: true }, // of PgBouncer, for example when no connection of its own is free
  '08': { kind: 'connection_lost', ends: true },
  23: { kind: 'constraint' },
  28: { kind: 'other', ends: true },
  ECONNRESET: { kind: 'connection_lost' },
  EPIPE: { kind: 'connection_lost' },
  ETIMEDOUT: { kind: 'no_answer' },
  ECONNREFUSED: { kind: 'no_connection' },
  EHOSTUNREACH: { kind: 'no_connection' },
  ENETUNREACH: { kind: 'no_connection' },
  ENOTFOUND: { kind: 'no_connection' },
  EAI_AGAIN: { kind: 'no_connection' },
  POOL_BUSY: { kind: 'no_connection' },
} as const satisfies Readonly<Record<string, Meaning>>;

export type ErrorKind = (typeof meanings)[keyof typeof meanings]['kind'];

/** `constraint` and `other` are those that the application causes and answers: a violated constraint, a request that lost its authority. */
export const errorKinds: readonly ErrorKind[] = [...new Set(Object.values(meanings).map(({ kind }) => kind))];

/** The errors with which pg refuses to send a statement: its connection is closed. */
const unsent = /not queryable$/;

/** Errors of pg and pg-pool without a code. */
const messages = [
  [/^(?:timeout exceeded when trying to connect|timeout expired|Connection terminated due to connection timeout)$/, { kind: 'no_connection' }],
  [/^Connection terminated\b/, { kind: 'connection_lost' }],
  [unsent, { kind: 'connection_lost' }],
] as const satisfies readonly (readonly [RegExp, Meaning])[];

const isMeant = (code: string): code is keyof typeof meanings & string => Object.hasOwn(meanings, code);

function meaningOf(error: unknown): Meaning & { readonly kind: ErrorKind } {
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string };
  const key = [code, code.slice(0, 2)].find(isMeant);
  return (key === undefined ? messages.find(([pattern]) => pattern.test(message))?.[1] : meanings[key]) ?? { kind: 'other' };
}

/** Why a statement failed, or got no connection. */
export const errorKindOf = (error: unknown): ErrorKind => meaningOf(error).kind;

/** Whether the connection was lost. Its statement may have been executed. */
export const isLost = (error: unknown): boolean => errorKindOf(error) === 'connection_lost';

/** Whether the statement was not sent, because its connection had been closed. */
export const isUnsent = (error: unknown): boolean => error instanceof Error && unsent.test(error.message);

/** Whether the work has waited for a server or a network that is gone. */
export const isGone = (error: unknown): boolean => error !== undefined && (isLost(error) || errorKindOf(error) === 'no_answer');

/** Whether the server has rolled back the statement, which was a transaction of its own: a deadlock, or a conflict. */
export const isRolledBack = (error: unknown): boolean => ['conflict', 'deadlock'].includes(errorKindOf(error));

/** Whether a write was refused because the server is read-only: a standby, or a primary that was demoted. Its connections must be closed, because another server may be the primary. */
export const isReadOnly = (error: unknown): boolean => errorKindOf(error) === 'read_only';

/**
 * Whether the server ends the session with the error: it shuts down, or the session exceeded a limit. By the code, since the severity is written in the
 * language of the server (`lc_messages`).
 */
export const endsSession = (error: pg.DatabaseError): boolean => meaningOf(error).ends === true || error.severity === 'FATAL' || error.severity === 'PANIC';

/** The server no longer knows the statement, already knows it, or a migration changed its result. */
const staleCodes = new Set(['26000', '42P05', '0A000']);

/** Whether the error means that a connection's prepared statements are out of date. The connection must be closed. */
export const isStaleStatement = (error: unknown): boolean => error instanceof pg.DatabaseError && staleCodes.has(error.code ?? '');

/** Whether the connection can be used again: after an error that the server reports it can, but pg's own pool would close it. */
export const isRecoverable = (error: unknown): boolean => error instanceof pg.DatabaseError && !endsSession(error) && !isStaleStatement(error) && !isReadOnly(error);
