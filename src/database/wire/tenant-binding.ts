import { isUuid } from '../../common/text/uuid.js';
import type { CommitHold } from '../../tenancy/commit-hold.js';
import type { Authority } from '../../tenancy/tenant-context.js';
import { UnboundTenantError } from './tenant-pool.errors.js';

/** The settings of the connection for one query or one transaction: the tenant, a time limit, the audit note and the authority. */
export interface TenantBinding {
  /** The organization's id, a UUID; undefined for the platform. */
  readonly organizationId: string | undefined;
  /** Milliseconds for each statement; 0 for the limit of the session. */
  readonly statementTimeout: number;
  /** Milliseconds that each statement waits for a lock; 0 for the limit of the session. A read waits for as long as a statement may take. */
  readonly lockTimeout: number;
  /** The actor and the action, as JSON. The audit triggers read it. Undefined for a statement that writes nothing. */
  readonly note?: string | undefined;
  /** The authority of the request, which the server compares with the database. Undefined for reads, and for work outside a request. */
  readonly authority?: Authority | undefined;
  /** The row that the request changes, with the versions that it accepts: see `app.require_version`. */
  readonly expected?: string | undefined;
  /** Delays the commit of a transaction until the request is answered. */
  readonly hold?: CommitHold | undefined;
  /** What the transaction claims for its request: see `app.claim_idempotency_key`. */
  readonly claim?: string | undefined;
  /** The id of the organization to lock; undefined for none. */
  readonly locks?: string | undefined;
}

/** The statement that sets a binding, with parameters, for the extended protocol. */
export interface BindMessage {
  /** The name of the prepared statement. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly string[];
  /** The column of its row with the access version of the organization that it locks. */
  readonly lockColumn?: number | undefined;
}

/** @throws {UnboundTenantError} unless the id is a UUID: it becomes part of a statement */
export function assertBound(organizationId: string | undefined): string {
  if (organizationId === undefined || !isUuid(organizationId)) throw new UnboundTenantError();
  return organizationId;
}

/** The limits of statements: see {@link TenantBinding}. */
export type StatementLimits = Pick<TenantBinding, 'statementTimeout' | 'lockTimeout'>;

/** Milliseconds that a transaction with a long limit, such as that of a job, waits for a lock. */
const patientLockTimeout = 60_000;

/**
 * Returns the limits of a transaction: the usual ones, or longer ones for a transaction that may take longer than a statement usually may.
 *
 * @param timeout that of the transaction
 * @param usual 0 for those of the session
 * @param statement the usual limit of a statement
 */
export function limitsFor(timeout: number | undefined, usual: StatementLimits, statement = usual.statementTimeout): StatementLimits {
  return timeout === undefined || statement === 0 || timeout <= statement ? usual : { statementTimeout: timeout, lockTimeout: Math.min(timeout, patientLockTimeout) };
}

/** One call of the binding statement; `$` stands for each of its values. */
interface Call {
  readonly name: string;
  readonly text: string;
  readonly values: readonly string[];
  /** The number of its columns; one when left out. */
  readonly columns?: number;
}

/** The statement timeout does not limit the statement that sets it; the lock timeout does. A shorter one of the role stays. */
function waitCalls({ organizationId, lockTimeout }: TenantBinding): Call[] {
  if (lockTimeout === 0 || organizationId === undefined) return [];
  return [{ name: 'wait', text: `set_config('lock_timeout', coalesce(nullif(current_setting('lock_timeout'), '0'), $), true)`, values: [String(lockTimeout)] }];
}

/** Takes the lock and compares the authority: after the tenant is bound, before anything is read. */
function authorityCalls({ authority, locks }: TenantBinding, withLocked: boolean): Call[] {
  const { organization, operatorId, sessionId, serviceKey } = authority ?? {};
  const compares = organization !== undefined && (withLocked || organization.id !== locks);
  return [
    // First: a change of the key waits for its writes, so these must not hold another lock while they wait for the change.
    ...(serviceKey === undefined ? [] : [{ name: 'service', text: 'app.require_service_key($::uuid, $::integer)', values: [serviceKey.id, String(serviceKey.version)] }]),
    ...(operatorId === undefined ? [] : [{ name: 'operator', text: 'app.require_operator($::uuid)', values: [operatorId] }]),
    ...(locks === undefined ? [] : [{ name: 'lock', text: 'app.lock_organization($::uuid)', values: [locks] }]),
    ...(compares ? [{ name: 'authority', text: 'app.require_authority($::uuid, $::integer)', values: [organization.id, String(organization.version)] }] : []),
    // Last: it sees what ended while the calls before waited.
    ...(sessionId === undefined ? [] : [{ name: 'session', text: 'app.require_session($::uuid)', values: [sessionId] }]),
  ];
}

function numbered(calls: readonly Call[]): string {
  let parameter = 0;
  return calls.map(({ text }) => text.replaceAll('$', () => `$${(parameter += 1)}`)).join(', ');
}

const bindTenant = `set_config('app.current_organization_id', $, true), set_config('statement_timeout', $, true)`;
const readBinding = { name: 'tenantry_bind', text: `select ${numbered([{ name: '', text: bindTenant, values: [] }])}` } as const;
const texts = new Map<string, string>();

