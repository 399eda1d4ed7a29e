import { AsyncLocalStorage } from 'node:async_hooks';
import type { CommitHold } from './commit-hold.js';
import { InvalidTenantIdError, TenantAlreadySetError, TenantContextMissingError } from './tenant-errors.js';

/** The actor: a person, an API key, a service key, a job or the operator. */
export type Actor =
  /** The operator: a platform administrator on an operator route, or the command line. */
  | { readonly kind: 'operator'; readonly userId?: string }
  | { readonly kind: 'user'; readonly userId: string; readonly sessionId: string }
  | { readonly kind: 'key'; readonly keyId: string }
  /** The backend of a product, with a key of the installation. */
  | { readonly kind: 'service'; readonly keyId: string }
  | { readonly kind: 'job'; readonly name: string };

/** A tenant that was verified, and who acts in it. */
export interface Tenant {
  readonly organizationId: string;
  readonly actor: Actor;
  readonly role?: string;
  readonly permissions?: ReadonlySet<string>;
}

/**
 * The authority with which a request was allowed. Every write of the request carries it, and the database compares it in the
 * statement that begins the write: who was removed, demoted or locked out meanwhile writes nothing.
 */
export interface Authority {
  /** The organization of the request, with the access version that the guard has judged. */
  readonly organization: { readonly id: string; readonly version: number } | undefined;
  /** The operator, on the routes of operators. */
  readonly operatorId: string | undefined;
  /** The session of a user; undefined for a key. */
  readonly sessionId: string | undefined;
  /** The service key, with the access version that the guard has judged. */
  readonly serviceKey: { readonly id: string; readonly version: number } | undefined;
  /**
   * Judges the request again and reads the new access version.
   *
   * @throws the refusal, when the request is not allowed any longer or the caller has lost permissions
   */
  renew(): Promise<void>;
  /** Returns the error for a request whose authority changes faster than it can be judged. */
  conflict(): Error;
}

/** The network origin of a request. */
export interface Origin {
  readonly ip: string;
  readonly userAgent?: string | undefined;
}

/**
 * The context of the current work. It has one of three states: in a tenant, explicitly on the platform, or neither. Only in
 * a tenant can the tenant's data be accessed.
 */
export interface ContextStore {
  readonly requestId: string | undefined;
  actor: Actor | undefined;
  tenant: Tenant | undefined;
  /** For whom the request is answered, also where it works in another tenant or in none: its organization, once the guards have verified it. */
  servedOrganizationId: string | undefined;
  /** Why the work belongs to no tenant, if it declares so. */
  readonly platform: string | undefined;
  /** The action: the handler of the route, a job, or a command. */
  action: string | undefined;
  /** The actor's name. */
  actorName: string | undefined;
  readonly origin: Origin | undefined;
  authority: Authority | undefined;
  /** Delays the commit of a request whose answer is recorded with its effect. */
  hold: CommitHold | undefined;
  /** The row that the request changes, with the versions that it accepts (`app.require_version`). */
  expected: string | undefined;
  /** The organization of a known credential that is not accepted yet. A refusal is recorded in its audit log. */
  concerned: string | undefined;
  /** The cached {@link TenantContext.auditNote}. */
  note: string | undefined;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function assertTenantId(id: string): void {
  if (!uuid.test(id)) throw new InvalidTenantIdError();
}

/** Stands for all requests that belong to no organization. */
export const withoutOrganization = 'none';

// One for the process: Node passes each storage that was ever used on to every promise, also those of closed applications.
const storage = new AsyncLocalStorage<ContextStore>();

/** Returns what delays the commits of the current request; undefined for nearly every request. */
export function currentHold(): CommitHold | undefined {
  const hold = storage.getStore()?.hold;
  return hold?.isActive === true ? hold : undefined;
}

/**
 * Commits the transaction whose commit the current request delays, if there is one. Call it before anything that leaves the process: it must not happen
 * without the effect that precedes it.
 */
export async function commitHeldTransaction(): Promise<void> {
  await currentHold()?.commitHeld();
}

/**
 * Carries the current tenant through asynchronous work, so that functions need not pass it on. The context of a request is
 * empty at first, and filled once, by the guard that verified the tenant. A job names its tenant explicitly.
 */
export class TenantContext {
  /** Returns an empty context for a new request. */
  newStore(requestId?: string, origin?: Origin): ContextStore {
    return {
      requestId,
      actor: undefined,
      tenant: undefined,
      servedOrganizationId: undefined,
      platform: undefined,
      action: undefined,
      actorName: undefined,
      origin,
      authority: undefined,
      hold: undefined,
      expected: undefined,
      concerned: undefined,
      note: undefined,
    };
  }

