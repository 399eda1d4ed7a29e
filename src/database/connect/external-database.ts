import type pg from 'pg';
import { readFacts, type DatabaseFacts } from './database-facts.js';
import { DatabaseSetUpError } from '../database-set-up.error.js';
import { withDefaultSettings } from './default-connection.js';
import { inTransaction } from '../locks.js';
import { findMissingStatements, loginRolesOf, setPassword, urlFor, type LoginRole } from './login-roles.js';
import { migrate } from '../migrations/migrate.js';
import { assertUtcSession } from '../utc-client.js';
import { withConnection } from './with-connection.js';

/** The key of the advisory lock that lets one replica at a time create roles. */
const lockKey = 72707370;
const wrongPassword = '28P01';

export interface ExternalAddresses {
  readonly appUrl: string;
  readonly platformUrl: string;
  readonly ownerUrl: string;
}

/**
 * Sets up a database with the owner's address: creates the two login roles, migrates, and returns the addresses of the roles,
 * so that the application itself never connects as the owner.
 *
 * @throws {DatabaseSetUpError} with the statements to run, when the owner may not create roles
 */
export async function setUpFromOwner(ownerUrl: string, appSecret: string): Promise<ExternalAddresses> {
  const roles = await withConnection(ownerUrl, async (client) => {
    await assertUtcSession(client);
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

function assertOwner({ role, mayCreate, inAppGroup, inPlatformGroup }: DatabaseFacts): void {
  if (mayCreate) return;
  const roleKind = inAppGroup ? 'the application role' : inPlatformGroup ? 'the platform role' : 'a role that cannot create tables';
  throw new DatabaseSetUpError(
    `DATABASE_URL connects as ${roleKind} (${role}). Set DATABASE_PLATFORM_URL too, and DATABASE_OWNER_URL to migrate. ` +
      'Or set DATABASE_URL alone, with the owner of the database: tenantry then creates the two other roles.',
  );
}

async function ensureRoles(client: pg.Client, facts: DatabaseFacts, roles: readonly LoginRole[]): Promise<void> {
  await inTransaction(client, async () => {
    await client.query('select pg_advisory_xact_lock($1)', [lockKey]);
    const statements = await findMissingStatements(client, facts.database, roles);
    for (const statement of statements) await client.query(statement).catch((error: unknown) => refuse(facts, statements, error));
  });
}

/** Sets the passwords of the login roles again if they do not work, for example after a change of APP_SECRET. */
async function ensurePasswords(client: pg.Client, facts: DatabaseFacts, roles: readonly LoginRole[], ownerUrl: string): Promise<void> {
  const refused = await findRefused(roles, ownerUrl);
  const statements = refused.map(setPassword);
  for (const statement of statements) await client.query(statement).catch((error: unknown) => refuse(facts, statements, error));
  const [stillRefused] = await findRefused(refused, ownerUrl);
  if (stillRefused === undefined) return;
  throw new DatabaseSetUpError(
    `The password of the role ${stillRefused.name} was set, but the role cannot log in at the address of DATABASE_URL. ` +
      'If that is PgBouncer, add the role to its users, or set DATABASE_URL, DATABASE_PLATFORM_URL and DATABASE_OWNER_URL.',
  );
}

async function findRefused(roles: readonly LoginRole[], ownerUrl: string): Promise<LoginRole[]> {
  const results = await Promise.all(roles.map((role) => canLogIn(urlFor(ownerUrl, role))));
  return roles.filter((_, index) => results[index] === false);
}

async function canLogIn(url: string): Promise<boolean> {
  try {
    await withDefaultSettings(url, () => Promise.resolve());
    return true;
  } catch (error) {
    if (((error as Error).cause as pg.DatabaseError | undefined)?.code === wrongPassword) return false;
    throw error;
  }
}

function refuse({ role, database }: DatabaseFacts, statements: readonly string[], error: unknown): never {
  throw new DatabaseSetUpError(
    `The role ${role} cannot create the roles that tenantry needs (${(error as Error).message}). Run this in the database ${database} as a superuser, then start again:\n\n` +
      `${statements.map((statement) => `  ${statement};`).join('\n')}\n\n` +
      '(The statements contain SCRAM verifiers, not passwords: nobody can log in with them.)',
    { cause: error },
  );
}
