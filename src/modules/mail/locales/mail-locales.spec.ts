import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { english } from './en.js';
import { MailLocaleError, readMailLanguages } from './mail-locales.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'locales-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const french = { welcome: { subject: 'Bienvenue à {organization}' } };
const write = (name: string, content: string | Uint8Array): void => writeFileSync(path.join(folder, name), content);

test('a file adds a language, and what it leaves out is English', () => {
  write('fr.json', JSON.stringify(french));
  write('notes.txt', 'no translation');
  const languages = readMailLanguages(folder);
  expect([...languages.keys()]).toEqual(['en', 'de', 'fr']);
  expect(languages.get('fr')).toEqual({ ...english, welcome: { ...english.welcome, ...french.welcome } });
});

test('a file of an included language changes single texts of it', () => {
  write('de.json', JSON.stringify({ welcome: { action: 'Los geht es' } }));
  const german = readMailLanguages(undefined).get('de');
  expect(readMailLanguages(folder).get('de')).toEqual({ ...german, welcome: { ...german?.welcome, action: 'Los geht es' } });
});

test('a byte order mark, which editors on Windows write, is no fault', () => {
  write('fr.json', `\ufeff${JSON.stringify(french)}`);
  expect(readMailLanguages(folder).get('fr')?.welcome.subject).toBe(french.welcome.subject);
});

test.each([
  ['that is no JSON', () => write('fr.json', '{"welcome":'), /fr\.json: .*JSON/],
  ['that is not UTF-8', () => write('fr.json', Buffer.from(JSON.stringify(french), 'latin1')), /fr\.json: .*utf-8/i],
  ['that is a folder', () => mkdirSync(path.join(folder, 'fr.json')), /fr\.json: EISDIR/],
  ['without a language', () => write('.json', '{}'), /BCP 47/],
  ['of a language that does not exist', () => write('xx.json', '{}'), /BCP 47/],
  ['whose name has more than a language', () => write('fr..json', '{}'), /BCP 47/],
  [
    'in the same language as another one',
    () => {
      write('he.json', '{}');
      write('iw.json', '{}');
    },
    /iw\.json: is in the same language as he\.json: he/,
  ],
  ['with faults, of which each is named', () => write('fr.json', '{"greeting":{},"welcome":{"title":"x"}}'), /"greeting" is no section of mails\n {2}"welcome\.title"/],
])('a file %s is refused', (_, make, message) => {
  make();
  expect(() => readMailLanguages(folder)).toThrow(MailLocaleError);
  expect(() => readMailLanguages(folder)).toThrow(message);
});

test('a folder that does not exist is refused', () => {
  expect(() => readMailLanguages(path.join(folder, 'none'))).toThrow(/MAIL_LOCALES_DIR cannot be read/);
});
