import pg from 'pg';
import { answerWatch, type WatchedConnection } from './answer-watch.js';
import { DatabaseSetUpError } from './database-set-up.error.js';

/**
 * The settings of every session. Prisma's adapter writes a time as digits in UTC without an offset, and everything else
 * reads the text of times in ISO form. PgBouncer tracks both for each of its clients, also in transaction mode.
 */
const sessionSettings = { TimeZone: 'UTC', DateStyle: 'ISO, MDY' } as const;

/** Limits of a session; times are in milliseconds, 0 for none. */
export interface SessionLimits {
  readonly statement: number;
  readonly lock: number;
  readonly idleInTransaction: number;
  /** PostgreSQL 17 or later knows it. */
  readonly transaction: number;
  /** Whether its statements read by keys only. A plan that was made while a table was small would read the whole table, until the statistics of the table change. */
  readonly onlyKeys?: boolean;
}

/** The options of pg, and those of every connection of this application. */
export interface ConnectionOptions extends pg.ClientConfig {
  /** Milliseconds that the server may take to answer; 0 or undefined for no limit. Afterwards the connection is closed. */
  readonly answerTimeoutMillis?: number | undefined;
  /** Set in the session before its first statement. Only for connections whose session is not shared: PgBouncer in transaction mode would pass them on to others. */
  readonly sessionLimits?: SessionLimits | undefined;
}

type Connected = (error: Error | null | undefined, ...rest: unknown[]) => void;

/** The part of pg's client that its types lack. `test/inside/database/time-zone.spec.ts` fails when pg changes it. */
interface StartingClient {
  readonly connection: {
    readonly stream: { destroy(error?: Error): void };
    emit(event: 'error', error: Error): void;
    removeAllListeners(event: 'readyForQuery'): void;
    on(event: 'parameterStatus', listener: (status: { readonly parameterName: string; readonly parameterValue: string }) => void): void;
  };
  readonly _activeQuery: object | null | undefined;
  readonly _sentQueryQueue: readonly object[];
  readonly _queryQueue: readonly object[];
  getStartupConf(): Readonly<Record<string, string>>;
  _connect(connected: Connected): void;
  query(statement: { readonly text: string; readonly values: readonly unknown[] }): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): this;
  once(event: 'connect' | 'end', listener: () => void): this;
}

const ignore = (): void => undefined;

/** TCP asks an idle peer after this time whether it is there; Node.js gives up after ten more seconds. Also keeps firewalls from forgetting the connection. */
const keepAliveDelay = 10_000;

/** The error of a server that does not answer. The code makes it a transient error (isTransient). */
export const noAnswer = (): Error => Object.assign(new Error('The database did not answer in time.'), { code: 'ETIMEDOUT' });

/** Returns the milliseconds that an answer may take when the server ends the statement in time; 0 for no limit. */
export const answerTimeoutOf = (statementTimeout: number): number => (statementTimeout === 0 ? 0 : statementTimeout + 5_000);

/** The first version that knows `transaction_timeout`. */
const withTransactionTimeout = 17;

/** Returns the statement that sets the limits of a session. */
function limitsStatement({ statement, lock, idleInTransaction, transaction, onlyKeys = false }: SessionLimits, majorVersion: number): { text: string; values: string[] } {
  const settings: Readonly<Record<string, number | string>> = {
    statement_timeout: statement,
    lock_timeout: lock,
    idle_in_transaction_session_timeout: idleInTransaction,
    ...(majorVersion >= withTransactionTimeout ? { transaction_timeout: transaction } : {}),
    ...(onlyKeys ? { enable_seqscan: 'off' } : {}),
  };
  const names = Object.keys(settings);
  return { text: `select ${names.map((name, index) => `set_config('${name}', $${index + 1}, false)`).join(', ')}`, values: Object.values(settings).map(String) };
}

const StartingClient = pg.Client as unknown as new (config?: string | pg.ClientConfig) => StartingClient;

// pg would otherwise write the Date of a parameter in the zone of this process, whose offsets of early years it rounds to minutes.
pg.defaults.parseInputDatesAsUTC = true;

/** Whether a session has a setting as {@link sessionSettings} demands it. The order of day and month does not matter to ISO dates. */
const isKept = (name: keyof typeof sessionSettings, value: string): boolean => (name === 'TimeZone' ? value === 'UTC' : value.startsWith('ISO'));

