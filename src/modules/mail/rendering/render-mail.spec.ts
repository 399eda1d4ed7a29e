import { expect, test } from '@jest/globals';
import { chooseLanguage, faultsOf, readMailLanguages } from '../locales/mail-locales.js';
import { german } from '../locales/de.js';
import { english } from '../locales/en.js';
import type { MailKind, MailTemplates } from '../mail.templates.js';
import { textColorOn } from './mail-html.js';
import { sampleMails } from './mail-samples.js';
import { placeholdersOf } from './mail-voice.js';
import { renderMail, type MailContent, type MailSetting } from './render-mail.js';

const links = ['link', 'code', 'domain', 'record', 'email', 'address', 'expiresAt', 'at', 'resetsAt', 'until', 'dueOn', 'signedUpOn', 'from', 'to'];
const choices = ['notice', 'change', 'shows', 'currency', 'amount'];

/** The sample data of a kind, with a text in every place for a person's text. */
function withText(value: unknown, text: string, key = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => withText(each, text, key));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withText(each, text, name)]));
  return typeof value === 'string' && !links.includes(key) && !choices.includes(key) ? text : value;
}

const samples = sampleMails('https://app.example');
const names = Object.keys(samples) as MailKind[];
const languages = readMailLanguages(undefined);
const settingIn = (locale: string, rest: Partial<MailSetting> = {}): MailSetting => ({
  product: 'Acme Suite',
  passwords: true,
  language: { ...chooseLanguage(languages, [locale]), timezone: 'UTC' },
  organization: undefined,
  ...rest,
});
const renderSample = (name: MailKind, setting: MailSetting, text?: string): MailContent =>
  renderMail(name, (text === undefined ? samples[name] : withText(samples[name], text)) as MailTemplates[MailKind], setting);
const render = (name: MailKind, text: string): MailContent => renderSample(name, settingIn('en-US'), text);
/** Whether a mail program finds a link: a scheme, a domain, or a path of Windows. It shows characters of compatibility as their usual ones, and no marks. */
const isLinked = (text: string): boolean => /\p{L}:\S|[\p{L}\p{N}\p{S}-]\.\p{L}{2}|\\\\\w/u.test(text.normalize('NFKC').replaceAll(/[\p{M}\u200c\u200d]/gu, ''));

const attacks = [
  'http://evil.example/pay',
  'https://evil.example',
  'www.evil.example',
  'evil.com',
  'Pay at evil.co.uk/now',
  'ceo@evil.com',
  'javascript:alert(1)',
  'mailto:x@evil.com',
  'HTTP://EVIL.EXAMPLE',
  'evil\u3002com',
  'evil\uff0ecom',
  'evil\u2024com',
  'münchen.de',
  'a.b.evil.com',
  'http:\u200b//evil.com',
  'xn--80ak6aa92e.com',
  'evil.भारत',
  'x@evil.भारत',
  'हिन्दी.com',
  '💩.la',
  'evil1\u200d.com',
  'evil.1\u200dcom',
  'evil\ufe0f.com',
  'evil\ufe52com',
  '1http://1.2.3.4/x',
  '_http://10.0.0.1',
  'http\uff1a//evil',
  '\\\\evil\\share',
];
for (const name of names) {
  test.each(attacks)(`the mail ${name} has no link of a person's text: %s`, (text) => {
    const { subject, text: body, html } = render(name, text);
    const own = (part: string): string => part.replaceAll(/https:\/\/app\.example\S*/g, '').replaceAll(/grace@example\.com|ada@example\.com|(_tenantry\.)?acme\.example/g, '');
    expect(isLinked(own(subject))).toBe(false);
    expect(isLinked(own(body).replaceAll(/:\n/g, '\n'))).toBe(false);
    expect(html.match(/href=/g)?.length ?? 0).toBeLessThanOrEqual(1);
  });

  test(`the mail ${name} shows a name on one line, without hidden characters, and cut to a limit`, () => {
    const { subject, text } = render(name, `A\r\nBcc: x\u2028B\u202eC\u200b ${'y'.repeat(500)}`);
    expect(subject).toMatch(/^[^\n\r\u2028\u202e\u200b]{1,200}$/u);
    const first = text.split('\n\n')[0] as string;
    expect(first).not.toMatch(/[\n\r\u2028\u202e\u200b]/u);
    expect(text.length).toBeLessThan(2500);
  });
}

