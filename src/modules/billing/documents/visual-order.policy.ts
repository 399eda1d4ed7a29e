import { createRequire } from 'node:module';
import type { Bidi } from 'bidi-js';

// Its types describe a default export, which the CommonJS package does not have.
const bidi = (createRequire(import.meta.url)('bidi-js') as () => Bidi)();
const rightToLeftScript = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const withScript = /[^\p{Script=Common}\p{Script=Inherited}]/u;

/** Whether a text has letters that are written from right to left. */
export const isBidirectional = (text: string): boolean => rightToLeftScript.test(text);

interface Run {
  readonly level: number;
  readonly text: string;
}

/**
 * Returns the parts of a line in the order in which they are seen from left to right (Unicode Bidirectional Algorithm). PDFKit draws the
 * letters of one part from right to left if its first letter is of such a script. It would do so word by word, so the spaces of such a part do not break.
 */
export function visualParts(line: string): readonly string[] {
  const { levels } = bidi.getEmbeddingLevels(line);
  const mirrored = bidi.getMirroredCharactersMap(line, levels);
  const runs: Run[] = [];
  for (let at = 0; at < line.length; at += 1) {
    const level = levels[at] ?? 0;
    const last = runs.at(-1);
    const text = mirrored.get(at) ?? line.charAt(at);
    if (last !== undefined && last.level === level) runs[runs.length - 1] = { level, text: last.text + text };
    else runs.push({ level, text });
  }
  return reordered(runs).map(({ level, text }) => {
    const leftwards = level % 2 === 1;
    const drawnLeftwards = rightToLeftScript.test(withScript.exec(text)?.[0] ?? '');
    const part = leftwards === drawnLeftwards ? text : [...text].toReversed().join('');
    return drawnLeftwards ? part.replaceAll(' ', '\u00a0') : part;
  });
}

/** Reverses the runs of each level and above, the highest level first (rule L2 of the algorithm). */
function reordered(runs: readonly Run[]): readonly Run[] {
  const order = [...runs];
  for (let level = Math.max(0, ...runs.map((run) => run.level)); level > 0; level -= 1)
    for (let start = 0; start < order.length; start += 1) {
      let end = start;
      while ((order[end]?.level ?? 0) >= level) end += 1;
      order.splice(start, end - start, ...order.slice(start, end).toReversed());
      start = Math.max(start, end);
    }
  return order;
}

/** Breaks a text into lines that fit. @param fits whether a text fits into one line */
export function brokenLines(text: string, fits: (line: string) => boolean): readonly string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (fits(longer)) {
        line = longer;
        continue;
      }
      if (line !== '') lines.push(line);
      line = '';
      // A word that is longer than a line is broken between characters.
      for (const character of word) {
        if (line !== '' && !fits(line + character)) {
          lines.push(line);
          line = '';
        }
        line += character;
      }
    }
    return [...lines, line];
  });
}
