import pg, { type ClientBase } from 'pg';

/** Whether a value that a role has set permanently for itself stays. */
type Accepts = (value: string) => boolean;

const milliseconds: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const kilobytes: Readonly<Record<string, number>> = { B: 1 / 1024, kB: 1, MB: 1024, GB: 1024 * 1024, TB: 1024 * 1024 * 1024 };

/** Reads a value as PostgreSQL does. Undefined for what it writes otherwise, such as a hexadecimal number. */
function parse(value: string, units: Readonly<Record<string, number>>, unit: string): number | undefined {
  const [, amount, written = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*$/.exec(value) ?? [];
  const factor = units[written === '' ? unit : written];
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor;
}

/** Accepts no limit, or one of at least this number of seconds. */
const atLeast =
  (seconds: number): Accepts =>
  (value) => {
    const limit = parse(value, milliseconds, 'ms');
    return limit !== undefined && (limit === 0 || limit >= seconds * 1000);
  };

const between =
  (low: number, high: number): Accepts =>
  (value) => {
    const size = parse(value, kilobytes, 'kB');
    return size !== undefined && size >= low && size <= high;
  };

/** The settings that an operator may make permanent for a login role. Every other one that the role can change itself is reset. See docs/database.md. */
const accepted: ReadonlyMap<string, Accepts> = new Map([
  ['statement_timeout', atLeast(5)],
  ['transaction_timeout', atLeast(30)],
  ['lock_timeout', atLeast(1)],
  ['idle_in_transaction_session_timeout', atLeast(10)],
  ['idle_session_timeout', atLeast(10)],
  ['work_mem', between(1024, 1024 * 1024)],
  ['jit', () => true],
]);

interface OwnSetting {
  readonly name: string;
  readonly value: string;
  /** Undefined for a setting in every database. */
  readonly database: string | null;
}

/** The settings that the role may change. Names that the server does not know belong to a language or an extension, or to tenantry. */
const ownSettings = `
  select own.name, own.value, case when own.setdatabase <> 0 then current_database() end as database
    from (select setdatabase, split_part(line, '=', 1) as name, substr(line, strpos(line, '=') + 1) as value
            from pg_db_role_setting cross join unnest(setconfig) as line
           where setrole = (select oid from pg_roles where rolname = session_user)
             and setdatabase in (0, (select oid from pg_database where datname = current_database()))) own
    left join pg_settings s on s.name = own.name
   where s.name is null or s.context = 'user' or has_parameter_privilege(s.name, 'set')`;

/**
 * Resets what the role that logs in has set for itself permanently, except settings that can do no harm. SQL that reached the role once
 * could otherwise stop every later start, or change what later connections do.
 *
 * @param client in a transaction
 * @returns the names of the settings that were reset
 */
export async function resetOwnSettings(client: ClientBase): Promise<string[]> {
  // After the first use of the language, the server knows its settings, and that the role may change them.
  await succeeds(client, 'do $$ begin end $$');
  const { rows } = await client.query<OwnSetting>(ownSettings);
  const reset: string[] = [];
  for (const { name, value, database } of rows) {
    if (accepted.get(name)?.(value) === true) continue;
    const place = database === null ? '' : ` in database ${pg.escapeIdentifier(database)}`;
    if (await succeeds(client, `alter role session_user${place} reset ${name.split('.').map(pg.escapeIdentifier).join('.')}`)) reset.push(name);
  }
  return reset;
}

/**
 * Runs a statement under a savepoint, and returns whether it succeeded. A setting that cannot be reset must not stop the start: either a
 * superuser made it, or it has no effect, such as transaction_isolation, which each transaction sets again.
 */
async function succeeds(client: ClientBase, statement: string): Promise<boolean> {
  await client.query('savepoint attempt');
  try {
    await client.query(statement);
    await client.query('release savepoint attempt');
    return true;
  } catch {
    await client.query('rollback to savepoint attempt');
    return false;
  }
}
