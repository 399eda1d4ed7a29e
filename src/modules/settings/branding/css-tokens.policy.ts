import { keyword, tokenize, tokenTypes } from 'css-tree';

/** Functions that take a URL without `url()`, or that can run code. */
const forbiddenFunctions = new Set(['url', 'url-prefix', 'src', 'image', 'image-set', 'image-rect', 'cross-fade', 'element', 'canvas', 'paint', 'expression', 'filter']);
/** The only functions in which a string argument is not a URL. */
const functionsOfStrings = new Set(['attr', 'counter', 'counters', 'env', 'format', 'path', 'string', 'symbols', 'target-counter', 'target-counters', 'var']);
/**
 * Text that is forbidden everywhere, including strings: it ends the style element, or security scanners report it. HTML takes `<`
 * for the beginning of a tag only directly before a letter or sign, so `<=` and `< ` compare the ranges of a media query.
 */
const forbiddenText = /<(?![= ])|@import|url\(|expression\(|javascript:/i;

const { Function: functionToken, LeftParenthesis, LeftSquareBracket, LeftCurlyBracket, RightParenthesis, RightSquareBracket, RightCurlyBracket } = tokenTypes;
const opening = new Set([functionToken, LeftParenthesis, LeftSquareBracket, LeftCurlyBracket]);
const closing = new Set([RightParenthesis, RightSquareBracket, RightCurlyBracket]);
const broken = new Set([tokenTypes.BadString, tokenTypes.BadUrl, tokenTypes.CDO, tokenTypes.CDC]);

interface CssToken {
  readonly type: number;
  readonly text: string;
}

function tokensOf(css: string): CssToken[] {
  const tokens: CssToken[] = [];
  tokenize(css, (type, start, end) => void tokens.push({ type, text: css.slice(start, end) }));
  return tokens;
}

/** Returns the maximum nesting depth of brackets of all kinds. */
export function nestingOf(css: string): number {
  let [depth, maxDepth] = [0, 0];
  for (const { type } of tokensOf(css)) {
    if (opening.has(type)) depth += 1;
    if (closing.has(type)) depth = Math.max(0, depth - 1);
    maxDepth = Math.max(maxDepth, depth);
  }
  return maxDepth;
}

/** Writes a space after `<` where the generated CSS has none: see {@link forbiddenText}. */
export const withSpacedComparisons = (css: string): string =>
  tokensOf(css)
    .map(({ type, text }, index, tokens) => (type === tokenTypes.Delim && text === '<' && !/^[=\s]/.test(tokens[index + 1]?.text ?? ' ') ? '< ' : text))
    .join('');

export interface TokenRules {
  /** Whether names can contain escape sequences. Class names need them; in a value they only hide something. */
  readonly escapes: boolean;
  /** Whether every function can have string arguments. In a selector, a string is never a URL. */
  readonly strings: boolean;
}

/** Checks CSS token by token, as a browser tokenizes it. Returns the reason why it is unsafe; undefined when it is safe. */
export function tokenObjection(css: string, { escapes, strings }: TokenRules): string | undefined {
  const text = forbiddenText.exec(css)?.[0].toLowerCase();
  if (text !== undefined) return text === 'url(' ? 'url()' : text;
  const functions: string[] = [];
  for (const token of tokensOf(css)) {
    const isString = token.type === tokenTypes.String;
    if (token.type === tokenTypes.Url) return 'url()';
    if (broken.has(token.type)) return 'invalid CSS';
    if (!escapes && !isString && token.text.includes('\\')) return 'an escape sequence';
    if (opening.has(token.type)) functions.push(token.type === functionToken ? keyword(token.text.slice(0, -1)).basename.toLowerCase() : '');
    if (forbiddenFunctions.has(functions.at(-1) ?? '')) return `${functions.at(-1) ?? ''}()`;
    if (!strings && isString && functions.some((name) => name !== '' && !functionsOfStrings.has(name))) return 'a URL';
    if (closing.has(token.type) && functions.pop() === undefined) return 'invalid CSS';
  }
  return functions.length > 0 ? 'invalid CSS' : undefined;
}
