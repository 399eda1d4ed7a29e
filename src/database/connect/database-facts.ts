import type { ClientBase } from 'pg';
import { DatabaseSetUpError } from '../database-set-up.error.js';
import { appGroup, platformGroup } from '../roles.js';

/** The database and the role of a connection. */
export interface DatabaseFacts {
  readonly database: string;
  readonly role: string;
  /** Whether the role may create tables and schemas, as an owner can. */
  readonly mayCreate: boolean;
  readonly inAppGroup: boolean;
  readonly inPlatformGroup: boolean;
}

const minServerVersion = 150_000;

/** Reads the facts of a connection. @throws {DatabaseSetUpError} when the server is older than PostgreSQL 15 */
export async function readFacts(client: ClientBase): Promise<DatabaseFacts> {
  const { rows: versions } = await client.query<{ version: number; name: string }>(
    `select current_setting('server_version_num')::int as version, current_setting('server_version') as name`,
  );
  const version = versions[0];
  if (version === undefined || version.version < minServerVersion) {
    throw new DatabaseSetUpError(`The server runs PostgreSQL ${version?.name}. tenantry requires PostgreSQL 15 or later.`);
  }
  const { rows } = await client.query<DatabaseFacts>(
    `select current_database() as database, current_user as role,
            has_database_privilege(current_database(), 'create') and has_schema_privilege('public', 'create') as "mayCreate",
            exists (${memberOf('$1')}) as "inAppGroup", exists (${memberOf('$2')}) as "inPlatformGroup"
       from pg_roles r
      where r.rolname = current_user`,
    [appGroup, platformGroup],
  );
  return rows[0] as DatabaseFacts;
}

const memberOf = (group: string): string => `select from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid and g.rolname = ${group}`;
