import type pg from 'pg';
import { assertUtcSession } from '../utc-client.js';
import { withConnection } from './with-connection.js';

/**
 * Settings that a role can make permanent for itself and that would stop a connection before it can set others. They are part of the
 * connection's start, where they take precedence over those of the role.
 */
const atStart = [
  'role=none',
  'local_preload_libraries=',
  'statement_timeout=0',
  'lock_timeout=0',
  'idle_in_transaction_session_timeout=0',
  'idle_session_timeout=0',
  'exit_on_error=off',
];

/** PostgreSQL 17 or later knows it; older servers refuse a connection that names it. */
const atStartLater = 'transaction_timeout=0';

/** The same inside the transaction: PgBouncer in transaction mode refuses settings at the start of a connection. */
const inTransaction =
  `begin isolation level read committed read write; set local role none; set local statement_timeout = 0; set local lock_timeout = 0; ` +
  `set local idle_in_transaction_session_timeout = 0; set local search_path = "$user", public`;

/** The defaults of the server program for what the role or its database has set otherwise. */
const useDefaults = `select set_config(name, coalesce(boot_val, ''), true) from pg_catalog.pg_settings where source in ('user', 'database user') and context = 'user' and name not in ('role', 'search_path')`;

const protocolViolation = '08P01';
const canceled = '57014';
const transactionTimeout = '25P04';
/** A statement timeout of the role can cancel the statement that lifts it. */
const attempts = 50;

/**
 * Runs `work` in a transaction as the role that logs in, without its permanent settings. Every role can set its own, so SQL that reached a
 * role once must not decide what later connections do.
 *
 * @throws {DatabaseSetUpError} when it cannot connect
 */
export async function withDefaultSettings<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const run = (target: string): Promise<Result> => withConnection(target, (client) => inOwnTransaction(client, work));
  try {
    return await run(withOptions(url, atStart));
  } catch (error) {
    if (isEndedByTimeout(error)) return run(withOptions(url, [...atStart, atStartLater]));
    if (codeOf((error as Error).cause) === protocolViolation) return run(url);
    throw error;
  }
}

async function inOwnTransaction<Result>(client: pg.Client, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  let lost: Error | undefined;
  client.on('error', (error) => (lost ??= error));
  try {
    await begin(client, attempts);
    await assertUtcSession(client);
    await client.query(useDefaults);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    const reason = lost ?? error; // the server can end the connection between two statements
    await client.query('rollback').catch(() => undefined);
    throw reason;
  }
}

async function begin(client: pg.Client, left: number): Promise<void> {
  try {
    await client.query(inTransaction);
  } catch (error) {
    if (codeOf(error) !== canceled || left === 0) throw error;
    await client.query('rollback').catch(() => undefined);
    await begin(client, left - 1);
  }
}

/** Adds to the options that the address has already, because those of the address replace those of the client. */
function withOptions(url: string, settings: readonly string[]): string {
  const target = new URL(url);
  const options = [target.searchParams.get('options') ?? '', ...settings.map((setting) => `-c ${setting}`)];
  target.searchParams.set('options', options.join(' ').trim());
  return target.href;
}

/** The server can end the session between two statements: the next one then fails with an error of pg that has no code. */
const isEndedByTimeout = (error: unknown): boolean =>
  codeOf(error) === transactionTimeout || (codeOf(error) === undefined && /not queryable|terminated unexpectedly/.test((error as Error).message));

const codeOf = (error: unknown): string | undefined => (error as { code?: string } | undefined)?.code;
