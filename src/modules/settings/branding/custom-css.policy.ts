import { generate, parse, property, walk, type CssNode, type List, type ListItem } from 'css-tree';
import { nestingOf, tokenObjection } from './css-tokens.policy.js';

export interface SafeCss {
  readonly css: string;
  /** What was taken out, in words. */
  readonly removed: readonly string[];
}

/** At-rules that neither load anything nor reach out of the page. */
const allowedAtRules = new Set(['media', 'supports', 'keyframes', '-webkit-keyframes', 'layer', 'container', 'page']);
/** Without the prefixes of browsers. */
const forbiddenProperties = new Set(['behavior', 'binding']);
const maxNesting = 32;
const maxRemarks = 50;
const notUnderstood = 'what cannot be understood';
const nothingLeft = 'all of it';

function isUnderstood(node: CssNode): boolean {
  let understood = true;
  walk(node, ({ type }) => void (understood &&= type !== 'Raw'));
  return understood;
}

/** What is wrong with a node, or undefined. */
function objection(node: CssNode): string | undefined {
  if (node.type === 'Comment') return 'a comment';
  if (node.type === 'CDO' || node.type === 'CDC') return 'a comment of HTML';
  if (node.type === 'Raw') return `${notUnderstood}: ${node.value}`;
  if (node.type === 'Declaration') return declarationObjection(node);
  if (node.type === 'Rule') return preludeObjection(node.prelude, { escapes: true, strings: true });
  if (node.type !== 'Atrule') return undefined;
  const wrong = allowedAtRules.has(node.name.toLowerCase()) ? preludeObjection(node.prelude, { escapes: false, strings: false }) : '';
  return wrong === undefined ? undefined : `@${node.name}${wrong === '' ? '' : `: ${wrong}`}`;
}

function preludeObjection(prelude: CssNode | null, rules: Parameters<typeof tokenObjection>[1]): string | undefined {
  if (prelude === null) return undefined;
  return isUnderstood(prelude) ? tokenObjection(generate(prelude), rules) : notUnderstood;
}

function declarationObjection(declaration: Extract<CssNode, { type: 'Declaration' }>): string | undefined {
  const name = declaration.property.toLowerCase();
  if (forbiddenProperties.has(property(name).basename)) return name;
  const wrong = isUnderstood(declaration) ? tokenObjection(generate(declaration), { escapes: false, strings: false }) : notUnderstood;
  return wrong === undefined ? undefined : `${name}: ${wrong}`;
}

/** Parses, takes out, and writes anew. */
function cleaned(text: string, removed: Set<string>): string {
  const tree = parse(text, { parseCustomProperty: true });
  walk(tree, {
    leave(node: CssNode, item: ListItem<CssNode> | null | undefined, list: List<CssNode> | null | undefined) {
      if (item === null || item === undefined || list === null || list === undefined) return;
      const wrong = objection(node);
      if (wrong === undefined) return;
      if (node.type !== 'Comment') removed.add(wrong);
      list.remove(item);
    },
  });
  return generate(tree);
}

/**
 * Makes CSS that an organization wrote harmless for the pages that it will stand in: nothing loads from anywhere (a
 * background can send home what is typed, see "CSS exfiltration"), nothing runs, and nothing ends the style element.
 * Everything else is kept. It is parsed and written anew by css-tree, and what is written is judged token by token, so
 * that no trick of spelling survives.
 */
export function safeCss(text: string): SafeCss {
  const removed = new Set<string>();
  const remarks = (...more: string[]): string[] => [...[...removed].slice(0, maxRemarks).map((remark) => remark.slice(0, 200)), ...more];
  if (nestingOf(text) > maxNesting) return { css: '', removed: [`${nothingLeft}: it is nested too deep`] };
  let css = cleaned(text, removed);
  // What is written must read the same to the next parser; and the last line of defence, should this one ever be wrong.
  for (let round = 0; round < 3; round += 1) {
    const again = cleaned(css, removed);
    if (again === css) return tokenObjection(css, { escapes: true, strings: true }) === undefined ? { css, removed: remarks() } : { css: '', removed: remarks(nothingLeft) };
    css = again;
  }
  return { css: '', removed: remarks(nothingLeft) };
}
