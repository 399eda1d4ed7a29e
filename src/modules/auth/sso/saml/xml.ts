import type { RefusalCode } from '../../providers/providers.errors.js';

/** The fault of a message of SAML, in words for the administrator who sets the connection up. */
export class SamlFault extends Error {
  /** The code of the problem. */
  readonly code: RefusalCode;

  constructor(message: string, { code = 'identity_malformed', cause }: { readonly code?: RefusalCode; readonly cause?: unknown } = {}) {
    super(message, { cause });
    this.code = code;
  }
}

/** An element of the XML parser with which signatures are checked, too: what one of them reads, the other one reads. It has the part of the DOM that we use. */
export interface XmlElement {
  readonly nodeType: number;
  readonly namespaceURI: string | null;
  readonly localName: string;
  readonly parentNode: unknown;
  readonly childNodes: ArrayLike<XmlElement>;
  readonly attributes: ArrayLike<{ readonly localName: string | null; readonly name: string; readonly value: string }>;
  readonly textContent: string | null;
  hasAttribute(attributeName: string): boolean;
  getAttribute(attributeName: string): string | null;
  toString(): string;
}

/** A response with 700 groups fits. The time to check a signature grows with the square of the elements: with 20,000 of them it takes 40 s. */
const limits = { depth: 40, elements: 1500, attributes: 4000 } as const;

const name = String.raw`[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?`;
const value = String.raw`(?:"[^"<]*"|'[^'<]*')`;
const content = /[^<]*/y;
const tag = new RegExp(String.raw`<(?:/(${name})\s*|(${name})((?:\s+${name}\s*=\s*${value})*)\s*(/?))>`, 'y');
const attributes = new RegExp(String.raw`\s(${name})\s*=`, 'g');
const values = new RegExp(value, 'g');
const comments = /<!--(?:(?!--)[\s\S])*-->/g;
const declaration = /^<\?xml\s[^<>?]*\?>/;
// oxlint-disable-next-line no-control-regex -- it matches control characters on purpose
const unreadable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/u;
/** The references that need no document type. */
const reference = /&(?:amp|lt|gt|quot|apos|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));/g;

/**
 * Refuses the parts of XML that no message needs and that attack parsers: document types (and with them entities), comments, CDATA, processing instructions, tags that are not
 * balanced, a second root, and more of anything than fits an answer of a real provider. The parser itself would repair some of it.
 *
 * @returns the text with the line breaks of XML
 * @param withComments whether comments are removed first, from a text in which they mean nothing
 * @throws {SamlFault}
 */
export function checkedXml(text: string, withComments = false): string {
  const lines = text.replace(/^\ufeff/, '').replaceAll(/\r\n?/g, '\n');
  const document = (withComments ? lines.replaceAll(comments, '') : lines).trim();
  const body = document.replace(declaration, '');
  if (/<!DOCTYPE/i.test(body)) throw new SamlFault('The XML has a document type, which is not allowed.');
  if (body.includes('<!')) throw new SamlFault('The XML has a comment or a CDATA section, which is not allowed.', { code: 'identity_xml_comment' });
  if (body.includes('<?')) throw new SamlFault('The XML has a processing instruction, which is not allowed.');
  // Characters can also be written as their numbers.
  const codes = [...body.matchAll(reference)].flatMap(([, decimal, hex]) =>
    (decimal ?? hex) === undefined ? [] : [decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)],
  );
  if (unreadable.test(body) || codes.some((code) => code > 0x10_ff_ff || unreadable.test(String.fromCodePoint(code))))
    throw new SamlFault('The XML contains characters that XML does not allow.');
  if (body.replaceAll(reference, '').includes('&')) throw new SamlFault('The XML refers to an entity, which is not allowed.');
  const open: string[] = [];
  let [at, roots, elements, attributeCount] = [0, 0, 0, 0];
  while (at < body.length) {
    content.lastIndex = at;
    const between = content.exec(body)?.[0] ?? '';
    if (open.length === 0 && between.trim() !== '') throw new SamlFault('The XML has text outside of its root.');
    at += between.length;
    if (at === body.length) break;
    tag.lastIndex = at;
    const found = tag.exec(body);
    if (found === null) throw new SamlFault('The XML is not well-formed.');
    at += found[0].length;
    const [, closed, opened = '', given = '', empty] = found;
    if (closed !== undefined) {
      if (open.pop() !== closed) throw new SamlFault('The XML is not well-formed: its tags are not balanced.');
      continue;
    }
    const names = [...given.replaceAll(values, '').matchAll(attributes)].map(([, each]) => each);
    if (new Set(names).size < names.length) throw new SamlFault('An element of the XML has an attribute twice.');
    if ((elements += 1) > limits.elements) throw new SamlFault(`The XML has more than ${limits.elements} elements.`);
    if ((attributeCount += names.length) > limits.attributes) throw new SamlFault(`The XML has more than ${limits.attributes} attributes.`);
    if (open.length === 0 && (roots += 1) > 1) throw new SamlFault('The XML has two roots.');
    if (empty !== '/' && open.push(opened) > limits.depth) throw new SamlFault(`The XML is nested deeper than ${limits.depth} levels.`);
  }
  if (open.length > 0 || roots === 0) throw new SamlFault('The XML is not well-formed: it ends too early.');
  return document;
}

/** Parses a text that {@link checkedXml} has returned. @throws {SamlFault} */
export async function parseXml(text: string): Promise<XmlElement> {
  const { parseDomFromString: parse } = await import('@node-saml/node-saml/lib/xml.js');
  try {
    return (await parse(text)).documentElement as XmlElement;
  } catch (error) {
    throw new SamlFault('The XML is not well-formed.', { cause: error });
  }
}

/** Returns an element and all elements below it. */
export function elementsOf(root: XmlElement): XmlElement[] {
  const found = [root];
  for (const each of found) found.push(...children(each));
  return found;
}

/** Returns the elements directly below one. */
export const children = ({ childNodes }: XmlElement): XmlElement[] => Array.from(childNodes).filter(({ nodeType }) => nodeType === 1);

/** Returns the elements of a name directly below one. */
export const childrenOf = (parent: XmlElement, namespace: string, localName: string): XmlElement[] => children(parent).filter((child) => is(child, namespace, localName));

export const is = (element: XmlElement, namespace: string, localName: string): boolean => element.namespaceURI === namespace && element.localName === localName;

/** Returns an attribute without a prefix; undefined if there is none. */
export const attribute = (element: XmlElement, attributeName: string): string | undefined =>
  element.hasAttribute(attributeName) ? (element.getAttribute(attributeName) ?? undefined) : undefined;

/** Returns the text of an element that has no elements; undefined of another one, or if it is empty. */
export function textOf(element: XmlElement | undefined): string | undefined {
  if (element === undefined || children(element).length > 0) return undefined;
  const text = (element.textContent ?? '').trim();
  return text === '' ? undefined : text;
}
