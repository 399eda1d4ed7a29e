import { Injectable } from '@nestjs/common';
import { readTime } from '../../../common/times.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { platformChain } from '../hash-chain/event-hash.js';
import { AuditCheckpointsService } from './audit-checkpoints.service.js';
import { InvalidCheckpointError, keyIdOf, readCheckpoint, shortestRetention, tokenHash, type Checkpoint, type Removal } from './checkpoint.js';

const batch = 200;

/** The first invalid event of a chain. */
export interface Fault {
  readonly sequence: number;
  readonly reason: string;
}

export interface CheckpointReport {
  /** The number of checkpoints in the database. */
  readonly checkpoints: number;
  /** The number of exported checkpoints that were compared. */
  readonly exported: number;
  /** The number of the newest of them. */
  readonly exportedUpTo: number;
  /** The newest checkpoint of the database: its time, and the id of its key. */
  readonly newest?: { readonly at: string; readonly key: string } | undefined;
  /** The first invalid checkpoint and the reason; undefined when all are valid. */
  readonly bad?: { readonly number: number; readonly reason: string } | undefined;
}

/** The report on the checkpoints, and the faults of chains that they show. */
export interface CheckpointFindings {
  readonly report: CheckpointReport;
  /** By chain: an event that is not as a checkpoint names it. */
  readonly faults: ReadonlyMap<string, Fault>;
}

/**
 * Verifies the checkpoints of the audit log, and the ends of the chains that they name. The signature of the newest one is enough, together with the
 * hashes by which each names the one before: former keys need not be known.
 */
@Injectable()
export class CheckpointVerificationService {
  constructor(
    private readonly platform: PlatformPool,
    private readonly made: AuditCheckpointsService,
  ) {}

  /**
   * @param exported tokens that were stored outside of the database
   * @param chain only the ends of this chain; those of all chains when undefined
   */
  async verifyCheckpoints(exported: readonly string[], chain?: string): Promise<CheckpointFindings> {
    const work = new Verification(this.platform, this.made, chain);
    await work.verifyStored();
    await work.verifyExported(exported);
    await work.findUnnamed();
    return { report: work.report(), faults: await work.faults() };
  }
}

/** One run. */
class Verification {
  readonly #faults = new Map<string, Fault>();
  readonly #removals = new Map<string, Removal>();
  /** By chain: the last event that a checkpoint names. */
  readonly #named = new Map<string, number>();
  /** The checkpoint that was read last to justify a removal. */
  #expired: { readonly number: number; readonly checkpoint: Checkpoint | undefined } | undefined;
  #count = 0;
  #exported = 0;
  #exportedUpTo = 0;
  #last: { readonly checkpoint: Checkpoint; readonly token: string } | undefined;
  #bad: CheckpointReport['bad'];

  constructor(
    private readonly platform: PlatformPool,
    private readonly made: AuditCheckpointsService,
    private readonly chain: string | undefined,
  ) {}

