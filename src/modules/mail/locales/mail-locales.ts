import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { canonicalLocale } from '../../../common/text/locales.js';
import { placeholdersOf, withoutPlaceholders } from '../rendering/mail-voice.js';
import { german } from './de.js';
import { english, type MailMessages } from './en.js';

/** Thrown at start: the folder of translations, or a file in it, cannot be used. */
export class MailLocaleError extends Error {
  constructor(file: string, faults: readonly string[]) {
    super(`${file}: ${faults.join('\n  ')}`);
    this.name = 'MailLocaleError';
  }
}

/** Characters of a text: several times what the longest one has. */
const maxText = 2000;

type Texts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The languages of mails, by their canonical BCP 47 tag. */
export type MailLanguages = ReadonlyMap<string, MailMessages>;

const shipped: MailLanguages = new Map<string, MailMessages>([
  ['en', english],
  ['de', german],
]);

/** Returns what is wrong with a translation. Texts that are missing are no fault: they are shown in the language that it completes. */
export function faultsOf(translation: unknown): string[] {
  const isTexts = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isTexts(translation)) return ['must be an object of sections, as docs/mail.md describes'];
  return Object.entries(translation).flatMap(([section, texts]) => {
    if (!Object.hasOwn(english, section)) return [`"${section}" is no section of mails`];
    if (!isTexts(texts)) return [`"${section}" must be an object of texts`];
    const own = (english as Texts)[section] ?? {};
    return Object.entries(texts).flatMap(([key, text]) => {
      const place = `"${section}.${key}"`;
      const original = Object.hasOwn(own, key) ? own[key] : undefined;
      if (original === undefined) return [`${place} is no text of mails`];
      if (typeof text !== 'string' || text.trim() === '' || text.length > maxText) return [`${place} must be a text of at most ${maxText} characters`];
      if (/[{}]/.test(withoutPlaceholders(text))) return [`${place} has a brace that is not of a placeholder such as {organization}`];
      const [wanted, found] = [placeholdersOf(original), placeholdersOf(text)];
      return wanted.join() === found.join() ? [] : [`${place} must have the placeholders ${list(wanted)}, and has ${list(found)}`];
    });
  });
}

const list = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.map((name) => `{${name}}`).join(', '));

/**
 * Returns the languages of mails: English, German, and one for each file `<language>.json` of a folder. A file of a shipped language changes texts of it; a
 * text that another file leaves out is English.
 *
 * @throws {MailLocaleError} naming every fault of a file
 */
export function readMailLanguages(folder: string | undefined): MailLanguages {
  if (folder === undefined) return shipped;
  const languages = new Map(shipped);
  const files = new Map<string, string>();
  for (const name of namesIn(folder)) {
    const file = path.join(folder, name);
    const language = canonicalLocale(name.slice(0, -'.json'.length));
    if (language === undefined) throw new MailLocaleError(file, ['the name must be a BCP 47 language tag, for example fr.json or pt-BR.json']);
    const other = files.get(language);
    if (other !== undefined) throw new MailLocaleError(file, [`is in the same language as ${other}: ${language}`]);
    files.set(language, name);
    const translation = parse(file);
    const faults = faultsOf(translation);
    if (faults.length > 0) throw new MailLocaleError(file, faults);
    const base = (languages.get(language) ?? english) as Texts;
    const sections = Object.keys(base).map((section) => [section, { ...base[section], ...(translation as Texts)[section] }]);
    languages.set(language, Object.fromEntries(sections) as MailMessages);
  }
  return languages;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .toSorted();
  } catch (error) {
    throw new MailLocaleError(folder, [`the folder of MAIL_LOCALES_DIR cannot be read: ${(error as Error).message}`]);
  }
}

/** Refuses a file that is not UTF-8, whose letters with accents would be lost. A byte order mark is no part of the text. */
const decoder = new TextDecoder('utf-8', { fatal: true });

function parse(file: string): unknown {
  try {
    return JSON.parse(decoder.decode(readFileSync(file)));
  } catch (error) {
    throw new MailLocaleError(file, [(error as Error).message]);
  }
}

/** Returns the languages of a tag, the most specific first: `zh-Hant-TW`, `zh-Hant`, `zh`. */
function* generalOf(tag: string): Generator<string> {
  const subtags = tag.split('-');
  for (let length = subtags.length; length > 0; length--) yield subtags.slice(0, length).join('-');
}

/**
 * Returns the language of a mail: of the first wanted tag in which mails are written, otherwise English.
 *
 * @param wanted BCP 47 tags, the most important first
 */
export function chooseLanguage(languages: MailLanguages, wanted: readonly (string | null | undefined)[]): { language: string; locale: string; messages: MailMessages } {
  for (const locale of wanted) {
    if (locale === null || locale === undefined) continue;
    for (const language of generalOf(locale)) {
      const messages = languages.get(language);
      if (messages !== undefined) return { language, locale, messages };
    }
  }
  return { language: 'en', locale: 'en-US', messages: languages.get('en') ?? english };
}
