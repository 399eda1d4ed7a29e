/** A statement of the protocol, with its values. */
export interface HeldStatement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A transaction whose work has committed it, but whose COMMIT is not sent yet. */
export interface HeldTransaction {
  /** The organization that it is bound to; undefined for the platform, which sees all. */
  readonly organizationId: string | undefined;
  /** Sends COMMIT, in one message with a last statement if there is one, and returns the connection. */
  commit(last: HeldStatement | undefined): Promise<void>;
  rollBack(): Promise<void>;
}

export interface CommitHoldOptions {
  /** The claim that each transaction makes when it begins: one request with it continues, others are refused. */
  readonly claim: string;
  /** The organization of the record; undefined for none. */
  readonly organizationId: string | undefined;
  /** Returns the statement that records the answer, or that there will be one. */
  readonly record: (answer: Uint8Array | undefined) => HeldStatement;
  /** Returns the statement that deletes the record. */
  readonly forget: () => HeldStatement;
  /** Runs a statement in a transaction of its own, which is not held. */
  readonly run: (statement: HeldStatement) => Promise<unknown>;
  /** Returns the error of a request whose claim another one has. */
  readonly refusal: () => Error;
}

type Work = () => PromiseLike<unknown>;

/**
 * Delays the COMMIT of a request's last transaction until its answer is known, so that the answer is recorded in the same transaction as the effect. Which
 * transaction is the last one is not known: the next statement of the request commits the one before, with a record that has no answer yet.
 */
export class CommitHold {
  #held: HeldTransaction | undefined;
  #committing: Promise<void> | undefined;
  #after: Work[] = [];
  readonly #open = new Set<object>();
  #claimant: object | undefined;
  /** Whether an effect was committed. */
  #hasEffect = false;
  /** Whether the record was committed. */
  #isRecorded = false;
  #isOver = false;

  constructor(private readonly options: CommitHoldOptions) {}

  /** Whether the request is not answered yet. */
  get isActive(): boolean {
    return !this.#isOver;
  }

  /** Whether a transaction must be committed before another statement is sent. */
  get isHolding(): boolean {
    return this.#held !== undefined || this.#committing !== undefined;
  }

  refusal(): Error {
    return this.options.refusal();
  }

  began(owner: object): void {
    this.#open.add(owner);
  }

  ended(owner: object): void {
    this.#open.delete(owner);
    if (this.#claimant === owner) this.#claimant = undefined;
  }

  /** Returns what a transaction that begins must claim. The claim ends with the transaction, unless that commits the record. */
  claimFor(owner: object): string | undefined {
    if (this.#isOver || this.#isRecorded || (this.#claimant ?? owner) !== owner) return undefined;
    this.#claimant = owner;
    return this.options.claim;
  }

  /** Takes a transaction that its work commits. It is committed at once if others of the request are open: they may wait for its locks. */
  async hold(transaction: HeldTransaction): Promise<void> {
    // Transactions of a request that run at the same time may end at the same time.
    while (this.isHolding) await this.commitHeld();
    if (this.#isOver) return transaction.commit(undefined);
    this.#held = transaction;
    if (this.#open.size > 0) await this.commitHeld();
  }

  /** Notes an effect that no transaction of the request has: its answer is recorded. */
  noteEffect(): void {
    this.#hasEffect = true;
  }

  /** Keeps what follows the commit of the transaction that is held. */
  followWith(works: readonly Work[]): void {
    this.#after.push(...works);
  }

  /** Commits the transaction that is held, with a record that has no answer yet. */
  async commitHeld(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return this.#committing;
    this.#committing = this.#commit(held, this.#isRecorded ? undefined : this.options.record(undefined));
    try {
      await this.#committing;
    } finally {
      this.#committing = undefined;
    }
    this.#hasEffect = true;
    this.#isRecorded = true;
    await this.#follow();
  }

  /** Commits a transaction with the record of the request. Of another organization, it cannot write the record, which is committed before it. */
  async #commit(held: HeldTransaction, record: HeldStatement | undefined): Promise<void> {
    if (record === undefined || this.#fits(held)) return held.commit(record);
    await this.options.run(record);
    this.#isRecorded = true;
    await held.commit(undefined);
  }

  /** Records the answer, in the transaction that is held. A request without an effect leaves nothing. */
  async answer(answer: Uint8Array): Promise<void> {
    const held = await this.#end();
    const record = this.options.record(answer);
    if (held === undefined) {
      if (this.#hasEffect) await this.options.run(record);
      return;
    }
    const fits = this.#fits(held);
    const before = this.#isRecorded ? undefined : this.options.record(undefined);
    await this.#commit(held, fits ? record : before);
    if (!fits) await this.options.run(record);
    await this.#follow();
  }

  /** Ends a request that is refused: what it has committed stays, and nothing is recorded, so that it can be repeated. */
  async refuse(): Promise<void> {
    const held = await this.#end();
    await held?.commit(undefined);
    if (this.#isRecorded) await this.options.run(this.options.forget());
    await this.#follow();
  }

  /** Ends a request that has failed. The transaction that is held is undone. A record that was committed stays, so that no repetition has its effect twice. */
  async fail(): Promise<void> {
    const held = await this.#end();
    this.#after = [];
    await held?.rollBack();
  }

  async #end(): Promise<HeldTransaction | undefined> {
    this.#isOver = true;
    await this.#committing;
    const held = this.#held;
    this.#held = undefined;
    return held;
  }

  async #follow(): Promise<void> {
    const works = this.#after;
    this.#after = [];
    for (const work of works) await work();
  }

  #fits({ organizationId }: HeldTransaction): boolean {
    return organizationId === undefined || organizationId === this.options.organizationId;
  }
}
