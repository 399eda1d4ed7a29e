/** Marks that scripts and emoji need: joiners, Arabic number signs, and the tags of flags. */
const needed = String.raw`\u200c\u200d\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}\u{e0020}-\u{e007f}`;

/** Control and format characters, and line breaks: nobody sees them, and they change the text next to them. */
const hidden = new RegExp(String.raw`(?![${needed}])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]`, 'u');
/** The same in a text of several lines, which also needs marks of direction. */
const hiddenInLines = new RegExp(String.raw`(?![\t\n\r\u200e\u200f\u061c${needed}])[\p{Cc}\p{Cf}\p{Zp}]`, 'u');
/** Characters without an image, which alone are no name. U+2800 is the blank of Braille. */
const invisible = /^[\p{Default_Ignorable_Code_Point}\p{Z}\p{C}\p{M}\u2800]*$/u;

/** Returns what is wrong with a text that people read; undefined when nothing is. */
export function faultOfText(text: string, multiline: boolean): string | undefined {
  if (!multiline && /[\n\r\u2028\u2029\v\f]/.test(text)) return 'must be one line';
  if ((multiline ? hiddenInLines : hidden).test(text)) return 'must not contain control characters or invisible format characters, such as those that change the direction of text';
  return invisible.test(text) ? 'must contain a visible character' : undefined;
}

/** Returns a text as one line without hidden characters, cut to a number of characters. */
export function toOneLine(text: string, max: number): string {
  const line = text
    .replace(/[\s\p{Z}]+/gu, ' ')
    .replace(new RegExp(hidden, 'gu'), '')
    .trim();
  const characters = [...line];
  return characters.length <= max ? line : `${characters.slice(0, max - 1).join('')}…`;
}
