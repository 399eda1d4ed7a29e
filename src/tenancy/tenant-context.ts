import { AsyncLocalStorage } from 'node:async_hooks';
import { InvalidTenantIdError, TenantAlreadySetError, TenantContextMissingError } from './tenant-errors.js';

/** Who acts. */
export type Actor =
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
  newStore(requestId?: string): ContextStore {
    return { requestId, actor: undefined, tenant: undefined, platform: undefined };
  }

  /** Runs `work` in a context; again, where something in between has lost it. */
  enter<Result>(store: ContextStore, work: () => Result): Result {
    return this.#storage.run(store, work);
  }

  /** Notes who acts, before it is known in which tenant. */
  identify(actor: Actor): void {
    const store = this.#storage.getStore();
    if (store !== undefined) store.actor = actor;
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
    const store = { requestId: outer?.requestId, actor: tenant.actor, tenant: Object.freeze({ ...tenant }), platform: undefined };
    return this.#storage.run(store, async () => work());
  }

  /**
   * Does work that belongs to no tenant, and says so.
   *
   * @param reason what it is, for whoever reads the code
   */
  async runAsPlatform<Result>(reason: string, work: () => PromiseLike<Result> | Result): Promise<Result> {
    const outer = this.#storage.getStore();
    const store = { requestId: outer?.requestId, actor: outer?.actor, tenant: undefined, platform: reason };
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

  /** The ids that every log line carries. */
  logFields(): Readonly<Record<string, string | undefined>> {
    const store = this.#storage.getStore();
    if (store === undefined) return {};
    return { requestId: store.requestId, organizationId: store.tenant?.organizationId, ...nameOf(store.actor) };
  }
}

function nameOf(actor: Actor | undefined): Readonly<Record<string, string>> {
  if (actor?.kind === 'user') return { userId: actor.userId };
  if (actor?.kind === 'key') return { apiKeyId: actor.keyId };
  return actor?.kind === 'job' ? { job: actor.name } : {};
}
