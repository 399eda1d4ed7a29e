/** Marks that scripts and emoji need: joiners, Arabic number signs, and selectors of variants, also those of Mongolian and of ideographs. */
const joiners = String.raw`\u200c\u200d`;
const selectors = String.raw`\u180b-\u180d\u180f\ufe00-\ufe0f\u{e0100}-\u{e01ef}`;
const needed = String.raw`${joiners}${selectors}\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}`;

/** Tags spell the region of a flag after U+1F3F4, up to six, and a last one ends them. All others hide a text of their own. */
const flagTags = String.raw`(?<=\u{1f3f4}[\u{e0020}-\u{e007e}]{0,6})[\u{e0020}-\u{e007f}]`;
/** Marks without an effect: after another of their kind, and joiners after letters of scripts that they do not change. */
const idle = String.raw`(?<=[${joiners}\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}])[${joiners}]|(?<=[${selectors}])[${selectors}]`;

/** Characters that nobody sees, except those of a class, and characters that Unicode never assigns. */
const unseen = (except: string): string =>
  String.raw`${idle}|(?!${flagTags}|[${except}${needed}])[\p{Cc}\p{Cf}\p{Cs}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]`;

/** Control and format characters, and line breaks: nobody sees them, and they change the text next to them. */
const hidden = new RegExp(String.raw`\p{Zl}|${unseen('')}`, 'u');
const eachHidden = new RegExp(hidden, 'gu');
/** The same in a text of several lines, which also needs marks of direction. */
const hiddenInLines = new RegExp(unseen(String.raw`\t\n\r\u200e\u200f\u061c`), 'u');
/** Characters without an image, which alone are no name. U+2800 is the blank of Braille. */
const invisible = /^[\p{Default_Ignorable_Code_Point}\p{Z}\p{C}\p{M}\u2800]*$/u;

/** Whether a text has line breaks, or characters that nobody sees. */
export const hasHiddenCharacters = (text: string): boolean => hidden.test(text);

/** Returns what is wrong with a text that people read; undefined when nothing is. */
export function faultOfText(text: string, multiline: boolean): string | undefined {
  if (!multiline && /[\n\r\u2028\u2029\v\f]/.test(text)) return 'must be one line';
  if (multiline ? hiddenInLines.test(text) : hasHiddenCharacters(text))
    return 'must not contain control characters or invisible format characters, such as those that change the direction of text';
  return invisible.test(text) ? 'must contain a visible character' : undefined;
}

/** Returns a text as one line without hidden characters, cut to a number of characters. */
export function toOneLine(text: string, max: number): string {
  const line = text
    .replace(/[\s\p{Z}]+/gu, ' ')
    .replace(eachHidden, '')
    .trim();
  const characters = [...line];
  return characters.length <= max ? line : `${characters.slice(0, max - 1).join('')}…`;
}
