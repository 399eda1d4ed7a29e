/** Reports to a listener that this process sends statements that may change audited rows. */
export class WriteSignal {
  #listener: () => void = () => undefined;

  /** Sets the listener. It is called very often, and must return at once. */
  onWrite(listener: () => void): void {
    this.#listener = listener;
  }

  /** Reports a write. Call it when a statement is sent: it is not committed yet. */
  written(): void {
    this.#listener();
  }
}
