import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { RefusalObserver } from '../../../common/errors/refusal-observer.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { TenantContext, type AuditNote } from '../../../tenancy/tenant-context.js';

const flushEvery = 2_000;
/** Different refusals that are kept apart until they are written; the rest is only counted. */
const maxBuffered = 500;

/** Everyday answers, and no attempt at anything. */
const everyday = new Set(['authentication_required', 'token_expired', 'email_not_verified']);
/** Not 401, 403 or 429, and yet an attempt at what is somebody else's. */
const attempts = new Set(['organization_not_found', 'tenant_mismatch']);
/** Where the body says whom somebody tried to be. */
const impersonal = new Set(['invalid_credentials', 'account_locked', 'too_many_requests']);

/** Without what PostgreSQL does not take: half a surrogate pair, and NUL. */
const storable = (text: string | undefined): string | undefined => (text === undefined ? undefined : Buffer.from(text.slice(0, 320)).toString().replaceAll('\0', ''));

interface Refusal extends AuditNote {
  readonly code: string;
  times: number;
}

/**
 * Writes refused requests into the audit log, off the request's path: in memory, every other second, in one statement. What
 * is refused for the same reason to the same actor at the same address within that time is one event that says how often.
 */
@Injectable()
export class AuditRefusalsService implements RefusalObserver, OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(AuditRefusalsService.name);
  #kept = new Map<string, Refusal>();
  #beyond = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly platform: PlatformPool,
    private readonly context: TenantContext,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.flush(), flushEvery);
    this.#timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  refused({ status, code }: { readonly status: number; readonly code: string }, claimed: string | undefined): void {
    if (!attempts.has(code) && (![401, 403, 429].includes(status) || everyday.has(code))) return;
    const note = this.context.refusedNote;
    const key = JSON.stringify([note.organizationId, note.action, note.actorId, note.ip, code, claimed]);
    const known = this.#kept.get(key);
    if (known !== undefined) known.times += 1;
    else if (this.#kept.size >= maxBuffered) this.#beyond += 1;
    else
      this.#kept.set(key, {
        ...note,
        actorName: note.actorName ?? (impersonal.has(code) ? storable(claimed) : undefined),
        code,
        times: 1,
      });
  }

  /** Writes what was noted. What cannot be written now is tried once more with the next. */
  async flush(): Promise<void> {
    const refusals = [...this.#kept.values(), ...(this.#beyond > 0 ? [{ actorKind: 'system', action: 'many', code: 'too_many_refusals', times: this.#beyond }] : [])];
    if (refusals.length === 0) return;
    const kept = this.#kept;
    this.#kept = new Map();
    this.#beyond = 0;
    try {
      await this.platform.query('select audit.refuse($1::jsonb)', [JSON.stringify(refusals)]);
    } catch (error) {
      this.#logger.warn({ err: error }, 'refused requests could not be written to the audit log');
      for (const [key, refusal] of kept) if (!this.#kept.has(key) && this.#kept.size < maxBuffered) this.#kept.set(key, refusal);
    }
  }
}
