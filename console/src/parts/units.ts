import { isKeyOf } from './choices';
import { choose, formatNumber } from '../texts/texts';

/** The words for one unit, several units, and the units of a limit. */
interface Words {
  readonly one: string;
  readonly many: string;
  /** After "of" and a number; {@link many} if it is left out. */
  readonly ofLimit?: string;
}

/** The words of units that catalogs often have. All others are shown as the catalog names them. */
const texts = choose<{ readonly words: Readonly<Record<string, Words>>; readonly used: (used: string, limit: string) => string }>({
  en: {
    words: {
      call: { one: 'call', many: 'calls' },
      class: { one: 'class', many: 'classes' },
      export: { one: 'export', many: 'exports' },
      member: { one: 'member', many: 'members' },
      quiz: { one: 'quiz', many: 'quizzes' },
      request: { one: 'request', many: 'requests' },
      seat: { one: 'seat', many: 'seats' },
      session: { one: 'session', many: 'sessions' },
      token: { one: 'token', many: 'tokens' },
      user: { one: 'user', many: 'users' },
    },
    used: (used, limit) => `${used} of ${limit}`,
  },
  de: {
    words: {
      call: { one: 'Aufruf', many: 'Aufrufe', ofLimit: 'Aufrufen' },
      class: { one: 'Klasse', many: 'Klassen' },
      export: { one: 'Export', many: 'Exporte', ofLimit: 'Exporten' },
      member: { one: 'Mitglied', many: 'Mitglieder', ofLimit: 'Mitgliedern' },
      quiz: { one: 'Quiz', many: 'Quiz' },
      request: { one: 'Anfrage', many: 'Anfragen' },
      seat: { one: 'Platz', many: 'Plätze', ofLimit: 'Plätzen' },
      session: { one: 'Sitzung', many: 'Sitzungen' },
      token: { one: 'Token', many: 'Token' },
      user: { one: 'Benutzer', many: 'Benutzer', ofLimit: 'Benutzern' },
    },
    used: (used, limit) => `${used} von ${limit}`,
  },
});

const wordsOf = (unit: string): Words => (isKeyOf(texts.words, unit) ? texts.words[unit] : undefined) ?? { one: unit, many: unit };

/** Returns the word for several units. */
export const unitName = (unit: string): string => wordsOf(unit).many;

/** Returns a quantity with its unit, such as "4 users". */
export function formatQuantity(quantity: number, unit: string): string {
  const { one, many } = wordsOf(unit);
  return `${formatNumber(quantity)} ${quantity === 1 ? one : many}`;
}

/** Returns what is used of a limit, such as "4 of 10 users". */
export function formatUse(used: number, limit: number, unit: string): string {
  const { one, many, ofLimit = many } = wordsOf(unit);
  return `${texts.used(formatNumber(used), formatNumber(limit))} ${limit === 1 ? one : ofLimit}`;
}
