/** Milliseconds between two looks. */
const interval = 250;

/** A connection that is looked at. */
export interface WatchedConnection {
  /** The query whose answer comes next; undefined when it waits for none. */
  readonly unanswered: object | undefined;
  /** Milliseconds that an answer may take; 0 for no limit. */
  readonly answerTimeoutMillis: number;
  /** Closes the connection, and fails its queries. */
  giveUp(): void;
}

/**
 * Closes connections whose server does not answer: because it hangs, or because the network has lost it, which TCP would notice after 15 minutes. One
 * timer looks at all connections, so that a query costs nothing. It counts its looks, not the time: a process that was busy or suspended
 * itself reads the answers first.
 */
class AnswerWatch {
  readonly #looks = new Map<WatchedConnection, { query: object | undefined; count: number }>();
  #timer: NodeJS.Timeout | undefined;

  add(connection: WatchedConnection): void {
    this.#looks.set(connection, { query: undefined, count: 0 });
    this.#timer ??= setInterval(() => setImmediate(() => this.#look()), interval).unref();
  }

  remove(connection: WatchedConnection): void {
    this.#looks.delete(connection);
    if (this.#looks.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    for (const [connection, seen] of this.#looks) {
      const { unanswered, answerTimeoutMillis } = connection;
      seen.count = unanswered !== undefined && unanswered === seen.query ? seen.count + 1 : 0;
      seen.query = unanswered;
      if (answerTimeoutMillis > 0 && seen.count * interval >= answerTimeoutMillis) connection.giveUp();
    }
  }
}

/** Looks at all connections of this process. */
export const answerWatch = new AnswerWatch();
