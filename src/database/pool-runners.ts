import type pg from 'pg';
import { modelColumns } from '../generated/model-columns.js';
import { tenantSchema } from '../generated/tenant-schema.js';
import type { LendableConnection, StatementRunners, StatementTarget } from '../tenancy/statement-runners.js';
import { wireBinding } from '../tenancy/wire-binding.js';
import { RawStatements } from './raw/raw-statements.js';
import { PreparedReads } from './reads/prepared-reads.js';
import type { Statement } from './wire/pg-internals.js';
import type { PlatformPool } from './wire/platform-pool.js';
import { statementNames } from './wire/prepared-statement-names.js';
import { sendCurrent } from './wire/send-current.js';
import type { TenantPool } from './wire/tenant-pool.js';
import { PreparedWrites } from './writes/prepared-writes.js';

/** Sends a statement of an open transaction; undefined when there is none. */
function inTransaction({ connection }: StatementTarget, statement: Statement): PromiseLike<pg.QueryResult> | undefined {
  if (connection === undefined) return undefined;
  return statement.needsRow !== true && wireBinding.takesEnd(connection) ? connection.queryAndCommit(statement) : connection.query(statement);
}

type Send = (target: StatementTarget, statement: Statement) => PromiseLike<pg.QueryResult>;

/** Sends a statement of an open transaction on its connection. There, a prepared statement that is out of date ends the transaction. */
const inTransactionOr =
  (send: Send): Send =>
  (target, statement) =>
    inTransaction(target, statement) ?? send(target, statement);

const tables = { schema: tenantSchema, columns: modelColumns } as const;
/** Names statements of one kind; the kinds share connections. */
const named = (prepared: boolean, kind: string): ReturnType<typeof statementNames> | undefined => (prepared ? statementNames(`tenantry_${kind}`) : undefined);

function runnersOf(prepared: boolean, connect: () => Promise<unknown>, read: Send, write: Send): StatementRunners {
  return {
    connect: connect as () => Promise<LendableConnection>,
    reads: new PreparedReads({ ...tables, nameOf: named(prepared, 'read'), send: inTransactionOr(read) }),
    writes: new PreparedWrites({ ...tables, nameOf: named(prepared, 'write'), send: inTransactionOr(write) }),
    raw: new RawStatements({ nameOf: named(prepared, 'raw'), send: inTransactionOr(write) }),
  };
}

/** Returns what the client of a tenant runs without Prisma. @param prepared whether statements are prepared under a name */
export const tenantRunners = (pool: TenantPool, prepared: boolean): StatementRunners =>
  runnersOf(
    prepared,
    () => pool.connect(),
    ({ organizationId }, statement) => pool.read(organizationId, statement),
    ({ organizationId, locks }, statement) => sendCurrent(statement, (current) => Promise.resolve(wireBinding.run(organizationId, () => pool.query(current), { locks }))),
  );

/** Returns what the client of the platform runs without Prisma. */
export const platformRunners = (pool: PlatformPool, prepared: boolean): StatementRunners =>
  runnersOf(
    prepared,
    () => (pool as unknown as pg.Pool).connect(),
    (_, statement) => pool.read(statement),
    (_, statement) => sendCurrent(statement, (current) => Promise.resolve(wireBinding.run(undefined, () => pool.query(current as pg.QueryConfig)))),
  );