test('a subject has no encoded word, which a mail program would decode', () => {
  expect(render('welcome', '=?utf-8?q?evil=2Ecom?=').subject).toBe('Welcome to = ?utf-8?q?evil=2Ecom?=');
});

test('a name keeps its dots and colons where no link begins', () => {
  expect(render('welcome', 'Dr. A. B. Smith, 10:30, 3.5').subject).toBe('Welcome to Dr. A. B. Smith, 10:30, 3.5');
});

test('a message keeps its lines, and is marked as the words of a person', () => {
  const { text, html } = render('invitation', 'One\nTwo');
  expect(text).toContain('\n> One\n> Two\n');
  expect(html).toContain('One<br>Two</blockquote>');
});

test('a text of a person is never markup, a placeholder or an attribute', () => {
  for (const name of names) {
    const { html, text } = render(name, `"><img src=x onerror='y'>{product}{link}&amp;`);
    expect(html).not.toMatch(/<img|onerror='|"><i/);
    expect(text).not.toContain('{product}Acme');
  }
  expect(render('welcome', '{product}').subject).toBe('Welcome to {product}');
});

test('the name, the logo and the help of an organization are no markup', () => {
  const organization = { name: '<b>Acme</b>', logoUrl: 'https://cdn.example/a.png?"><script>', color: '#ffff00', help: 'https://help.example/?"><script>' };
  const { html, text } = renderSample('invitation', settingIn('en', { organization }));
  expect(html).not.toMatch(/<script|<b>/);
  expect(html).toContain('alt="&lt;b&gt;Acme&lt;/b&gt;"');
  expect(html).toContain('bgcolor="#ffff00"');
  expect(html).toContain('color:#000000');
  expect(text).toContain('Help: https://help.example/');
});

test('the text on a button has a contrast of at least 4.5 on every colour', () => {
  const part = (value: number): number => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  for (let red = 0; red < 256; red += 15)
    for (let green = 0; green < 256; green += 15)
      for (let blue = 0; blue < 256; blue += 15) {
        const luminance = 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
        const white = textColorOn(`#${[red, green, blue].map((value) => value.toString(16).padStart(2, '0')).join('')}`) === '#ffffff';
        expect(white ? 1.05 / (luminance + 0.05) : (luminance + 0.05) / 0.05).toBeGreaterThanOrEqual(4.5);
      }
});

const everyText = (messages: object): [string, string][] =>
  Object.entries(messages).flatMap(([section, texts]) => Object.entries(texts as Record<string, string>).map(([key, text]): [string, string] => [`${section}.${key}`, text]));

test('German has every text of English, with the same placeholders', () => {
  const shape = (messages: object): Record<string, string[]> => Object.fromEntries(everyText(messages).map(([key, text]) => [key, placeholdersOf(text)]));
  expect(shape(german)).toEqual(shape(english));
});

test('every text differs between the languages, except what both call the same', () => {
  const texts = new Map(everyText(german));
  const same = everyText(english).filter(([key, text]) => texts.get(key) === text);
  expect(same.map(([key]) => key)).toEqual(['weekly-usage.quantity']);
});

for (const locale of ['en-US', 'de-DE'])
  for (const passwords of [true, false])
    test(`every mail in ${locale} ${passwords ? 'with' : 'without'} passwords is complete`, () => {
      for (const name of names) {
        const { subject, text, html } = renderSample(name, settingIn(locale, { passwords }));
        for (const part of [subject, text, html]) {
          expect(part.trim()).not.toBe('');
          expect(part).not.toMatch(/undefined|\[object|NaN|\{\w+\}(?!.*!important)/);
        }
        expect(html).toContain(`<html lang="${locale.slice(0, 2)}" dir="ltr">`);
        expect(html).toContain('<title>');
        expect(html.match(/<table(?! role="presentation")/)).toBeNull();
        expect(text).toContain('Acme Suite');
        const speaksOfPasswords = /password|passwort/i.test(`${subject} ${text}`);
        expect(speaksOfPasswords && !passwords && !['reset-password', 'welcome'].includes(name)).toBe(false);
      }
    });

test('times, days, numbers and amounts are in the language and the time zone of the recipient', () => {
  const german = settingIn('de-DE');
  const berlin = { ...german, language: { ...german.language, timezone: 'Europe/Berlin' } };
  expect(renderSample('invitation', berlin).text).toContain('28. November 2026 um 11:00 MEZ');
  expect(renderSample('billing', berlin).text).toContain('119,00 EUR');
  expect(renderSample('billing', berlin).text).toContain('5. Dezember 2026');
  expect(renderSample('weekly-usage', berlin).text).toContain('API calls: 8.120 (laufender Zeitraum: 41.300 von 100.000)');
  expect(renderSample('billing', settingIn('en-GB')).text).toContain('5 December 2026');
});

test.each([
  [['de-AT', 'en'], 'de', 'de-AT'],
  [['fr', 'de'], 'de', 'de'],
  [[null, undefined, 'en-GB'], 'en', 'en-GB'],
  [['fr', 'ja'], 'en', 'en-US'],
  [[], 'en', 'en-US'],
])('of the wanted languages %j, %s is chosen', (wanted, language, locale) => {
  expect(chooseLanguage(languages, wanted)).toMatchObject({ language, locale });
});

test.each([
  [[], 'must be an object of sections, as docs/mail.md describes'],
  [{ greeting: {} }, '"greeting" is no section of mails'],
  [{ toString: {} }, '"toString" is no section of mails'],
  [{ welcome: 'Hi' }, '"welcome" must be an object of texts'],
  [{ welcome: { title: 'Hi' } }, '"welcome.title" is no text of mails'],
  [{ welcome: { constructor: 'Hi' } }, '"welcome.constructor" is no text of mails'],
  [{ welcome: { subject: 3 } }, '"welcome.subject" must be a text of at most 2000 characters'],
  [{ welcome: { subject: ' ' } }, '"welcome.subject" must be a text of at most 2000 characters'],
  [{ welcome: { subject: 'x'.repeat(2001) } }, '"welcome.subject" must be a text of at most 2000 characters'],
  [{ welcome: { action: 'Se connecter { organization }' } }, '"welcome.action" has a brace that is not of a placeholder such as {organization}'],
  [JSON.parse('{"__proto__":{"subject":"x"}}'), '"__proto__" is no section of mails'],
  [JSON.parse('{"welcome":{"__proto__":"x"}}'), '"welcome.__proto__" is no text of mails'],
  [{ welcome: { subject: 'Bienvenue' } }, '"welcome.subject" must have the placeholders {organization}, and has none'],
  [{ welcome: { subject: '{organization} {user}' } }, '"welcome.subject" must have the placeholders {organization}, and has {organization}, {user}'],
])('the translation %j is refused: %s', (translation, fault) => {
  expect(faultsOf(translation)).toEqual([fault]);
});

test('a translation in a language that is written from right to left says so', () => {
  const { language, messages, locale } = { language: 'ar', locale: 'ar', messages: english };
  expect(renderSample('welcome', settingIn('en', { language: { language, messages, locale, timezone: 'UTC' } })).html).toContain('<html lang="ar" dir="rtl">');
});
