import { ConnectionError, isTenantryError } from '@tenantry/sdk';
import { texts, translatedProblems } from '../texts/texts';

/** An error as a page shows it. */
export interface Shown {
  readonly title: string;
  readonly detail: string;
  /** The texts of the fields that the API refused, by their names: the first part of their pointers. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Returns what to show for a code: its translation, else the text of the API. That text follows a translation that ends with a colon. */
export function translatedText(code: string, text: string): string {
  const { details, fields } = translatedProblems();
  const translated = fields[code] ?? details[code];
  if (translated === undefined) return text;
  return translated.endsWith(':') ? `${translated} ${text}` : translated;
}

/** Returns what to show of an error: the title and detail of a problem document, in the language of the page if they are translated, and its errors at their fields. */
export function shown(error: unknown, fieldNames: readonly string[] = []): Shown {
  if (isTenantryError(error)) {
    const { status, code, errors = [] } = error.problem;
    const [title, detail] = [translatedProblems().titles[status] ?? error.problem.title, translatedText(code, error.problem.detail)];
    const fields = errors.map(({ pointer, code: reason, message }) => [pointer.split('/')[1] ?? '', translatedText(reason, message)] as const);
    const [atFields, elsewhere] = [fields.filter(([name]) => fieldNames.includes(name)), fields.filter(([name]) => !fieldNames.includes(name))];
    if (elsewhere.length === 0 && isTenantryError(error, 'validation_failed')) return { title: texts().failed, detail: texts().checkFields, fields: Object.fromEntries(atFields) };
    return { title, detail: [detail, ...elsewhere.map(([name, message]) => `${name}: ${message}`)].join(' '), fields: Object.fromEntries(atFields) };
  }
  if (error instanceof ConnectionError) return { title: texts().noConnection, detail: texts().tryAgain, fields: {} };
  return { title: texts().failed, detail: error instanceof Error ? error.message : String(error), fields: {} };
}
