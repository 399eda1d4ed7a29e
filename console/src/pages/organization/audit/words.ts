import { summaries } from 'virtual:summaries';
import { choose } from '../../../texts/texts';
import { operations } from './operations-de';
import { otherActions, tables } from './tables';
import { texts } from './texts';

/** What each operation of the contract does, by its name, in the language of the page. */
const ofOperations: Readonly<Record<string, string>> = choose({ en: summaries, de: { ...summaries, ...operations } });

const ofOthers: Readonly<Record<string, string>> = choose(otherActions);

/** The names of the operations. */
export const operationIds: readonly string[] = Object.keys(ofOperations);

/** Returns what an action of an event means, in words. */
export function actionInWords(action: string): string {
  const known = ofOperations[action] ?? ofOthers[action];
  if (known !== undefined) return known;
  const [, kind, name = ''] = /^(job|cli) (.+)$/.exec(action) ?? [];
  return kind === 'job' || kind === 'cli' ? texts.workOf[kind](name) : action;
}

const ofTables = choose(tables);

/** Returns what a row of a table is, in words. */
export function tableInWords(table: string): string {
  const words = table.replaceAll('_', ' ');
  return ofTables[table] ?? `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}
