import { Injectable } from '@nestjs/common';
import { createHash, createHmac } from 'node:crypto';
import { Clock } from '../../common/clock.js';
import { deriveKey } from '../../common/crypto/derived-key.js';
import { SecretBox } from '../../common/crypto/secret-box.js';
import { AppConfig } from '../../config/app-config.js';
import { PlatformPool } from '../../database/wire/platform-pool.js';
import { CommitHold, type HeldStatement } from '../../tenancy/commit-hold.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { IdempotencyKeyReusedError, OutcomeUnknownError, RequestRunningError } from './idempotency.errors.js';

/** A request with an Idempotency-Key. */
export interface KeyedRequest {
  /** The organization of a route that needs one; undefined for other routes. */
  readonly organizationId: string | undefined;
  readonly caller: string;
  /** The method and the path. */
  readonly route: string;
  readonly key: string;
  /** The query and the body, with the members of objects in one order. */
  readonly content: string;
}

export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Milliseconds after which a request without an answer is not running any longer: its process has ended. */
const longestRequest = 120_000;
/** Milliseconds for which answers are kept, until the job deletes them. */
export const keptFor = 24 * 3_600_000;

const text = {
  find: 'select fingerprint, answer, created_at from idempotency_keys where id = $1',
  record: `insert into idempotency_keys as k (id, organization_id, fingerprint, answer, created_at) values ($1, $2, $3, $4, $5)
    on conflict (id) do update set answer = excluded.answer, created_at = excluded.created_at`,
  forget: 'delete from idempotency_keys where id = $1',
} as const;

type Row = { readonly fingerprint: Buffer; readonly answer: Buffer | null; readonly created_at: Date };

/** Names the scope of a key: 16 bytes of a SHA-256 as a UUID, version 8. No two scopes have the same text, because JSON marks the ends of its parts. */
function idOf({ organizationId, caller, route, key }: KeyedRequest): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([organizationId ?? null, caller, route, key]))
    .digest('hex');
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

const fingerprintOf = ({ content }: KeyedRequest, key: Buffer): Buffer => createHmac('sha256', key).update(content).digest();

/** Keeps the answers to requests with an Idempotency-Key, and returns them to repetitions. */
@Injectable()
export class IdempotencyKeysService {
  readonly #box: SecretBox;
  /** A body can have a password, which the digest of a known text would let a reader of the table guess: the digest has a key. */
  readonly #fingerprintKeys: readonly [Buffer, ...Buffer[]];

  constructor(
    private readonly platform: PlatformPool,
    private readonly context: TenantContext,
    private readonly clock: Clock,
    { appSecret, previousSecrets }: AppConfig,
  ) {
    this.#box = new SecretBox(appSecret, 'idempotency', previousSecrets);
    const keyOf = (secret: string): Buffer => deriveKey(secret, 'idempotency-fingerprint');
    this.#fingerprintKeys = [keyOf(appSecret), ...previousSecrets.map(keyOf)];
  }

  /**
   * Returns the answer to an earlier request with the key. If there was none, the transactions of this request record its own.
   *
   * @throws {IdempotencyKeyReusedError | RequestRunningError | OutcomeUnknownError}
   */
  async findAnswer(request: KeyedRequest): Promise<StoredAnswer | CommitHold> {
    const id = idOf(request);
    const { rows } = await this.platform.read<Row>({ name: 'tenantry_idempotency_find', text: text.find, values: [id], quick: true });
    const [known] = rows;
    if (known === undefined) return this.#begin(request, id);
    if (!this.#fingerprintKeys.some((key) => known.fingerprint.equals(fingerprintOf(request, key)))) throw new IdempotencyKeyReusedError();
    if (known.answer !== null) return this.#open(known.answer);
    throw this.clock.now().getTime() - known.created_at.getTime() < longestRequest ? new RequestRunningError() : new OutcomeUnknownError();
  }

  seal(answer: StoredAnswer): Uint8Array {
    return this.#box.seal(JSON.stringify(answer));
  }

  /** @throws {OutcomeUnknownError} when no known secret opens the answer */
  #open(sealed: Buffer): StoredAnswer {
    try {
      return JSON.parse(this.#box.open(sealed)) as StoredAnswer;
    } catch {
      throw new OutcomeUnknownError();
    }
  }

  #begin(request: KeyedRequest, id: string): CommitHold {
    const { organizationId } = request;
    const fingerprint = fingerprintOf(request, this.#fingerprintKeys[0]);
    const record = (answer: Uint8Array | undefined): HeldStatement => ({
      name: 'tenantry_idempotency_record',
      text: text.record,
      values: [id, organizationId ?? null, fingerprint, answer === undefined ? null : Buffer.from(answer), this.clock.now()],
    });
    const hold = new CommitHold({
      claim: id,
      organizationId,
      record,
      forget: () => ({ name: 'tenantry_idempotency_forget', text: text.forget, values: [id] }),
      // Without the authority of the request, which its effect may have ended.
      run: ({ text: statement, values }) => this.context.inCopy(() => this.context.withoutHold(() => this.platform.query(statement, values))),
      refusal: () => new RequestRunningError(),
    });
    this.context.holdCommits(hold);
    return hold;
  }
}
