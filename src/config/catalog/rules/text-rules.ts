import { faultOfText } from '../../../common/text/readable-text.js';
import type { CatalogProblem } from '../catalog-problem.js';
import type { Rule } from './catalog-rule.js';

/** The keys of texts that may have several lines. All others are shown within a line, such as the subject of a mail. */
const keysOfLines: ReadonlySet<unknown> = new Set(['description', 'text', 'paymentInstructions', 'default', 'allowed']);

function problemsIn(value: unknown, path: readonly (string | number)[], multiline: boolean): CatalogProblem[] {
  if (typeof value === 'string') {
    const fault = value === '' ? undefined : faultOfText(value, multiline);
    return fault === undefined ? [] : [{ path, message: `"${path.join('.')}" ${fault}.`, hint: 'write the text without line breaks, escapes and characters that nobody sees.' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? value.map((item, index) => [index, item] as const) : Object.entries(value);
  return entries.flatMap(([key, item]) => problemsIn(item, [...path, key], multiline || keysOfLines.has(key)));
}

const textsAreReadable: Rule = (source) => problemsIn(source, [], false);

export const textRules: readonly Rule[] = [textsAreReadable];
