import { randomInt } from 'node:crypto';
import { asciiWordsOf } from '../../common/text/ascii-words.js';
import { ReservedSlugError } from './organizations.errors.js';

export const slugRule = { min: 3, max: 63, pattern: /^[a-z0-9][a-z0-9-]*[a-z0-9]$/ } as const;

/**
 * Words that hosts, paths and mail addresses of an installation use, and names that programs look up by themselves: mail programs
 * (autoconfig, autodiscover), browsers and Windows (wpad, isatap, enterpriseregistration), mail servers (mta-sts), and the mailboxes of RFC 2142.
 */
const reserved = new Set(
  (
    'about abuse account accounts acme-challenge admin administrator api app arpa assets auth autoconfig autodiscover autopush billing blog broadcasthost ' +
    'caldav carddav cdn cloud console contact corp cpanel crl dashboard demo dev developer dkim dmarc dns docs domainkey download email ' +
    'enterpriseenrollment enterpriseregistration example exchange files ftp gateway graphql health help home host hostmaster imap imaps info internal ' +
    'intranet invalid invitations invite ip6-localhost ip6-loopback isatap jabber jobs kerberos lan ldap legal local localdomain localhost login logout ' +
    'lyncdiscover mail marketing media metrics msoid mta-sts mx news noc ns ntp null oauth ocsp official onion openpgpkey operator organization ' +
    'organizations owner partner pki platform pop pops postmaster press pricing privacy private production proxy public register root router sales saml ' +
    'scim secure security self server settings shop signin signup sip sipfederationtls site sitemap smtp smtps spf ssl sso staging static status store ' +
    'submission support system team tenant tenants terms test time tls undefined usenet user users uucp vpn webdav webdisk webhook webhooks webmail ' +
    'webmaster well-known whm wiki wkd wpad www xmpp'
  ).split(' '),
);

/** Hosts with a number: `ns1`, `mail2`, `www3`. */
const numbered = /^(?:dns|ftp|imap|mail|mx|ns|pop|smtp|web|www)\d+$/;
/** Labels whose third and fourth characters are hyphens belong to encodings such as `xn--` (RFC 5890, section 2.3.1). */
const encoded = /^..--/;

const isReserved = (slug: string): boolean => reserved.has(slug) || numbered.test(slug) || encoded.test(slug);

/** @throws {ReservedSlugError} */
export function assertNotReserved(slug: string): void {
  if (isReserved(slug)) throw new ReservedSlugError(slug);
}

/** Returns a slug generated from a name: `Äpfel & Łódź` → `apfel-lodz`. Short and reserved slugs get a number. */
export function slugFromName(name: string): string {
  const slug = asciiWordsOf(name).join('-').slice(0, 50).replace(/-$/, '');
  return slug.length < slugRule.min || isReserved(slug) ? withRandomNumber(slug === '' ? 'org' : slug) : slug;
}

/** Returns the slug with a random number, for use when the slug itself is taken. */
export function withRandomNumber(slug: string): string {
  return `${slug.slice(0, 50)}-${randomInt(10_000, 1_000_000)}`;
}
