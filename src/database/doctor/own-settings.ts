import pg, { type ClientBase } from 'pg';

/**
 * Permanent settings of a role that decide what its statements mean, which PostgreSQL lets every role set for itself. Others, such as
 * time limits, belong to the operator.
 */
const ofStatements = ['search_path', 'row_security', 'default_transaction_read_only', 'default_transaction_isolation', 'default_transaction_deferrable', 'quote_all_identifiers'];

interface OwnSetting {
  readonly setting: string;
  /** Undefined for a setting in every database. */
  readonly database: string | undefined;
}

/**
 * Resets what the current role has set for itself permanently. SQL that reached the application role once could otherwise stop every
 * later start, or change what later connections do.
 *
 * @returns the names of the settings that were reset
 */
export async function resetOwnSettings(client: ClientBase): Promise<string[]> {
  await client.query('set default_transaction_read_only = off');
  const { rows } = await client.query<OwnSetting>(
    `select split_part(setting, '=', 1) as setting, case when setdatabase <> 0 then current_database() end as database
       from pg_db_role_setting, unnest(setconfig) setting
      where setrole = (select oid from pg_roles where rolname = current_user) and setdatabase in (0, (select oid from pg_database where datname = current_database()))
        and (setting like 'app.%' or split_part(setting, '=', 1) = any($1))`,
    [ofStatements],
  );
  for (const { setting, database } of rows) {
    const where = typeof database === 'string' ? ` in database ${pg.escapeIdentifier(database)}` : '';
    await client.query(`alter role current_user${where} reset ${setting.split('.').map(pg.escapeIdentifier).join('.')}`);
  }
  return rows.map(({ setting }) => setting);
}
