import { domainToASCII } from 'node:url';
import { parse } from 'tldts';
import { InvalidDomainError, PublicMailDomainError } from './domains.errors.js';

/** Providers where anybody gets an address; the largest, since no list is ever complete. */
const publicMail = new Set(
  (
    'gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com aol.com icloud.com me.com mac.com gmx.com gmx.de gmx.net gmx.at gmx.ch web.de ' +
    't-online.de freenet.de mail.com mail.ru yandex.com yandex.ru proton.me protonmail.com pm.me tutanota.com tuta.io zoho.com fastmail.com hey.com posteo.de mailbox.org ' +
    'qq.com 163.com 126.com sina.com naver.com daum.net orange.fr wanadoo.fr free.fr laposte.net libero.it virgilio.it btinternet.com comcast.net verizon.net att.net ' +
    'hotmail.co.uk hotmail.fr yahoo.co.uk yahoo.fr yahoo.de yahoo.co.jp yahoo.co.in rediffmail.com uol.com.br bol.com.br terra.com.br seznam.cz wp.pl o2.pl interia.pl'
  ).split(' '),
);

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
/** What a name server takes, with `_tenantry.` before it. */
const hostPattern = new RegExp(`^(?=.{1,243}$)${label}(?:\\.${label})*$`);

/**
 * A domain as it is stored: lower case, in punycode, without a final dot.
 *
 * @param ours the platform's own domains, under which nobody claims anything
 * @throws {InvalidDomainError}
 */
export function parseDomainName(text: string, ours: readonly string[]): string {
  const name = domainToASCII(text.trim().replace(/\.$/, '')).toLowerCase();
  const { domain, isIp } = parse(name, { extractHostname: false });
  // A URL's parser is behind `domainToASCII`: it cuts a path off, and decodes.
  if (/[\s/\\?#:@%]/.test(text.trim()) || !hostPattern.test(name)) throw new InvalidDomainError('is not a domain name such as learn.example.com');
  if (isIp === true) throw new InvalidDomainError('is an IP address');
  if (domain === null) throw new InvalidDomainError('is a public suffix or has no dot');
  if (ours.some((own) => name === own || name.endsWith(`.${own}`))) throw new InvalidDomainError('belongs to this installation');
  return name;
}

/** @throws {PublicMailDomainError} when anybody can have an address there */
export function assertNotPublicMail(domain: string): void {
  if (publicMail.has(domain)) throw new PublicMailDomainError(domain);
}

/** The domain of an address, as domains are stored: in punycode. */
export const emailDomainOf = (email: string): string => domainToASCII(email.slice(email.lastIndexOf('@') + 1));
