import { createInterface } from 'node:readline/promises';

/** Where a command runs: what it is given, where it answers, whom it can ask. */
export interface Terminal {
  /** The environment; that of the process when left out. */
  readonly env?: NodeJS.ProcessEnv;
  /** Whether somebody looks on while it works. */
  readonly interactive: boolean;
  exitCode: number;
  out(text: string): void;
  err(text: string): void;
  /** What somebody answers; undefined when nobody sits there. */
  ask(question: string): Promise<string | undefined>;
}

/** That of this process. */
export class ProcessTerminal implements Terminal {
  get interactive(): boolean {
    return process.stderr.isTTY;
  }

  get exitCode(): number {
    return Number(process.exitCode ?? 0);
  }

  set exitCode(code: number) {
    process.exitCode = code;
  }

  out(text: string): void {
    process.stdout.write(text);
  }

  err(text: string): void {
    process.stderr.write(text);
  }

  async ask(question: string): Promise<string | undefined> {
    if (!process.stdin.isTTY) return undefined;
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return await terminal.question(question);
    } finally {
      terminal.close();
    }
  }
}
