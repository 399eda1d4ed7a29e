import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { BufferedWriter } from '../../../common/buffered-writer.js';
import type { RefusalObserver } from '../../../common/errors/refusal-observer.js';
import { storableText } from '../../../common/text/storable-text.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { WriteSignal } from '../../../database/write-signal.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { RefusalFolding, type Refusal } from './refusal-folding.js';

/** The most distinct refusals that are kept while the database cannot be written. Further ones are only counted. */
const maxBuffered = 20_000;

/** Codes of routine answers, which are not recorded: the client only has to sign in again or confirm its address. */
const routineCodes = new Set(['authentication_required', 'token_expired', 'email_not_verified']);
/** Codes that are recorded although the status is not 401, 403 or 429: the client asked for what belongs to somebody else. */
const recordedCodes = new Set(['organization_not_found', 'tenant_mismatch']);
/** Codes for which the request body names the account that the client claimed to be. */
const codesWithClaimedAccount = new Set(['invalid_credentials', 'account_locked', 'too_many_requests']);

const storable = (text: string | undefined): string | undefined => (text === undefined ? undefined : storableText(text, 320));

/**
 * Records refused requests in the audit log, in one statement every two seconds, so that no request waits for it. Requests
 * that are refused for the same reason, to the same actor and address, become one event with the number of times. Requests without
 * a known caller cannot push out those of members, because they are buffered and counted apart.
 */
@Injectable()
export class AuditRefusalsService implements RefusalObserver, OnApplicationBootstrap {
  readonly #logger = new Logger(AuditRefusalsService.name);
  readonly #folding = new RefusalFolding();
  readonly #ofActors = this.#buffer();
  readonly #anonymous = this.#buffer();
  /** Refusals that were only counted, because too many others waited. */
  #dropped = 0;

  constructor(
    private readonly platform: PlatformPool,
    private readonly context: TenantContext,
    private readonly signal: WriteSignal,
  ) {}

  onApplicationBootstrap(): void {
    this.#ofActors.start();
    this.#anonymous.start();
  }

  /** Writes what waits, before the application shuts down. */
  async stop(): Promise<void> {
    await Promise.all([this.#ofActors.stop(), this.#anonymous.stop()]);
  }

  refused({ status, code }: { readonly status: number; readonly code: string }, claimed: string | undefined): void {
    if (!recordedCodes.has(code) && (![401, 403, 429].includes(status) || routineCodes.has(code))) return;
    const note = this.context.refusedNote;
    const actorName = note.actorName ?? (codesWithClaimedAccount.has(code) ? storable(claimed) : undefined);
    const { key, refusal } = this.#folding.fold({ ...note, actorName, code, times: 1, since: performance.now() });
    (refusal.actorId === undefined ? this.#anonymous : this.#ofActors).add(key, refusal);
  }

  /** Writes the refusals that wait. */
  async flush(): Promise<void> {
    await Promise.all([this.#ofActors.flush(), this.#anonymous.flush()]);
  }

  #buffer(): BufferedWriter<Refusal> {
    return new BufferedWriter<Refusal>({
      write: (refusals) => this.#write(refusals),
      flushEvery: 2_000,
      maxWaiting: maxBuffered,
      drop: 'newest',
      merge: (earlier, later) => ({ ...earlier, times: earlier.times + later.times }),
      onError: (err) => this.#logger.warn({ err }, 'refused requests could not be written to the audit log; retrying with the next write'),
      onDrop: (dropped) => (this.#dropped += dropped.reduce((sum, { times }) => sum + times, 0)),
    });
  }

  async #write(refusals: readonly Refusal[]): Promise<void> {
    this.#folding.clear();
    const dropped = this.#dropped;
    this.#dropped = 0;
    const waiting = refusals.map(({ since, ...refusal }) => ({ ...refusal, waited: performance.now() - since }));
    const uncounted = dropped > 0 ? [{ actorKind: 'system', action: 'several', code: 'too_many_refusals', times: dropped }] : [];
    try {
      await this.platform.query('select audit.refuse($1::jsonb)', [JSON.stringify([...waiting, ...uncounted])]);
      this.signal.written();
    } catch (error) {
      this.#dropped += dropped;
      throw error;
    }
  }
}
