import { LRUCache } from 'lru-cache';
import { readTime } from '../../../common/times.js';
import { maxDecimals } from '../../../config/catalog/quantities.js';
import { formatAmount } from '../../billing/terms/money.js';
import { english, type MailMessages } from '../locales/en.js';
import type { MailMoney } from '../mail.templates.js';

type Section = keyof MailMessages;
/** The values of the placeholders of a text. */
export type Values = Readonly<Record<string, unknown>>;

/** The language of a mail, and how it shows times and numbers. */
export interface MailLanguage {
  /** The language of the texts, as a BCP 47 tag. */
  readonly language: string;
  readonly messages: MailMessages;
  /** The BCP 47 tag that decides how times, numbers and amounts look. It is in the same language. */
  readonly locale: string;
  /** IANA time zone name. */
  readonly timezone: string;
}

const placeholder = /\{(\w+)\}/g;

/** Returns the placeholders of a text, each once, sorted. */
export const placeholdersOf = (text: string): string[] => [...new Set([...text.matchAll(placeholder)].map(([, name = '']) => name))].toSorted();

/** Returns the rest of a text. */
export const withoutPlaceholders = (text: string): string => text.replaceAll(placeholder, '');

/** A formatter takes half a millisecond to make, much longer than a mail. */
const formatters = new LRUCache<string, Intl.DateTimeFormat | Intl.NumberFormat>({ max: 100 });

/** @param key names the formatter, with its kind and all of its options */
function kept<Formatter extends Intl.DateTimeFormat | Intl.NumberFormat>(key: string, make: () => Formatter): Formatter {
  const known = formatters.get(key) as Formatter | undefined;
  if (known !== undefined) return known;
  const made = make();
  formatters.set(key, made);
  return made;
}

/** Says the sentences of one kind of mail in a language. */
export class MailVoice<Kind extends Section> {
  constructor(
    private readonly kind: Kind,
    private readonly shared: Values,
    private readonly passwords: boolean,
    private readonly language: MailLanguage,
  ) {}

  /** Returns a text of this kind. A value that looks like a placeholder is not filled in again. */
  say(key: keyof MailMessages[Kind] & string, values: Values = {}): string {
    return this.#fill(this.#text(this.kind, key), values);
  }

  /** Returns a text that mails of several kinds have. */
  sayCommon(key: keyof MailMessages['common'], values: Values = {}): string {
    return this.#fill(this.#text('common', key), values);
  }

  /** @param at ISO time */
  time(at: string): string {
    const { locale, timezone } = this.language;
    const parts = { year: 'numeric', month: 'long', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short' } as const;
    return kept(`time ${locale} ${timezone}`, () => new Intl.DateTimeFormat(locale, { ...parts, timeZone: timezone })).format(readTime(at));
  }

  /** @param day `2026-11-21` */
  day(day: string): string {
    const { locale } = this.language;
    return kept(`day ${locale}`, () => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' })).format(readTime(day));
  }

  inDays(days: number): string {
    return new Intl.RelativeTimeFormat(this.language.locale).format(days, 'day');
  }

  number(value: number): string {
    const { locale } = this.language;
    return kept(`number ${locale}`, () => new Intl.NumberFormat(locale, { maximumFractionDigits: maxDecimals })).format(value);
  }

  money({ amount, currency }: MailMoney): string {
    return formatAmount(BigInt(amount), currency, this.language.locale);
  }

  #text(section: Section, key: string): string {
    const texts = this.language.messages[section] as Readonly<Record<string, string>>;
    const withoutPasswords = this.passwords ? undefined : texts[`${key}WithoutPasswords`];
    return withoutPasswords ?? texts[key] ?? (english[section] as Readonly<Record<string, string>>)[key] ?? '';
  }

  #fill(text: string, values: Values): string {
    const all = { ...this.shared, ...values };
    return text.replace(placeholder, (_, name: string) => String(all[name]));
  }
}
