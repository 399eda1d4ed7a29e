/** Content that arrives in parts. Parts of one byte each take as much memory as one large part. */
export class GrowingContent {
  #bytes = new Uint8Array(4096);
  #size = 0;

  /** @param max the largest size, in bytes */
  constructor(readonly max: number) {}

  /** The content so far. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#size);
  }

  /** Adds a part, as much of it as fits. Returns whether all of it did. */
  add(part: Uint8Array): boolean {
    const fitting = part.subarray(0, this.max - this.#size);
    const needed = this.#size + fitting.byteLength;
    if (needed > this.#bytes.byteLength) {
      const larger = new Uint8Array(Math.max(needed, Math.min(this.max, 2 * this.#bytes.byteLength)));
      larger.set(this.bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(fitting, this.#size);
    this.#size = needed;
    return fitting.byteLength === part.byteLength;
  }
}
