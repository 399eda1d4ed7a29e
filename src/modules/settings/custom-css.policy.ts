import { generate, parse, walk, type CssNode, type List, type ListItem } from 'css-tree';

export interface SafeCss {
  readonly css: string;
  /** What was taken out, in words. */
  readonly removed: readonly string[];
}

/** At-rules that neither load anything nor reach out of the page. */
const allowedAtRules = new Set(['media', 'supports', 'keyframes', '-webkit-keyframes', 'layer', 'container', 'page']);
/** Functions that take an address without `url()`, or that can run something. */
const forbiddenFunctions = new Set(['url', 'src', 'image', 'image-set', '-webkit-image-set', 'cross-fade', '-webkit-cross-fade', 'element', '-moz-element', 'paint', 'expression']);
const forbiddenProperties = new Set(['behavior', '-ms-behavior', '-moz-binding']);

/** What is wrong with a node, or undefined. */
function objection(node: CssNode): string | undefined {
  if (node.type === 'Atrule') return allowedAtRules.has(node.name.toLowerCase()) ? undefined : `@${node.name}`;
  if (node.type === 'Declaration') return declarationObjection(node);
  if (node.type === 'Comment') return 'a comment';
  if (node.type === 'Raw') return 'what cannot be understood';
  if (node.type === 'Rule') return generate(node.prelude).includes('<') ? 'a selector with <' : undefined;
  return undefined;
}

function declarationObjection(declaration: Extract<CssNode, { type: 'Declaration' }>): string | undefined {
  const property = declaration.property.toLowerCase();
  if (forbiddenProperties.has(property)) return property;
  let found: string | undefined;
  walk(declaration.value, (part) => {
    if (part.type === 'Url') found ??= 'url()';
    if (part.type === 'Function' && forbiddenFunctions.has(part.name.toLowerCase())) found ??= `${part.name}()`;
    if (part.type === 'Raw') found ??= 'what cannot be understood';
  });
  // A string may hold anything, but not what ends the style element that the CSS will stand in.
  if (found === undefined && generate(declaration.value).includes('<')) found = '<';
  return found === undefined ? undefined : `${property}: ${found}`;
}

/**
 * Makes CSS that an organization wrote harmless for the pages that it will stand in: nothing loads from anywhere (a
 * background can send home what is typed, see "CSS exfiltration"), nothing runs, and nothing ends the style element.
 * Everything else is kept. It is parsed and written anew by css-tree, so that no trick of spelling survives.
 */
export function safeCss(text: string): SafeCss {
  const removed = new Set<string>();
  const tree = parse(text, { parseCustomProperty: true, parseAtrulePrelude: true, onParseError: ({ message }) => removed.add(`what cannot be understood (${message})`) });
  walk(tree, {
    enter(node: CssNode, item: ListItem<CssNode> | null, list: List<CssNode> | null) {
      if (item === null || list === null) return;
      const wrong = objection(node);
      if (wrong === undefined) return;
      if (node.type !== 'Comment') removed.add(wrong);
      list.remove(item);
    },
  });
  const css = generate(tree);
  // The last line of defence, should the parser ever be wrong.
  return /<|@import|url\(|expression\(|javascript:/i.test(css) ? { css: '', removed: [...removed, 'all of it'] } : { css, removed: [...removed] };
}
