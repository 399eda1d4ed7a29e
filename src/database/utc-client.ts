import pg from 'pg';
import { DatabaseSetUpError } from './database-set-up.error.js';

/**
 * The settings of every session. Prisma's adapter writes a time as digits in UTC without an offset, and everything else
 * reads the text of times in ISO form. PgBouncer tracks both for each of its clients, also in transaction mode.
 */
const sessionSettings = { TimeZone: 'UTC', DateStyle: 'ISO, MDY' } as const;

/** The part of pg's client that its types lack. `test/inside/database/time-zone.spec.ts` fails when pg changes it. */
interface StartingClient {
  readonly connection: {
    readonly stream: { destroy(): void };
    emit(event: 'error', error: Error): void;
    removeAllListeners(event: 'readyForQuery'): void;
    on(event: 'parameterStatus', listener: (status: { readonly parameterName: string; readonly parameterValue: string }) => void): void;
  };
  getStartupConf(): Readonly<Record<string, string>>;
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
 * Connects with a session in UTC, whatever the server, the database or the role has set. It asks for UTC in the startup
 * message, which costs no round trip. When the server reports another time zone, at the start or later, the connection is
 * closed with an error.
 */
class UtcSession extends StartingClient {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.connection.on('parameterStatus', ({ parameterName: name, parameterValue: value }) => {
      if (isSessionSetting(name) && !isKept(name, value)) this.#refuse(wrongSession(name, value));
    });
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

/** The client of every connection of this application: see {@link UtcSession}. */
export const UtcClient = UtcSession as unknown as typeof pg.Client;

/** The option of pg's pools that makes each of their connections a {@link UtcClient}. */
export const utcSessions = { Client: UtcClient as unknown as new () => pg.ClientBase };

/** Asks a session itself: a proxy may report other settings than those of the server. @throws {DatabaseSetUpError} */
export async function assertUtcSession(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<Record<keyof typeof sessionSettings, string>>(
    `select current_setting('TimeZone') as "TimeZone", current_setting('DateStyle') as "DateStyle"`,
  );
  for (const [name, value] of Object.entries(rows[0] ?? {})) if (isSessionSetting(name) && !isKept(name, value)) throw wrongSession(name, value);
}
