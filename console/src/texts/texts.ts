import { en, type Texts } from './en';

export type Language = 'en' | 'de';
export const languages: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };
/** The languages that are written from right to left, should there be texts in one of them. */
const rightToLeft = ['ar', 'ckb', 'dv', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi'];

/** The refusals of the API in another language than English: titles by status, and details by the codes of problems and of wrong fields. */
export interface Problems {
  readonly titles: Readonly<Record<number, string>>;
  readonly details: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, string>>;
}

interface Translation {
  readonly texts: Texts;
  readonly problems: Problems;
}

/** Loads what the languages besides English need. English is part of every page, and of the API. */
const loaders: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Translation>>> = {
  de: async () => {
    const [{ de }, { problems }] = await Promise.all([import('./de'), import('./problems-de')]);
    return { texts: de, problems };
  },
};

const entry = 'tenantry.language';
let current: Texts = en;
let translated: Problems = { titles: {}, details: {}, fields: {} };
let language: Language = 'en';

/** Returns the texts of the language in which the page is shown. It does not change while a page is open. */
export const texts = (): Texts => current;
export const currentLanguage = (): Language => language;

/** Returns the translated refusals of the API; none in English. */
export const translatedProblems = (): Problems => translated;

/** Loads the texts of the chosen language, or else of the first one of the browser that there is. */
export async function loadTexts(): Promise<void> {
  const wanted = [localStorage.getItem(entry), ...navigator.languages].map((tag) => tag?.slice(0, 2));
  language = wanted.find((tag): tag is Language => tag !== undefined && tag in languages) ?? 'en';
  if (language !== 'en') ({ texts: current, problems: translated } = await loaders[language]());
  document.documentElement.lang = language;
  document.documentElement.dir = rightToLeft.includes(language) ? 'rtl' : 'ltr';
}

/** Shows the pages in another language from now on. */
export function chooseLanguage(next: Language): void {
  localStorage.setItem(entry, next);
  location.reload();
}

/** The texts of a page in each language; English ones in the place of those that are missing. */
type InLanguages<Own> = { readonly en: Own; readonly de: NoInfer<Own> } & Readonly<Partial<Record<Language, NoInfer<Own>>>>;

/** Returns the texts in the language of the page. The pages of a console have texts of their own, which are loaded with them. */
export const choose = <Own>(all: InLanguages<Own>): Own => all[language] ?? all.en;

/** The tag of the language with the region of the browser, whose formats people know. */
const locale = (): string => navigator.languages.find((tag) => tag.startsWith(language)) ?? language;

/** Returns a day and time as the language writes them. */
export const formatTime = (time: string): string => new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time));
/** Returns a day as the language writes it. */
export const formatDate = (time: string): string => new Intl.DateTimeFormat(locale(), { dateStyle: 'medium' }).format(new Date(time));
/** Returns a day without its year. */
export const formatDayOfYear = (time: string): string => new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'short' }).format(new Date(time));
/** Returns a number of days with its unit. */
export const formatDays = (count: number): string => new Intl.NumberFormat(locale(), { style: 'unit', unit: 'day', unitDisplay: 'long' }).format(count);
export const formatNumber = (value: number): string => new Intl.NumberFormat(locale()).format(value);
/** Returns a size of data in the greatest unit of which it has at least one. */
export function formatBytes(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return new Intl.NumberFormat(locale(), { style: 'unit', unit: units[power] ?? 'byte', maximumFractionDigits: 1 }).format(bytes / 1000 ** power);
}
/** Returns a share, such as 0.5, in percent. */
export const formatPercent = (share: number): string => new Intl.NumberFormat(locale(), { style: 'percent' }).format(share);

const moneyFormat = (currency: string): Intl.NumberFormat => new Intl.NumberFormat(locale(), { style: 'currency', currency });
/** The minor units of a unit of money, such as the hundred cents of a dollar. */
const minorUnitsIn = (format: Intl.NumberFormat): number => 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2);

/** Writes an amount in minor units, as the API has them, such as cents. */
export function formatMoney(amount: number, currency: string): string {
  const format = moneyFormat(currency);
  return format.format(amount / minorUnitsIn(format));
}

/** Returns the minor units of an amount that a person has typed. */
export const minorUnitsOf = (amount: number, currency: string): number => Math.round(amount * minorUnitsIn(moneyFormat(currency)));
