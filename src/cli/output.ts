import { AppError, NotFoundError } from '../common/errors/app-error.js';
import { exitCodes, exitOf, type Exit } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** What a command has to say: a value for programs, and lines for people. */
export interface CommandOutput {
  readonly value: unknown;
  readonly lines: () => readonly string[];
  readonly exit?: Exit;
}

/**
 * Does the work of a command and answers. Whatever goes wrong is told without a stack; with `--json` as an object too.
 *
 * @param work gives undefined when nobody confirmed it
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
              .map((line) => `${line}\n`)
              .join(''),
      );
    terminal.exitCode = exitCodes[answered === undefined ? 'usage' : (answered.exit ?? 'done')];
  } catch (error) {
    const told = errorOf(error);
    if (json === true) terminal.out(asJson({ error: told }));
    else terminal.err(`${told.message}\n`);
    terminal.exitCode = exitCodes[exitOf(error)];
  }
}

const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function errorOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof AppError) return { code: error.code, message: error instanceof NotFoundError ? 'There is no such tenant.' : error.message, ...error.details };
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

/** `name   value`, a line each, with the values in one column. */
export function table(rows: readonly (readonly [name: string, value: unknown])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${asText(value)}`);
}

/** Asks before something is destroyed. Without a terminal only `--yes` says yes. */
export async function confirmAction(terminal: Terminal, question: string, yes: boolean | undefined): Promise<boolean> {
  if (yes === true) return true;
  const said = await terminal.ask(`${question} [y/N] `);
  if (said === undefined) terminal.err(`${question} Say --yes to do it without being asked.\n`);
  return /^y(es)?$/i.test(said?.trim() ?? '');
}
