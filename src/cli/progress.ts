import type { Terminal } from './terminal.js';

/** Shows the current item, and the progress when the total is known. */
export type ShowProgress = (what: string, done?: number, total?: number) => void;

const width = 24;
const clear = '\r\u001B[K';

function bar(done: number, total: number): string {
  const part = total === 0 ? 1 : Math.min(done / total, 1);
  const filled = Math.round(part * width);
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}] ${Math.floor(part * 100)} %  `;
}

/** Runs `work` and shows its progress in one line on standard error, if that is a terminal. Clears the line at the end. */
export async function withProgress<Result>(terminal: Terminal, label: string, work: (show: ShowProgress) => Promise<Result>): Promise<Result> {
  if (!terminal.interactive) return work(() => undefined);
  const began = performance.now();
  let line = label;
  let drawn = 0;
  const draw = (): void => {
    drawn = performance.now();
    terminal.err(`${clear}${line}  ${Math.floor((drawn - began) / 1000)} s`);
  };
  const clock = setInterval(draw, 1000);
  draw();
  try {
    return await work((what, done, total) => {
      line = done === undefined || total === undefined ? `${label}: ${what}` : `${bar(done, total)}${label}: ${what}, ${done} of ${total}`;
      if (performance.now() - drawn >= 100) draw();
    });
  } finally {
    clearInterval(clock);
    terminal.err(clear);
  }
}
