import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BufferedWriter } from '../../../common/buffered-writer.js';
import type { RefusalObserver } from '../../../common/errors/refusal-observer.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { TenantContext, type AuditNote } from '../../../tenancy/tenant-context.js';

/** The most distinct refusals that are kept between two writes. Further ones are only counted. */
const maxBuffered = 500;

/** Codes of routine answers, which are not recorded: the client only has to sign in again or confirm its address. */
const routineCodes = new Set(['authentication_required', 'token_expired', 'email_not_verified']);
/** Codes that are recorded although the status is not 401, 403 or 429: the client asked for what belongs to somebody else. */
const recordedCodes = new Set(['organization_not_found', 'tenant_mismatch']);
/** Codes for which the request body names the account that the client claimed to be. */
const codesWithClaimedAccount = new Set(['invalid_credentials', 'account_locked', 'too_many_requests']);

/** Removes what PostgreSQL cannot store in a text: unpaired surrogates and NUL. */
const storable = (text: string | undefined): string | undefined => (text === undefined ? undefined : Buffer.from(text.slice(0, 320)).toString().replaceAll('\0', ''));

interface Refusal extends AuditNote {
  readonly code: string;
  readonly times: number;
}

/**
 * Records refused requests in the audit log, in one statement every two seconds, so that no request waits for it. Requests
 * that are refused for the same reason, to the same actor and address, become one event with the number of times.
 */
@Injectable()
export class AuditRefusalsService implements RefusalObserver, OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(AuditRefusalsService.name);
  readonly #writer = new BufferedWriter<Refusal>({
    write: (refusals) => this.#write(refusals),
    flushEvery: 2_000,
    maxWaiting: maxBuffered,
    drop: 'newest',
    merge: (earlier, later) => ({ ...earlier, times: earlier.times + later.times }),
    onError: (err) => this.#logger.warn({ err }, 'refused requests could not be written to the audit log; retrying with the next write'),
    onDrop: (dropped) => (this.#dropped += dropped.reduce((sum, { times }) => sum + times, 0)),
  });
  /** Refusals that were only counted, because too many others waited. */
  #dropped = 0;

  constructor(
    private readonly platform: PlatformPool,
    private readonly context: TenantContext,
  ) {}

  onApplicationBootstrap(): void {
    this.#writer.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#writer.stop();
  }

  refused({ status, code }: { readonly status: number; readonly code: string }, claimed: string | undefined): void {
    if (!recordedCodes.has(code) && (![401, 403, 429].includes(status) || routineCodes.has(code))) return;
    const note = this.context.refusedNote;
    const key = JSON.stringify([note.organizationId, note.action, note.actorId, note.ip, code, claimed]);
    const actorName = note.actorName ?? (codesWithClaimedAccount.has(code) ? storable(claimed) : undefined);
    this.#writer.add(key, { ...note, actorName, code, times: 1 });
  }

  /** Writes the refusals that wait. */
  async flush(): Promise<void> {
    await this.#writer.flush();
  }

  async #write(refusals: readonly Refusal[]): Promise<void> {
    const dropped = this.#dropped;
    const uncounted = dropped > 0 ? [{ actorKind: 'system', action: 'many', code: 'too_many_refusals', times: dropped }] : [];
    await this.platform.query('select audit.refuse($1::jsonb)', [JSON.stringify([...refusals, ...uncounted])]);
    this.#dropped -= dropped;
  }
}