const isSessionSetting = (name: string): name is keyof typeof sessionSettings => Object.hasOwn(sessionSettings, name);

function wrongSession(setting: keyof typeof sessionSettings, value: string): DatabaseSetUpError {
  const wanted = sessionSettings[setting];
  return new DatabaseSetUpError(
    `The session has ${setting} = '${value}'. tenantry requires '${wanted}', and asks for it when it connects: a proxy between tenantry and PostgreSQL drops the startup ` +
      `parameter ${setting}, or a statement changed the setting. Let the proxy pass the parameter on, or run: alter database <name> set ${setting.toLowerCase()} = '${wanted}';`,
  );
}

/**
 * The client of every connection:
 * - Its session is in UTC, whatever the server, the database or the role has set. It asks for UTC in the startup message, which costs no round
 *   trip. When the server reports another time zone, at the start or later, the connection is closed with an error.
 * - A server that is gone, or does not answer, fails its statements in time ({@link answerWatch}).
 * - The loss of the connection fails its statements, and never ends the process.
 */
class Session extends StartingClient implements WatchedConnection {
  /** Changes with the work that takes the connection from a pool. */
  answerTimeoutMillis: number;
  readonly #limits: SessionLimits | undefined;
  #majorVersion = 0;

  constructor(config?: string | ConnectionOptions) {
    const options: ConnectionOptions = typeof config === 'string' ? { connectionString: config } : (config ?? {});
    super({ keepAlive: true, keepAliveInitialDelayMillis: keepAliveDelay, ...options });
    this.answerTimeoutMillis = options.answerTimeoutMillis ?? 0;
    this.#limits = options.sessionLimits;
    // pg reports a lost connection to its statements, and with an event, which ends the process when nobody listens.
    this.on('error', ignore);
    this.once('connect', () => answerWatch.add(this));
    this.once('end', () => answerWatch.remove(this));
    this.connection.on('parameterStatus', ({ parameterName: name, parameterValue: value }) => {
      if (name === 'server_version') this.#majorVersion = Number.parseInt(value, 10);
      if (isSessionSetting(name) && !isKept(name, value)) this.#refuse(wrongSession(name, value));
    });
  }

  get unanswered(): object | undefined {
    // A query is queued while the server has not said yet that it is ready, which it owes also after an error.
    return this._activeQuery ?? this._sentQueryQueue[0] ?? this._queryQueue[0];
  }

  giveUp(): void {
    this.connection.stream.destroy(noAnswer());
  }

  /** The connection is ready when its limits are set. */
  override _connect(connected: Connected): void {
    const limits = this.#limits;
    if (limits === undefined) return super._connect(connected);
    super._connect((error, ...rest) => {
      if (error) connected(error, ...rest);
      else void this.#setLimits(limits, connected, rest);
    });
  }

  async #setLimits(limits: SessionLimits, connected: Connected, rest: readonly unknown[]): Promise<void> {
    try {
      await this.query(limitsStatement(limits, this.#majorVersion));
    } catch (error) {
      this.connection.stream.destroy();
      return connected(error as Error);
    }
    connected(null, ...rest);
  }

  /** Fails `connect()` or the running query, and closes the connection. Messages that have arrived already do not make it ready. */
  #refuse(error: Error): void {
    this.connection.removeAllListeners('readyForQuery');
    this.connection.emit('error', error);
    this.connection.stream.destroy();
  }

  override getStartupConf(): Readonly<Record<string, string>> {
    return { ...super.getStartupConf(), ...sessionSettings };
  }
}

/** The client of every connection of this application: see {@link Session}. */
export const UtcClient = Session as unknown as new (config?: string | ConnectionOptions) => pg.Client;

/** The option of pg's pools that makes each of their connections a {@link UtcClient}. */
export const utcSessions = { Client: UtcClient as unknown as new () => pg.ClientBase };

/** Asks a session itself: a proxy may report other settings than those of the server. @throws {DatabaseSetUpError} */
export async function assertUtcSession(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<Record<keyof typeof sessionSettings, string>>(
    `select current_setting('TimeZone') as "TimeZone", current_setting('DateStyle') as "DateStyle"`,
  );
  for (const [name, value] of Object.entries(rows[0] ?? {})) if (isSessionSetting(name) && !isKept(name, value)) throw wrongSession(name, value);
}
