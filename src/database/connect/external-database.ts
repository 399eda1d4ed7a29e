import pg from 'pg';
import { readFacts, type DatabaseFacts } from './database-facts.js';
import { DatabaseSetUpError } from '../database-set-up.error.js';
import { inTransaction } from '../locks.js';
import { findMissingStatements, loginRolesOf, setPassword, urlFor, type LoginRole } from './login-roles.js';
import { migrate } from '../migrations/migrate.js';

/** The key of the advisory lock under which replicas make roles, one at a time. */
const lockKey = 72707370;
const wrongPassword = '28P01';

export interface ExternalAddresses {
  readonly appUrl: string;
  readonly platformUrl: string;
  readonly ownerUrl: string;
}

/**
 * Sets up a database of which only the owner's address is known: makes the two login roles, migrates, and returns
 * their addresses, so that the application itself never works as the owner.
 *
 * @throws {DatabaseSetUpError} with the statements to run, when the owner may not make roles
 */
export async function setUpFromOwner(ownerUrl: string, appSecret: string): Promise<ExternalAddresses> {
  const roles = await withConnection(ownerUrl, async (client) => {
    const facts = await readFacts(client);
    assertOwner(facts);
    const wanted = loginRolesOf(facts.database, appSecret);
    await ensureRoles(client, facts, wanted);
    await ensurePasswords(client, facts, wanted, ownerUrl);
    return wanted;
  });
  await migrate(ownerUrl);
  return { ownerUrl, appUrl: urlFor(ownerUrl, roles[0]), platformUrl: urlFor(ownerUrl, roles[1]) };
}

/** Opens a connection, and says which address did not answer, without its password. */
export async function withConnection<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, application_name: 'tenantry set-up' });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    const { username, host, pathname } = new URL(url);
    throw new DatabaseSetUpError(`Cannot connect to the database at ${host}${pathname} as ${username}: ${(error as Error).message}`, { cause: error });
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function assertOwner({ role, mayCreate, inAppGroup, inPlatformGroup }: DatabaseFacts): void {
  if (mayCreate) return;
  const lesser = inAppGroup ? 'the application role' : inPlatformGroup ? 'the platform role' : 'a role that may not create tables';
  throw new DatabaseSetUpError(
    `DATABASE_URL is ${lesser} (${role}), so DATABASE_PLATFORM_URL is needed too, and DATABASE_OWNER_URL for migrating. ` +
      'Or let DATABASE_URL alone be the owner of the database: then the two other roles are made for you.',
  );
}

async function ensureRoles(client: pg.Client, facts: DatabaseFacts, roles: readonly LoginRole[]): Promise<void> {
  await inTransaction(client, async () => {
    await client.query('select pg_advisory_xact_lock($1)', [lockKey]);
    const statements = await findMissingStatements(client, facts.database, roles);
    for (const statement of statements) await client.query(statement).catch((error: unknown) => refuse(facts, statements, error));
  });
}

/** After APP_SECRET was changed the derived passwords are others: sets them anew. */
async function ensurePasswords(client: pg.Client, facts: DatabaseFacts, roles: readonly LoginRole[], ownerUrl: string): Promise<void> {
  const refused = await findRefused(roles, ownerUrl);
  const statements = refused.map(setPassword);
  for (const statement of statements) await client.query(statement).catch((error: unknown) => refuse(facts, statements, error));
  const [stillRefused] = await findRefused(refused, ownerUrl);
  if (stillRefused === undefined) return;
  throw new DatabaseSetUpError(
    `The role ${stillRefused.name} has its password now, but cannot log in with it at the address of DATABASE_URL. ` +
      'Behind PgBouncer: tell it of that role, or set DATABASE_URL, DATABASE_PLATFORM_URL and DATABASE_OWNER_URL each.',
  );
}

async function findRefused(roles: readonly LoginRole[], ownerUrl: string): Promise<LoginRole[]> {
  const results = await Promise.all(roles.map((role) => canLogIn(urlFor(ownerUrl, role))));
  return roles.filter((_, index) => results[index] === false);
}

async function canLogIn(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    if ((error as pg.DatabaseError).code === wrongPassword) return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function refuse({ role, database }: DatabaseFacts, statements: readonly string[], error: unknown): never {
  throw new DatabaseSetUpError(
    `The role ${role} cannot make the roles that tenantry works as (${(error as Error).message}). Run this in the database ${database} as a superuser, then start again:\n\n` +
      `${statements.map((statement) => `  ${statement};`).join('\n')}\n\n` +
      '(The passwords stand there as SCRAM verifiers: nobody can log in with them.)',
    { cause: error },
  );
}
