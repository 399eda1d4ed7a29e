import { createInterface } from 'node:readline/promises';

/** The input and output of a command. */
export interface Terminal {
  /** The environment variables. Those of the process when undefined. */
  readonly env?: NodeJS.ProcessEnv;
  /** Whether standard error is a terminal, on which progress can be shown. */
  readonly interactive: boolean;
  exitCode: number;
  out(text: string): void;
  err(text: string): void;
  /** Asks a question and returns the answer; undefined when standard input is not a terminal. */
  ask(question: string): Promise<string | undefined>;
}

/** The terminal of this process. */
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
