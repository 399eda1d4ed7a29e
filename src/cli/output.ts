import { createInterface } from 'node:readline/promises';

/** Exit codes of the command line; docs/command-line.md lists them. */
export const exitCodes = { done: 0, failed: 1, usage: 2, notFound: 3, partly: 4, nothing: 5 } as const;

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

/** Prints a value as JSON, or its lines for people. */
export function print(json: boolean | undefined, value: unknown, lines: () => readonly string[]): void {
  process.stdout.write(json === true ? `${JSON.stringify(value, null, 2)}\n` : `${lines().join('\n')}\n`);
}

/** `name   value`, a line each, with the values in one column. */
export function table(rows: readonly (readonly [name: string, value: unknown])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${asText(value)}`);
}

/** Asks before something is destroyed. Without a terminal only `--yes` says yes. */
export async function confirmed(question: string, yes: boolean | undefined): Promise<boolean> {
  if (yes === true) return true;
  if (!process.stdin.isTTY) {
    process.stderr.write(`${question} Say --yes to do it without being asked.\n`);
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
