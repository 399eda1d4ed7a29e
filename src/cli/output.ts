import { AppError, NotFoundError } from '../common/errors/app-error.js';
import { exitCodes, exitOf, type Exit } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** The output of a command: a value for `--json`, and lines of text otherwise. */
export interface CommandOutput {
  readonly value: unknown;
  readonly lines: () => readonly string[];
  readonly exit?: Exit;
}

/**
 * Runs a command, prints its output and sets the exit code. Prints an error without its stack, and as an object with `--json`.
 *
 * @param work returns undefined when the user did not confirm
 */
export async function runAndPrint(terminal: Terminal, json: boolean | undefined, work: () => Promise<CommandOutput | undefined>): Promise<void> {
  try {
    const answered = await work();
    if (answered !== undefined)
      terminal.out(
        json === true
          ? asJson(answered.value)
          : answered
              .lines()
              .map((line) => `${withoutControls(line)}\n`)
              .join(''),
      );
    terminal.exitCode = exitCodes[answered === undefined ? 'usage' : (answered.exit ?? 'done')];
  } catch (error) {
    const reported = errorOf(error);
    if (json === true) terminal.out(asJson({ error: reported }));
    else terminal.err(`${withoutControls(reported.message)}\n`);
    terminal.exitCode = exitCodes[exitOf(error)];
  }
}

/** Texts of others, such as the answer of a mail server, must not command the terminal. JSON escapes what does. */
const withoutControls = (text: string): string => text.replaceAll(/(?![\n\t])\p{Cc}/gu, '\ufffd');
const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2).replaceAll(/[\u007f-\u009f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)}\n`;

function errorOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof AppError)
    return { code: error.code, message: error instanceof NotFoundError ? 'The tenant does not exist. Check its id or slug.' : error.message, ...error.details };
  const code = exitOf(error).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return { code, message: error instanceof Error ? error.message : String(error) };
}

const asText = (value: unknown): string => {
  if (value === null || value === undefined) return '–';
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(asText).join(', ') || '–';
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return JSON.stringify(value);
  return (
    Object.entries(value)
      .map(([key, each]) => `${key} ${each === null ? 'unlimited' : asText(each)}`)
      .join(', ') || '–'
  );
};

/** Formats rows as `name   value`, with the values in one column. */
export function table(rows: readonly (readonly [name: string, value: unknown])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${asText(value)}`);
}

/** Asks for confirmation before something is destroyed. Without a terminal, only `--yes` confirms. */
export async function confirmAction(terminal: Terminal, question: string, yes: boolean | undefined): Promise<boolean> {
  if (yes === true) return true;
  const reply = await terminal.ask(`${question} [y/N] `);
  if (reply === undefined) terminal.err(`${question} Pass --yes to confirm without a prompt.\n`);
  return /^y(es)?$/i.test(reply?.trim() ?? '');
}