  /** Runs `work` in a context. Also used to enter it again where a stream has lost it. */
  enter<Result>(store: ContextStore, work: () => Result): Result {
    return storage.run(store, work);
  }

  /** Sets who acts, before the tenant is known. */
  identify(actor: Actor, actorName?: string): void {
    const store = storage.getStore();
    if (store === undefined) return;
    store.actor = actor;
    store.actorName = actorName;
    store.note = undefined;
  }

  /** Sets the organization whose audit log records a refusal of this request. It gives no access to the organization. */
  concern(organizationId: string): void {
    const store = storage.getStore();
    if (store !== undefined) store.concerned = organizationId;
  }

  /** Sets the authority of the request, for everything that it writes from now on. */
  authorize(authority: Authority): void {
    const store = storage.getStore();
    if (store !== undefined) store.authority = authority;
  }

  /** Delays the commits of the request from now on. */
  holdCommits(hold: CommitHold): void {
    const store = storage.getStore();
    if (store !== undefined) store.hold = hold;
  }

  /**
   * Lets every transaction of the request fail that finds another version of a row.
   *
   * @param key of the row: its id, or what the paths of its resource have instead
   * @param versions the accepted ones; empty for none
   */
  expectVersion(table: string, key: string, versions: readonly number[]): void {
    const store = storage.getStore();
    if (store !== undefined) store.expected = `${table} ${key} ${versions.join(',')}`;
  }

  /** The row and the versions of {@link expectVersion}, as `app.require_version` reads them. */
  get expected(): string | undefined {
    return storage.getStore()?.expected;
  }

  /** Runs work whose transactions are committed at once, although the request delays its commits. For work that has an effect of its own and can be undone. */
  withoutHold<Result>(work: () => Result): Result {
    const store = storage.getStore();
    return store?.hold === undefined ? work() : storage.run({ ...store, hold: undefined }, work);
  }

  /** Runs work as {@link withoutHold} does, also work that outlives the request. It is an effect, so the answer to the request is recorded, and a repetition does not run it again. */
  asEffect<Result>(work: () => Result): Result {
    currentHold()?.noteEffect();
    return this.withoutHold(work);
  }

  /** The authority of the current request; undefined in jobs, commands and work of another actor. */
  get authority(): Authority | undefined {
    return storage.getStore()?.authority;
  }

  /** Runs work in a copy of the current context, without its authority. Changes of the copy do not reach the context. */
  inCopy<Result>(work: () => Result): Result {
    const store = storage.getStore();
    return store === undefined ? work() : storage.run({ ...store, authority: undefined }, work);
  }

  /** Sets the action, for the audit log. */
  begin(action: string): void {
    const store = storage.getStore();
    if (store === undefined) return;
    store.action = action;
    store.note = undefined;
  }

  /**
   * Sets the tenant of this request.
   *
   * @throws {TenantContextMissingError} outside of any context
   * @throws {TenantAlreadySetError} when the context has a tenant
   * @throws {InvalidTenantIdError}
   */
  fill(tenant: Tenant): void {
    const store = storage.getStore();
    if (store === undefined) throw new TenantContextMissingError();
    if (store.tenant !== undefined || store.platform !== undefined) throw new TenantAlreadySetError();
    assertTenantId(tenant.organizationId);
    store.tenant = Object.freeze(tenant);
    store.servedOrganizationId = tenant.organizationId;
    store.actor = tenant.actor;
    store.note = undefined;
  }

  /**
   * Runs work in a tenant, for jobs and for code that has verified the tenant itself. The work is awaited inside, because
   * Prisma's promises begin only when they are awaited.
   *
   * @throws {TenantAlreadySetError} inside another tenant
   * @throws {InvalidTenantIdError}
   */
  async run<Result>(tenant: Tenant, work: () => PromiseLike<Result> | Result): Promise<Result> {
    assertTenantId(tenant.organizationId);
    const outer = storage.getStore();
    if (outer?.tenant !== undefined && outer.tenant.organizationId !== tenant.organizationId) throw new TenantAlreadySetError();
    const store = { ...inherited(outer), actor: tenant.actor, tenant: Object.freeze({ ...tenant }), platform: undefined };
    if (store.actor !== outer?.actor) Object.assign(store, { actorName: undefined, authority: undefined });
    store.action ??= tenant.actor.kind === 'job' ? `job ${tenant.actor.name}` : undefined;
    return storage.run(store, async () => work());
  }

