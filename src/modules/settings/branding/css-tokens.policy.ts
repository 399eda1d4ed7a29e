import { keyword, tokenize, tokenTypes } from 'css-tree';

/** Functions that take an address without `url()`, or that can run something. */
const forbiddenFunctions = new Set(['url', 'url-prefix', 'src', 'image', 'image-set', 'image-rect', 'cross-fade', 'element', 'canvas', 'paint', 'expression', 'filter']);
/** The only functions in whose arguments a string is no address. */
const functionsOfStrings = new Set(['attr', 'counter', 'counters', 'env', 'format', 'path', 'string', 'symbols', 'target-counter', 'target-counters', 'var']);
/** What may not stand in the text at all, not even in a string: it ends the style element, or is what scanners look for. */
const forbiddenText = /<|@import|url\(|expression\(|javascript:/i;

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

/** How deep brackets of all kinds stand in one another. */
export function nestingOf(css: string): number {
  let [depth, deepest] = [0, 0];
  for (const { type } of tokensOf(css)) {
    if (opening.has(type)) depth += 1;
    if (closing.has(type)) depth = Math.max(0, depth - 1);
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

export interface TokenRules {
  /** Whether names may have escapes: those of classes need them. In a value they only hide something. */
  readonly escapes: boolean;
  /** Whether a string may stand in any function: in a selector it is never an address. */
  readonly strings: boolean;
}

/** What is wrong with a piece of CSS, looked at as a browser's tokenizer does; undefined when nothing is. */
export function tokenObjection(css: string, { escapes, strings }: TokenRules): string | undefined {
  const text = forbiddenText.exec(css)?.[0].toLowerCase();
  if (text !== undefined) return text === 'url(' ? 'url()' : text;
  const functions: string[] = [];
  for (const token of tokensOf(css)) {
    const isString = token.type === tokenTypes.String;
    if (token.type === tokenTypes.Url) return 'url()';
    if (broken.has(token.type)) return 'what cannot be understood';
    if (!escapes && !isString && token.text.includes('\\')) return 'an escape';
    if (opening.has(token.type)) functions.push(token.type === functionToken ? keyword(token.text.slice(0, -1)).basename.toLowerCase() : '');
    if (forbiddenFunctions.has(functions.at(-1) ?? '')) return `${functions.at(-1) ?? ''}()`;
    if (!strings && isString && functions.some((name) => name !== '' && !functionsOfStrings.has(name))) return 'an address';
    if (closing.has(token.type) && functions.pop() === undefined) return 'what cannot be understood';
  }
  return functions.length > 0 ? 'what cannot be understood' : undefined;
}