  async verifyStored(): Promise<void> {
    for (;;) {
      const { rows } = await this.platform.read<{ number: string; token: string }>({
        text: 'select number::text, token from audit.checkpoints where number > $1::bigint order by number limit $2::int',
        values: [this.#count, batch],
      });
      for (const { number, token } of rows) {
        const reason = await this.#faultOf(Number(number), token);
        if (reason !== undefined) return this.#report(this.#count + 1, reason);
        const checkpoint = readCheckpoint(token);
        [this.#count, this.#last] = [checkpoint.number, { checkpoint, token }];
        await this.#compare(checkpoint);
      }
      if (rows.length < batch) break;
    }
    if (this.#last !== undefined && (await this.made.keys.isSigned(this.#last.token)) !== true)
      this.#report(this.#count, 'no known key has signed it or a later one; set APP_SECRET_PREVIOUS if APP_SECRET has changed');
  }

  /** Returns the fault of a checkpoint that follows the last one; undefined when it is valid. */
  async #faultOf(number: number, token: string): Promise<string | undefined> {
    if (number !== this.#count + 1) return 'it was removed';
    try {
      const read = readCheckpoint(token);
      if (read.number !== number) return 'it has the number of another one';
      if (read.previous !== (this.#last === undefined ? null : tokenHash(this.#last.token))) return 'it does not follow the checkpoint before it';
      return (await this.made.keys.isSigned(token)) === false ? 'its signature is not valid' : undefined;
    } catch (error) {
      if (error instanceof InvalidCheckpointError) return error.message;
      throw error;
    }
  }

  /** Each must be in the database, too, and names ends of chains. */
  async verifyExported(tokens: readonly string[]): Promise<void> {
    for (let start = 0; start < tokens.length; start += batch) for (const token of tokens.slice(start, start + batch)) await this.#verifyExport(token);
  }

  async #verifyExport(token: string): Promise<void> {
    this.#exported += 1;
    let checkpoint: Checkpoint;
    try {
      checkpoint = readCheckpoint(token);
    } catch (error) {
      if (!(error instanceof InvalidCheckpointError)) throw error;
      return this.#report(this.#exported, `exported checkpoint, by its place: ${error.message}`);
    }
    this.#exportedUpTo = Math.max(this.#exportedUpTo, checkpoint.number);
    const stored = await this.#read(checkpoint.number);
    // Its ends of chains are compared already.
    if (stored === token) return;
    if ((await this.made.keys.isSigned(token)) !== true) return this.#report(checkpoint.number, 'no known key has signed the exported one');
    this.#report(checkpoint.number, stored === undefined ? 'it was exported and is not in the database' : 'it differs from the one that was exported');
    await this.#compare(checkpoint);
  }

  async #read(number: number): Promise<string | undefined> {
    const { rows } = await this.platform.read<{ token: string }>({ text: 'select token from audit.checkpoints where number = $1::bigint', values: [number] });
    return rows[0]?.token;
  }

  /** Compares the ends of chains with the events. */
  async #compare(checkpoint: Checkpoint): Promise<void> {
    const { number, heads } = checkpoint;
    const wanted = this.chain === undefined ? heads : heads.filter(({ chain }) => chain === this.chain);
    for (const { chain, sequence, removed } of wanted) {
      this.#named.set(chain, Math.max(sequence, this.#named.get(chain) ?? 0));
      if (removed === undefined) continue;
      if (await this.#hasExpired(chain, removed, checkpoint)) this.#removals.set(chain, removed);
      else this.#blame(chain, 1, `checkpoint ${number} says that the events up to ${removed.sequence} have expired, and they had not`);
    }
    if (wanted.length === 0) return;
    // Events that were removed later are covered by the end of what was removed.
    const { rows } = await this.platform.read<{ chain: string; sequence: string; isMissing: boolean }>({
      text: `select a.chain::text, a.sequence::text, found.hash is null as "isMissing"
               from unnest($1::uuid[], $2::bigint[], $3::text[]) as a (chain, sequence, hash)
               left join audit.heads h on h.chain = a.chain
               left join lateral (select e.hash from audit.events e where e.organization_id = a.chain and a.chain <> $4::uuid and e.sequence = a.sequence
                                   union all
                                  select e.hash from audit.events e where a.chain = $4::uuid and e.organization_id is null and e.sequence = a.sequence) e on true
              cross join lateral (select case when a.sequence = h.removed then h.removed_hash else e.hash end as hash) found
              where a.sequence > 0 and not coalesce(a.sequence < h.removed, false) and found.hash is distinct from decode(a.hash, 'hex')`,
      values: [wanted.map(({ chain }) => chain), wanted.map(({ sequence }) => sequence), wanted.map(({ hash }) => hash), platformChain],
    });
    for (const { chain, sequence, isMissing } of rows)
      this.#blame(
        chain,
        Number(sequence),
        isMissing ? `checkpoint ${number} names the event, which was removed` : `the event differs from the one that checkpoint ${number} names`,
      );
  }

  /** Whether an earlier checkpoint names the events, and was at least as old as the shortest retention. */
  async #hasExpired(chain: string, { sequence, by }: Removal, { number, at }: Checkpoint): Promise<boolean> {
    if (by >= number) return false;
    if (this.#expired?.number !== by) {
      const token = await this.#read(by);
      this.#expired = { number: by, checkpoint: token === undefined ? undefined : readCheckpoint(token) };
    }
    const { checkpoint } = this.#expired;
    return (
      checkpoint !== undefined &&
      readTime(checkpoint.at).getTime() <= readTime(at).getTime() - shortestRetention &&
      checkpoint.heads.some((end) => end.chain === chain && end.sequence >= sequence)
    );
  }

  /**
   * Finds events that no checkpoint names, although one was made an hour after them: somebody has hidden the chain from those who make checkpoints. An
   * event is chained when its transaction has ended, which takes less than an hour.
   */
  async findUnnamed(): Promise<void> {
    if (this.#last === undefined) return;
    const { number, at } = this.#last.checkpoint;
    const named = [...this.#named];
    const { rows } = await this.platform.read<{ chain: string; sequence: string }>({
      text: `select h.chain::text, e.sequence::text
               from audit.heads h
               left join unnest($1::uuid[], $2::bigint[]) as n (chain, sequence) on n.chain = h.chain
              cross join lateral (select e.sequence, e.occurred_at from (
                (select e.sequence, e.occurred_at from audit.events e where h.chain <> $4::uuid and e.organization_id = h.chain and e.sequence > coalesce(n.sequence, 0) order by e.sequence limit 1)
                 union all
                (select e.sequence, e.occurred_at from audit.events e where h.chain = $4::uuid and e.organization_id is null and e.sequence > coalesce(n.sequence, 0) order by e.sequence limit 1)) e) e
              where e.occurred_at < least($3::timestamptz, clock_timestamp()) - interval '1 hour' and ($5::uuid is null or h.chain = $5::uuid)`,
      values: [named.map(([chain]) => chain), named.map(([, sequence]) => sequence), at, platformChain, this.chain ?? null],
    });
    for (const { chain, sequence } of rows) this.#blame(chain, Number(sequence), `checkpoint ${number} was made more than an hour after the event, and none names it`);
  }

  /** Events that the head of a chain says to be removed must be named so by a checkpoint, which may have been made after the first look. */
  async faults(): Promise<ReadonlyMap<string, Fault>> {
    const { rows } = await this.platform.read<{ chain: string; removed: string; hash: string | null }>({
      text: `select chain::text, removed::text, encode(removed_hash, 'hex') as hash from audit.heads where removed > 0 and ($1::uuid is null or chain = $1::uuid)`,
      values: [this.chain ?? null],
    });
    if (rows.length > 0 && this.#bad === undefined) await this.verifyStored();
    for (const { chain, removed, hash } of rows) {
      const said = this.#removals.get(chain);
      if (said === undefined || said.sequence < Number(removed) || (said.sequence === Number(removed) && said.hash !== hash))
        this.#blame(chain, 1, `events up to ${removed} were removed, and no checkpoint says so`);
    }
    return this.#faults;
  }

  report(): CheckpointReport {
    const newest = this.#last === undefined ? undefined : { at: this.#last.checkpoint.at, key: keyIdOf(this.#last.token) };
    return { checkpoints: this.#count, exported: this.#exported, exportedUpTo: this.#exportedUpTo, newest, bad: this.#bad };
  }

  #report(number: number, reason: string): void {
    this.#bad ??= { number, reason };
  }

  #blame(chain: string, sequence: number, reason: string): void {
    if (sequence < (this.#faults.get(chain)?.sequence ?? Infinity)) this.#faults.set(chain, { sequence, reason });
  }
}
