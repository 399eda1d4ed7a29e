import type { ClientBase } from 'pg';
import { appGroup, platformGroup } from '../roles.js';
import { readSqlFiles } from '../migrations/sql-files.js';
import {
  foreignKeysQuery,
  functionsQuery,
  policiesQuery,
  publicFunctionsQuery,
  relationsQuery,
  rolesQuery,
  settingsQuery,
  undeclaredFunctionsQuery,
} from './schema-facts.queries.js';

/** A table or view in a schema that the application role may use. */
export interface Relation {
  readonly name: string;
  readonly kind: 'table' | 'partitioned table' | 'foreign table' | 'view' | 'materialized view';
  readonly tenantOwned: boolean;
  readonly partition: boolean;
  readonly rowSecurity: boolean;
  readonly forced: boolean;
  /** Whether a valid, non-partial index starts with organization_id. */
  readonly indexed: boolean;
  readonly securityInvoker: boolean;
  /** Whether its changes are recorded, or excluded with a reason. */
  readonly watched: boolean;
  /** The privileges of any application role on the table or on any of its columns. */
  readonly privileges: readonly string[];
  /** `privilege column`, for tables that are not tenant-owned. */
  readonly columnPrivileges: readonly string[];
}

export interface Policy {
  readonly name: string;
  readonly relation: string;
  readonly permissive: boolean;
  readonly command: string;
  readonly roles: readonly string[];
  /** Whether it is for PUBLIC, or for a role whose rights an application role has. */
  readonly appliesToApp: boolean;
  readonly using: string | null;
  readonly check: string | null;
}

export interface ForeignKey {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly fromTenantOwned: boolean;
  readonly toTenantOwned: boolean;
  /** Whether organization_id references organization_id, or the id of organizations. */
  readonly carriesTenant: boolean;
  /** Whether it is validated, and its triggers are enabled. */
  readonly enforced: boolean;
}

export interface DefinerFunction {
  readonly name: string;
  readonly fixedSearchPath: boolean;
  readonly executable: boolean;
}

/** A function that a role may execute although no file of `prisma/functions` grants it. */
export interface UndeclaredFunction {
  readonly name: string;
  readonly executableBy: readonly string[];
}

/** A role that has the rights of tenantry_app. */
export interface AppRole {
  readonly name: string;
  readonly current: boolean;
  readonly inGroup: boolean;
  readonly superuser: boolean;
  readonly powers: readonly string[];
  readonly owns: number;
  readonly memberOf: readonly string[];
  readonly createIn: readonly string[];
}

export interface Settings {
  /** The definition of app.current_organization_id(), as PostgreSQL prints it; null when there is none. */
  readonly tenantFunction: string | null;
  /** The roles, databases or server that have a permanent setting of the tenant. */
  readonly presetTenants: readonly string[];
  readonly mayDisableTriggers: boolean;
}

/** The facts that the doctor inspects, read from the system catalogs, which every role may read. */
export interface SchemaFacts {
  readonly relations: readonly Relation[];
  readonly policies: readonly Policy[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly functions: readonly DefinerFunction[];
  readonly undeclaredFunctions: readonly UndeclaredFunction[];
  readonly roles: readonly AppRole[];
  /** The signatures of the functions of PostgreSQL that an application role should not call, and can. */
  readonly publicFunctions: readonly string[];
  readonly settings: Settings;
}

/** Reads the facts. Returns undefined if the group role is missing, because the database was never migrated. */
export async function readSchemaFacts(client: ClientBase): Promise<SchemaFacts | undefined> {
  const read = async <Row>(query: string, values?: unknown[]): Promise<Row[]> => (await client.query<Row & object>(query, values)).rows;
  const [group] = await read(`select from pg_roles where rolname = '${appGroup}'`);
  if (group === undefined) return undefined;
  const [settings] = await read<Settings>(settingsQuery);
  return {
    relations: await read<Relation>(relationsQuery),
    policies: await read<Policy>(policiesQuery),
    foreignKeys: await read<ForeignKey>(foreignKeysQuery),
    functions: await read<DefinerFunction>(functionsQuery),
    undeclaredFunctions: await read<UndeclaredFunction>(undeclaredFunctionsQuery, [await grantedTo(appGroup), await grantedTo(platformGroup)]),
    roles: await read<AppRole>(rolesQuery),
    publicFunctions: await readPublicFunctions(client),
    settings: settings as Settings,
  };
}

/** Reads `publicFunctions` of {@link SchemaFacts}. */
export async function readPublicFunctions(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(publicFunctionsQuery);
  return rows.map(({ name }) => name);
}

/** The signatures of the functions that the files grant to a role. */
async function grantedTo(role: string): Promise<string[]> {
  const files = await readSqlFiles();
  return files.flatMap((file) => (file.function?.execute.includes(role) === true ? [file.function.signature] : []));
}
