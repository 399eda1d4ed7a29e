import { AsyncLocalStorage } from 'node:async_hooks';
import { InvalidTenantIdError, TenantAlreadySetError, TenantContextMissingError } from './tenant-errors.js';

/** Who acts. */
export type Actor =
  /** Somebody who operates the installation: a platform admin in what only they may do, or the command line. */
  | { readonly kind: 'operator'; readonly userId?: string }
  | { readonly kind: 'user'; readonly userId: string; readonly sessionId: string }
  | { readonly kind: 'key'; readonly keyId: string }
  | { readonly kind: 'job'; readonly name: string };

/** A tenant, proved, and who acts in it. */
export interface Tenant {
  readonly organizationId: string;
  readonly actor: Actor;
  readonly role?: string;
  readonly permissions?: ReadonlySet<string>;
}

/** Where a request comes from. */
export interface Origin {
  readonly ip: string;
  readonly userAgent?: string | undefined;
}

/**
 * What is known of the work that is being done. Three states only: in a tenant, explicitly on the platform, or nothing;
 * in the last two a tenant's data cannot be reached.
 */
export interface ContextStore {
  readonly requestId: string | undefined;
  actor: Actor | undefined;
  tenant: Tenant | undefined;
  /** Why the work belongs to no tenant, when it says so. */
  readonly platform: string | undefined;
  /** What is being done: the handler of the route, a job, a command. */
  action: string | undefined;
  /** How the actor is called. */
  actorName: string | undefined;
  readonly origin: Origin | undefined;
  /** The organization that a credential belongs to which is known, but not accepted yet: whom its refusal concerns. */
  concerned: string | undefined;
  /** {@link TenantContext.auditNote}, once it was asked for. */
  note: string | undefined;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function assertTenantId(id: string): void {
  if (!uuid.test(id)) throw new InvalidTenantIdError();
}

/**
 * Carries the tenant along with the asynchronous work, so that no function has to hand it on. A request's context is
 * opened empty and filled once, by the guard that has proved the tenant; a job says explicitly whose work it does.
 */
export class TenantContext {
  readonly #storage = new AsyncLocalStorage<ContextStore>();

  /** An empty context, for a request that begins. */
  newStore(requestId?: string, origin?: Origin): ContextStore {
    return { requestId, actor: undefined, tenant: undefined, platform: undefined, action: undefined, actorName: undefined, origin, concerned: undefined, note: undefined };
  }

  /** Runs `work` in a context; again, where something in between has lost it. */
  enter<Result>(store: ContextStore, work: () => Result): Result {
    return this.#storage.run(store, work);
  }

  /** Notes who acts, before it is known in which tenant. */
  identify(actor: Actor, actorName?: string): void {
    const store = this.#storage.getStore();
    if (store !== undefined) Object.assign(store, { actor, actorName, note: undefined });
  }

  /** Notes whom it concerns when this request is refused. It opens nothing: the tenant is not proved yet. */
  concern(organizationId: string): void {
    const store = this.#storage.getStore();
    if (store !== undefined) store.concerned = organizationId;
  }

  /** Notes what is being done, for the audit log. */
  begin(action: string): void {
    const store = this.#storage.getStore();
    if (store !== undefined) Object.assign(store, { action, note: undefined });
  }

  /**
   * Fills the context of this request.
   *
   * @throws {TenantContextMissingError} outside of any context
   * @throws {TenantAlreadySetError} the second time
   * @throws {InvalidTenantIdError}
   */
  fill(tenant: Tenant): void {
    const store = this.#storage.getStore();
    if (store === undefined) throw new TenantContextMissingError();
    if (store.tenant !== undefined || store.platform !== undefined) throw new TenantAlreadySetError();
    assertTenantId(tenant.organizationId);
    store.tenant = Object.freeze({ ...tenant });
    store.actor = tenant.actor;
    store.note = undefined;
  }

  /**
   * Does work in a tenant; for jobs, and for code that has proved the tenant itself. The work is awaited inside, since
   * Prisma's promises begin only when they are awaited.
   *
   * @throws {TenantAlreadySetError} inside of another tenant
   * @throws {InvalidTenantIdError}
   */
  async run<Result>(tenant: Tenant, work: () => PromiseLike<Result> | Result): Promise<Result> {
    assertTenantId(tenant.organizationId);
    const outer = this.#storage.getStore();
    if (outer?.tenant !== undefined && outer.tenant.organizationId !== tenant.organizationId) throw new TenantAlreadySetError();
    const store = { ...inherited(outer), actor: tenant.actor, tenant: Object.freeze({ ...tenant }), platform: undefined };
    if (store.actor !== outer?.actor) store.actorName = undefined;
    store.action ??= tenant.actor.kind === 'job' ? `job ${tenant.actor.name}` : undefined;
    return this.#storage.run(store, async () => work());
  }

  /**
   * Does work that belongs to no tenant, and says so.
   *
   * @param reason what it is, for whoever reads the code; the action in the audit log, unless a request's is known
   * @param actor who does it, when it is nobody's request
   */
  async runAsPlatform<Result>(reason: string, work: () => PromiseLike<Result> | Result, actor?: Actor): Promise<Result> {
    const outer = this.#storage.getStore();
    const store = { ...inherited(outer), actor: actor ?? outer?.actor, tenant: undefined, platform: reason };
    store.action ??= reason;
    return this.#storage.run(store, async () => work());
  }

  /** The current tenant, or undefined. */
  find(): Tenant | undefined {
    return this.#storage.getStore()?.tenant;
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

  /** What is known of the work, as the audit log takes it (JSON); undefined outside of any context. */
  auditNote(): string | undefined {
    const store = this.#storage.getStore();
    if (store === undefined) return undefined;
    store.note ??= JSON.stringify(noteOf(store));
    return store.note;
  }

  /** The same as an object. */
  get work(): AuditNote {
    const store = this.#storage.getStore();
    return store === undefined ? {} : noteOf(store);
  }

  /** The same for a request that is refused: with whom that concerns. */
  get refusedNote(): AuditNote {
    const store = this.#storage.getStore();
    return store === undefined ? {} : { ...noteOf(store), organizationId: store.tenant?.organizationId ?? store.concerned };
  }

  /** The ids that every log line carries. */
  logFields(): Readonly<Record<string, string | undefined>> {
    const store = this.#storage.getStore();
    if (store === undefined) return {};
    return { requestId: store.requestId, organizationId: store.tenant?.organizationId, ...nameOf(store.actor) };
  }
}

const inherited = (outer: ContextStore | undefined): ContextStore => ({
  requestId: outer?.requestId,
  actor: outer?.actor,
  tenant: undefined,
  platform: undefined,
  action: outer?.action,
  actorName: outer?.actorName,
  origin: outer?.origin,
  concerned: undefined,
  note: undefined,
});

/** Who does what, from where, in the names that the audit log's functions in the database know. */
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
  if (actor.kind === 'key') return actor.keyId;
  return actor.kind === 'job' ? actor.name : actor.userId;
}

function nameOf(actor: Actor | undefined): Readonly<Record<string, string>> {
  if (actor?.kind === 'user' || (actor?.kind === 'operator' && actor.userId !== undefined)) return { userId: actor.userId as string };
  if (actor?.kind === 'key') return { apiKeyId: actor.keyId };
  return actor?.kind === 'job' ? { job: actor.name } : {};
}
