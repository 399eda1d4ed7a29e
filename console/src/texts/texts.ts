import { en, type Texts } from './en';

export type Language = 'en' | 'de';
export const languages: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };

const entry = 'tenantry.language';
let current: Texts = en;
let language: Language = 'en';

/** Returns the texts of the language in which the page is shown. It does not change while a page is open. */
export const texts = (): Texts => current;
export const currentLanguage = (): Language => language;

/** Loads the texts of the chosen language, or else of the first one of the browser that there is. */
export async function loadTexts(): Promise<void> {
  const wanted = [localStorage.getItem(entry), ...navigator.languages].map((tag) => tag?.slice(0, 2));
  language = wanted.find((tag): tag is Language => tag !== undefined && tag in languages) ?? 'en';
  if (language === 'de') current = (await import('./de')).de;
  document.documentElement.lang = language;
}

/** Shows the pages in another language from now on. */
export function chooseLanguage(next: Language): void {
  localStorage.setItem(entry, next);
  location.reload();
}

/** Returns a day and time as the language writes them. */
export const formatTime = (time: string): string =>
  new Intl.DateTimeFormat(navigator.languages.find((tag) => tag.startsWith(language)) ?? language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time));
