import { Injectable } from '@nestjs/common';
import { MachineClock } from '../../../common/clock.js';
import { AppConfig } from '../../../config/app-config.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { CheckpointKeys, keyIdOf, tokenHash, type ChainEnd, type Checkpoint } from './checkpoint.js';

/** The chains that one checkpoint names at most. */
const most = 10_000;

interface HeadRow {
  readonly chain: string;
  readonly sequence: bigint;
  readonly hash: string;
  readonly removed: bigint;
  readonly removedHash: string | null;
}

interface LastCheckpoint {
  readonly number: bigint;
  readonly token: string;
}

/** Makes checkpoints: signed statements of the ends of the chains, each of which names the one before it. */
@Injectable()
export class AuditCheckpointsService {
  readonly keys: CheckpointKeys;
  readonly #accepted: string | undefined;

  constructor(
    { appSecret, previousSecrets, acceptedCheckpoint }: AppConfig,
    private readonly machineClock: MachineClock,
  ) {
    this.#accepted = acceptedCheckpoint;
    this.keys = new CheckpointKeys(appSecret, previousSecrets);
  }

  /**
   * Makes checkpoints of the chains that have grown since the last one, and of those from which this transaction has removed events. No other removal is signed:
   * the heads of the chains say what somebody who controls the database has written there.
   *
   * @param now the database's time
   * @param removals by chain, the checkpoint by which its events have expired
   * @returns how many
   * @throws {Error} when the last checkpoint is not signed by a known key: to continue would approve of whatever somebody has put there
   */
  async makeCheckpoints(tx: PlatformTransaction, now: Date, removals: ReadonlyMap<string, number> = new Map()): Promise<number> {
    await tx.$executeRaw`select audit.lock_checkpoints()`;
    let last = await this.#last(tx);
    if (last !== undefined && !(await this.#mayFollow(last.token)))
      throw new Error(
        `No key of this installation has signed checkpoint ${last.number} of the audit log. If APP_SECRET has changed, set APP_SECRET_PREVIOUS too; docs/secrets.md says what to do when the former secret is lost. Otherwise run audit:verify.`,
      );
    let made = 0;
    // The first checkpoint of a new key names no chain if none has grown: the older ones are believed because it names them.
    let isNeeded = last !== undefined && keyIdOf(last.token) !== (await this.keys.presentId());
    // Of two clocks, the later one: events do not expire early because one of them was behind.
    const at = new Date(Math.max(now.getTime(), this.machineClock.now().getTime()));
    let waiting = [...removals.keys()];
    for (;;) {
      const heads = await this.#heads(tx, waiting);
      if (heads.length === 0 && !isNeeded) return made;
      last = await this.#add(tx, last, { at: at.toISOString(), heads: heads.map((head) => asEnd(head, removals.get(head.chain))) });
      made += 1;
      if (heads.length < most) return made;
      const named = new Set(heads.map(({ chain }) => chain));
      waiting = waiting.filter((chain) => !named.has(chain));
      isNeeded = false;
    }
  }

  /** Whether a key of this installation has signed a checkpoint, or a person has compared it who says that its secret is lost. */
  async #mayFollow(token: string): Promise<boolean> {
    return (await this.keys.isSigned(token)) ?? tokenHash(token) === this.#accepted;
  }

  async #last(tx: PlatformTransaction): Promise<LastCheckpoint | undefined> {
    const [last] = await tx.$queryRaw<LastCheckpoint[]>`select number, token from audit.checkpoints order by number desc limit 1`;
    return last;
  }

  #heads(tx: PlatformTransaction, also: string[]): Promise<HeadRow[]> {
    return tx.$queryRaw<HeadRow[]>`
      select h.chain::text, h.sequence, encode(h.hash, 'hex') as hash, h.removed, encode(h.removed_hash, 'hex') as "removedHash"
        from audit.heads h where h.sequence > h.checkpointed or h.chain = any(${also}::uuid[]) order by h.chain limit ${most}::int`;
  }

  async #add(tx: PlatformTransaction, last: LastCheckpoint | undefined, { at, heads }: Pick<Checkpoint, 'at' | 'heads'>): Promise<LastCheckpoint> {
    const number = (last?.number ?? 0n) + 1n;
    const token = await this.keys.sign({ number: Number(number), at, previous: last === undefined ? null : tokenHash(last.token), heads });
    await tx.$executeRaw`select audit.add_checkpoint(${number}::bigint, ${token}, ${heads.map(({ chain }) => chain)}::uuid[], ${heads.map(({ sequence }) => sequence)}::bigint[])`;
    return { number, token };
  }
}

const asEnd = ({ chain, sequence, hash, removed, removedHash }: HeadRow, by: number | undefined): ChainEnd => ({
  chain,
  sequence: Number(sequence),
  hash,
  ...(by === undefined || removedHash === null ? {} : { removed: { sequence: Number(removed), hash: removedHash, by } }),
});
