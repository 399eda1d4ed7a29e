import { isIP } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const domainPattern = new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})*$`);

/** Characters without an image, U+2800 (the blank of Braille) among them, except the joiners, which UTS 46 accepts where a script needs them. */
const invisibleInDomain = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** Spaces and characters that nobody sees. */
const invisibleInLocalPart = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;

/**
 * Returns a domain name in its one form: mapped by UTS 46, in punycode and lower case, without a final dot. Returns undefined
 * when the text is not a domain name. Uses `domainToASCII`, the implementation of Node.js that also reads URLs.
 */
export function asciiDomain(text: string): string | undefined {
  // `domainToASCII` parses a host of a URL: it would remove a path, decode escapes, and drop invisible characters.
  if (/[/\\?#:@%]/.test(text) || invisibleInDomain.test(text)) return undefined;
  const name = domainToASCII(text).toLowerCase().replace(/\.$/, '');
  // It also reads numbers as IPv4 addresses, as URLs do: `0x7f.1` is 127.0.0.1.
  return domainPattern.test(name) && isIP(name) === 0 && isPunycode(name) ? name : undefined;
}

/** Whether each label with the prefix `xn--` is the one form of other characters. Node.js 24 passes labels on that are not; Node.js 20 refuses them. */
function isPunycode(name: string): boolean {
  if (!name.includes('xn--')) return true;
  const unicode = domainToUnicode(name);
  return !/(?:^|\.)xn--/.test(unicode) && domainToASCII(unicode) === name;
}

/** The most characters of an address that mail servers accept (RFC 5321, section 4.5.3.1.3). */
export const maxAddress = 254;

/**
 * Returns an email address in its one form: the local part in NFC and lower case, the domain as {@link asciiDomain}. Two
 * spellings of one address would be two accounts. Returns undefined when the text is not an address, has invisible characters, or is too long.
 */
export function emailAddressOf(text: string): string | undefined {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(0, at));
  const domain = asciiDomain(text.slice(at + 1));
  // Only a quoted local part can contain an @ (RFC 5321, section 4.1.2), and quoted ones are not accepted.
  if (local === '' || local.includes('@') || domain === undefined || invisibleInLocalPart.test(local)) return undefined;
  // Lower case can separate a character from its mark (U+0130), so the form is restored.
  const address = `${local.normalize('NFC').toLowerCase().normalize('NFC')}@${domain}`;
  return address.length > maxAddress ? undefined : address;
}

/** Returns the domain of an email address in the form of {@link emailAddressOf}. */
export const emailDomainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1);

/** Returns the part of an email address before its domain. */
export const emailLocalPartOf = (email: string): string => email.slice(0, email.lastIndexOf('@'));
