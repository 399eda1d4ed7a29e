import anyAscii from 'any-ascii';

/**
 * Returns the words of a text in lower-case ASCII letters and digits. Letters of all scripts are transliterated, also those that
 * Unicode does not decompose: `Łódź Straße` → `lodz`, `strasse`. Letters with marks keep their letter, in every language.
 */
export const asciiWordsOf = (text: string): string[] =>
  anyAscii(text.normalize('NFKC'))
    .toLowerCase()
    .replace(/['`]/g, '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