  /**
   * Runs work that belongs to no tenant.
   *
   * @param reason why; also the action in the audit log, unless the context has an action
   * @param actor who acts; the context's actor when left out
   */
  async runAsPlatform<Result>(reason: string, work: () => PromiseLike<Result> | Result, actor?: Actor): Promise<Result> {
    const outer = storage.getStore();
    const store = { ...inherited(outer), actor: actor ?? outer?.actor, tenant: undefined, platform: reason };
    if (store.actor !== outer?.actor) store.authority = undefined;
    store.action ??= reason;
    return storage.run(store, async () => work());
  }

  /** Returns the current tenant, or undefined. */
  find(): Tenant | undefined {
    return storage.getStore()?.tenant;
  }

  /** @throws {TenantContextMissingError} */
  get tenant(): Tenant {
    const tenant = this.find();
    if (tenant === undefined) throw new TenantContextMissingError();
    return tenant;
  }

  /** @throws {TenantContextMissingError} */
  get organizationId(): string {
    return this.tenant.organizationId;
  }

  /** For whom the current work is done: the id of the organization, {@link withoutOrganization} in a request of none, or undefined for the installation itself. */
  get beneficiary(): string | undefined {
    const store = storage.getStore();
    return store?.requestId === undefined ? store?.tenant?.organizationId : (store.servedOrganizationId ?? withoutOrganization);
  }

  /** Returns who does what, as JSON for the audit triggers; undefined outside of any context. */
  auditNote(): string | undefined {
    const store = storage.getStore();
    if (store === undefined) return undefined;
    store.note ??= JSON.stringify(noteOf(store));
    return store.note;
  }

  /** The actor and the action, as an object; empty outside of any context. */
  get work(): AuditNote {
    const store = storage.getStore();
    return store === undefined ? {} : noteOf(store);
  }

  /** Like {@link work}, for a refused request: with the organization that the refusal concerns. */
  get refusedNote(): AuditNote {
    const store = storage.getStore();
    return store === undefined ? {} : { ...noteOf(store), organizationId: store.tenant?.organizationId ?? store.concerned };
  }

  /** The kind of the actor; undefined while nobody is known. */
  get actorKind(): Actor['kind'] | undefined {
    return storage.getStore()?.actor?.kind;
  }

  /** Returns the ids that every log line carries. */
  logFields(): Readonly<Record<string, string | undefined>> {
    const store = storage.getStore();
    if (store === undefined) return {};
    return { requestId: store.requestId, organizationId: store.tenant?.organizationId, ...nameOf(store.actor) };
  }
}

const inherited = (outer: ContextStore | undefined): ContextStore => ({
  requestId: outer?.requestId,
  actor: outer?.actor,
  tenant: undefined,
  servedOrganizationId: outer?.servedOrganizationId,
  platform: undefined,
  action: outer?.action,
  actorName: outer?.actorName,
  origin: outer?.origin,
  authority: outer?.authority,
  hold: outer?.hold,
  expected: outer?.expected,
  concerned: undefined,
  note: undefined,
});

/** The actor, the action and the origin. The audit functions of the database read these names. */
export interface AuditNote {
  readonly organizationId?: string | undefined;
  readonly requestId?: string | undefined;
  readonly action?: string | undefined;
  readonly actorKind?: string | undefined;
  readonly actorId?: string | undefined;
  readonly actorName?: string | undefined;
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
}

function noteOf({ requestId, actor, tenant, platform, action, actorName, origin }: ContextStore): AuditNote {
  return {
    organizationId: tenant?.organizationId,
    requestId,
    action: action ?? platform,
    actorKind: actor?.kind ?? (requestId === undefined ? 'system' : 'anonymous'),
    actorId: idOf(actor),
    actorName,
    ip: origin?.ip,
    userAgent: origin?.userAgent?.slice(0, 400),
  };
}

function idOf(actor: Actor | undefined): string | undefined {
  if (actor === undefined) return undefined;
  if (actor.kind === 'key' || actor.kind === 'service') return actor.keyId;
  return actor.kind === 'job' ? actor.name : actor.userId;
}

function nameOf(actor: Actor | undefined): Readonly<Record<string, string>> {
  if (actor?.kind === 'user' || (actor?.kind === 'operator' && actor.userId !== undefined)) return { userId: actor.userId as string };
  if (actor?.kind === 'key') return { apiKeyId: actor.keyId };
  if (actor?.kind === 'service') return { serviceKeyId: actor.keyId };
  return actor?.kind === 'job' ? { job: actor.name } : {};
}
