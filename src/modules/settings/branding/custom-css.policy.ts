import { generate, parse, property, walk, type CssNode, type List, type ListItem } from 'css-tree';
import { nestingOf, tokenObjection, withSpacedComparisons } from './css-tokens.policy.js';

export interface SafeCss {
  readonly css: string;
  /** Descriptions of what was removed. */
  readonly removed: readonly string[];
}

/** At-rules that load no resources. */
const allowedAtRules = new Set(['media', 'supports', 'keyframes', '-webkit-keyframes', 'layer', 'container', 'page']);
/** Property names without vendor prefixes. */
const forbiddenProperties = new Set(['behavior', 'binding']);
const maxNesting = 32;
const maxRemarks = 50;
const notUnderstood = 'invalid CSS';
const nothingLeft = 'everything';

/** Arguments of pseudo-classes and pseudo-elements that css-tree does not parse, such as `::part(label active)`: names only. */
const names = /^[\s\w,*.-]*$/;

function isUnderstood(node: CssNode): boolean {
  const named = new Set<CssNode>();
  let understood = true;
  walk(node, (each) => {
    if (each.type === 'PseudoClassSelector' || each.type === 'PseudoElementSelector')
      for (const argument of each.children ?? []) if (argument.type === 'Raw' && names.test(argument.value)) named.add(argument);
    understood &&= each.type !== 'Raw' || named.has(each);
  });
  return understood;
}

const written = (node: CssNode): string => withSpacedComparisons(generate(node));

/** Returns the reason for which a node is removed; undefined when it is safe. */
function objection(node: CssNode): string | undefined {
  if (node.type === 'Comment') return 'a comment';
  if (node.type === 'CDO' || node.type === 'CDC') return 'an HTML comment';
  if (node.type === 'Raw') return `${notUnderstood}: ${node.value}`;
  if (node.type === 'Declaration') return declarationObjection(node);
  if (node.type === 'Rule') return preludeObjection(node.prelude, { escapes: true, strings: true });
  if (node.type !== 'Atrule') return undefined;
  const wrong = allowedAtRules.has(node.name.toLowerCase()) ? preludeObjection(node.prelude, { escapes: false, strings: false }) : '';
  return wrong === undefined ? undefined : `@${node.name}${wrong === '' ? '' : `: ${wrong}`}`;
}

function preludeObjection(prelude: CssNode | null, rules: Parameters<typeof tokenObjection>[1]): string | undefined {
  if (prelude === null) return undefined;
  return isUnderstood(prelude) ? tokenObjection(written(prelude), rules) : notUnderstood;
}

function declarationObjection(declaration: Extract<CssNode, { type: 'Declaration' }>): string | undefined {
  const name = declaration.property.toLowerCase();
  if (forbiddenProperties.has(property(name).basename)) return name;
  const wrong = isUnderstood(declaration) ? tokenObjection(written(declaration), { escapes: false, strings: false }) : notUnderstood;
  return wrong === undefined ? undefined : `${name}: ${wrong}`;
}

/** Parses CSS, removes unsafe rules and declarations as a whole, and generates CSS from the rest. */
function cleaned(text: string, removed: Set<string>): string {
  const tree = parse(text, { parseCustomProperty: true });
  // Only what a browser would ignore as a whole is removed: without a part of its selector, a rule would apply elsewhere.
  const statements = new Set<List<CssNode>>();
  walk(tree, {
    enter(node: CssNode) {
      if (node.type === 'StyleSheet' || node.type === 'Block') statements.add(node.children);
    },
    leave(node: CssNode, item: ListItem<CssNode> | null | undefined, list: List<CssNode> | null | undefined) {
      if (item === null || item === undefined || list === null || list === undefined || !statements.has(list)) return;
      const wrong = objection(node);
      if (wrong === undefined) return;
      if (node.type !== 'Comment') removed.add(wrong);
      list.remove(item);
    },
  });
  return written(tree);
}

/**
 * Makes the CSS of an organization safe for the pages that include it: removes everything that loads a resource (which can
 * leak input, see "CSS exfiltration"), runs code, or ends the style element. Parses the CSS and generates it from the parse
 * tree, then checks the generated text token by token, so that no unusual spelling gets through.
 */
export function safeCss(text: string): SafeCss {
  const removed = new Set<string>();
  const remarks = (...more: string[]): string[] => [...[...removed].slice(0, maxRemarks).map((remark) => remark.slice(0, 200)), ...more];
  if (nestingOf(text) > maxNesting) return { css: '', removed: [`${nothingLeft}: the CSS is nested too deeply`] };
  let css = cleaned(text, removed);
  // The generated CSS must parse to the same tree again. The token check is a second, independent safeguard.
  for (let round = 0; round < 3; round += 1) {
    const again = cleaned(css, removed);
    if (again === css) return tokenObjection(css, { escapes: true, strings: true }) === undefined ? { css, removed: remarks() } : { css: '', removed: remarks(nothingLeft) };
    css = again;
  }
  return { css: '', removed: remarks(nothingLeft) };
}
