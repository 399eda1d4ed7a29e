/** Work that notifications and timers wake. It runs once at a time; a call while it runs makes it run once more. */
export class WokenWork {
  #running: Promise<void> | undefined;
  #wanted = false;
  #stopped = false;

  /** @param failed what to do with an error of the work, which ends no later run */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  get stopped(): boolean {
    return this.#stopped;
  }

  wake(): void {
    if (this.#stopped) return;
    this.#wanted = true;
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
  }

  /** Lets no further run begin. */
  stop(): void {
    this.#stopped = true;
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#wanted && !this.#stopped) {
      this.#wanted = false;
      try {
        await this.work();
      } catch (error) {
        this.failed(error);
      }
    }
  }
}