function messageOf(kind: 'bind' | 'bound', calls: readonly Call[]): BindMessage {
  const name = `tenantry_${kind}_${calls.map((call) => call.name).join('_')}`;
  const text = texts.get(name) ?? `select ${numbered(calls)}`;
  texts.set(name, text);
  return { name, text, values: calls.flatMap(({ values }) => values) };
}

/** The column of the lock. */
function lockColumnOf(calls: readonly Call[]): number | undefined {
  const index = calls.findIndex(({ name }) => name === 'lock');
  return index === -1 ? undefined : calls.slice(0, index).reduce((sum, { columns = 1 }) => sum + columns, 0);
}

/** Binds the tenant, or sets the limits of the platform that differ from those of its session. */
function tenantCalls({ organizationId, statementTimeout, lockTimeout }: TenantBinding): Call[] {
  if (organizationId !== undefined) return [{ name: 'tenant', text: bindTenant, values: [organizationId, String(statementTimeout)], columns: 2 }];
  if (statementTimeout === 0) return [];
  return [
    { name: 'limits', text: `set_config('statement_timeout', $, true), set_config('lock_timeout', $, true)`, values: [String(statementTimeout), String(lockTimeout)], columns: 2 },
  ];
}

/** The claim never waits, and so comes before the locks. */
const claimCalls = ({ claim }: TenantBinding): Call[] => (claim === undefined ? [] : [{ name: 'claim', text: 'app.claim_idempotency_key($::uuid)', values: [claim] }]);

const noteCalls = ({ note }: TenantBinding): Call[] => (note === undefined ? [] : [{ name: 'note', text: `set_config('app.audit', $, true)`, values: [note] }]);

const expectationCalls = ({ expected }: TenantBinding): Call[] =>
  expected === undefined ? [] : [{ name: 'expect', text: `set_config('app.expected', $, true)`, values: [expected] }];

/** Returns the statement that sets a binding until the transaction ends. */
export function bindMessage(binding: TenantBinding): BindMessage {
  const { organizationId, statementTimeout, note, authority, locks } = binding;
  // A read of a tenant: most queries are, so it takes the short way.
  if (organizationId !== undefined && note === undefined && authority === undefined && locks === undefined)
    return { ...readBinding, values: [organizationId, String(statementTimeout)] };
  return messageOf('bind', [...tenantCalls(binding), ...waitCalls(binding), ...noteCalls(binding), ...expectationCalls(binding), ...authorityCalls(binding, true)]);
}

/**
 * Planning the short statements of a transaction for their values would take longer than running them. A connection keeps their plans until the statistics of a
 * table change: one that was made while a table was small would read the whole table also when it has grown. The server ends a transaction whose client
 * sends nothing for a minute, because it hangs or is gone, so that it keeps no locks.
 */
const ofTransaction: Call = {
  name: 'plan',
  text: `set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true), set_config('idle_in_transaction_session_timeout', '60000', true)`,
  values: [],
  columns: 3,
};

const readsOnly = /\bread\s+only\b/i;

/** Returns the binding of a transaction. One that only reads has nothing to authorize, to note, to claim and to lock. */
export const bindingOf = (begin: string, binding: TenantBinding): TenantBinding => {
  const { organizationId, statementTimeout, lockTimeout } = binding;
  return readsOnly.test(begin) ? { organizationId, statementTimeout, lockTimeout } : binding;
};

const statesIsolation = /\bisolation\s+level\b/i;

/** The statements that begin a transaction and set its binding, if any. */
export interface BeginMessages {
  readonly begin: BindMessage;
  readonly bind: BindMessage | undefined;
}

/** @throws {Error} for another level with an authority or a lock: these would be compared with a snapshot from before the wait for the lock */
export function assertReadCommitted(begin: string, { authority, locks }: TenantBinding): void {
  if (statesIsolation.test(begin) && (authority !== undefined || locks !== undefined))
    throw new Error('A transaction with an authority or a lock is READ COMMITTED. Begin it without an isolation level.');
}

/**
 * Returns the statements that begin a transaction. It is READ COMMITTED unless `begin` states another level. With a lock, the caller compares
 * the authority with the version in `lockColumn`: it can be renewed while the lock is held.
 */
export function beginMessages(begin: string, binding: TenantBinding): BeginMessages {
  const text = `${begin.trim().toLowerCase()}${statesIsolation.test(begin) ? '' : ' isolation level read committed'}`;
  const ofTenant = binding.organizationId === undefined ? [] : [ofTransaction];
  const calls = [
    ...tenantCalls(binding),
    ...ofTenant,
    ...waitCalls(binding),
    ...noteCalls(binding),
    ...expectationCalls(binding),
    ...claimCalls(binding),
    ...authorityCalls(binding, false),
  ];
  const bind = calls.length === 0 ? undefined : { ...messageOf('bound', calls), lockColumn: lockColumnOf(calls) };
  return { begin: { name: `tenantry_${text.replaceAll(/\W+/g, '_')}`, text, values: [] }, bind };
}

/** The statement that commits a transaction, for one message with another statement. */
export const commitMessage: BindMessage = { name: 'tenantry_commit', text: 'commit', values: [] };
