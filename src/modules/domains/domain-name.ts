import { packages } from '../../common/packages.js';
import { asciiDomain } from '../../common/text/internet-names.js';
import { InvalidDomainError, PublicMailDomainError } from './domains.errors.js';

/** Large public email providers. The list cannot be complete. */
const publicMail = new Set(
  (
    'gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com aol.com icloud.com me.com mac.com gmx.com gmx.de gmx.net gmx.at gmx.ch web.de ' +
    't-online.de freenet.de mail.com mail.ru yandex.com yandex.ru proton.me protonmail.com pm.me tutanota.com tuta.io zoho.com fastmail.com hey.com posteo.de mailbox.org ' +
    'qq.com 163.com 126.com sina.com naver.com daum.net orange.fr wanadoo.fr free.fr laposte.net libero.it virgilio.it btinternet.com comcast.net verizon.net att.net ' +
    'hotmail.co.uk hotmail.fr yahoo.co.uk yahoo.fr yahoo.de yahoo.co.jp yahoo.co.in rediffmail.com uol.com.br bol.com.br terra.com.br seznam.cz wp.pl o2.pl interia.pl'
  ).split(' '),
);

/** The longest name with which the name of the TXT record, `_tenantry.<name>`, has at most 253 characters. */
const maxLength = 243;

/**
 * Returns a domain name in the stored form: lower case, in punycode, without a final dot.
 *
 * @param reserved the domains of the installation; they and their subdomains are refused
 * @throws {InvalidDomainError}
 */
export function parseDomainName(text: string, reserved: readonly string[]): string {
  const name = asciiDomain(text.trim());
  if (name === undefined || name.length > maxLength) throw new InvalidDomainError('is not a domain name such as learn.example.com');
  const { domain, isIp } = packages.tldts.parse(name, { extractHostname: false });
  if (isIp === true) throw new InvalidDomainError('is an IP address');
  if (domain === null) throw new InvalidDomainError('is a public suffix or has no dot');
  if (reserved.some((own) => name === own || name.endsWith(`.${own}`))) throw new InvalidDomainError('belongs to this installation');
  return name;
}

/** @throws {PublicMailDomainError} when the domain belongs to a public email provider */
export function assertNotPublicMail(domain: string): void {
  if (publicMail.has(domain)) throw new PublicMailDomainError(domain);
}
