import { randomInt } from 'node:crypto';
import { ReservedSlugError } from './organizations.errors.js';

export const slugRule = { min: 3, max: 63, pattern: /^[a-z0-9][a-z0-9-]*[a-z0-9]$/ } as const;

/**
 * Words that hosts, paths and mail addresses of an installation use, and names that programs look up by themselves: mail programs
 * (autoconfig, autodiscover), browsers and Windows (wpad, isatap), mail servers (mta-sts), and the mailboxes of RFC 2142.
 */
const reserved = new Set(
  (
    'about abuse account accounts acme-challenge admin administrator api app arpa assets auth autoconfig autodiscover autopush billing blog broadcasthost caldav carddav cdn ' +
    'cloud console contact corp dashboard demo dev developer dkim dmarc dns docs domainkey download email example exchange files ftp gateway graphql health help home host ' +
    'hostmaster imap info internal intranet invalid invite invitations isatap jabber jobs kerberos lan ldap legal local localdomain localhost login logout lyncdiscover mail ' +
    'marketing media metrics mta-sts mx news noc ns null oauth official onion openpgpkey operator organization organizations owner partner platform pop postmaster press ' +
    'pricing privacy private production proxy public register root router sales saml scim security self server settings shop signin signup sip sipfederationtls site sitemap ' +
    'smtp spf sso staging static status store support system team tenant tenants terms test undefined usenet user users uucp vpn webdav webhook webhooks webmaster webmail ' +
    'well-known wiki wpad www xmpp'
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

/** Returns a slug generated from a name: `Äpfel & Co.` → `apfel-co`. Short and reserved slugs get a number. */
export function slugFromName(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replace(/^-+|-+$/g, '');
  return slug.length < slugRule.min || isReserved(slug) ? withRandomNumber(slug === '' ? 'org' : slug) : slug;
}

/** Returns the slug with a random number, for use when the slug itself is taken. */
export function withRandomNumber(slug: string): string {
  return `${slug.slice(0, 50)}-${randomInt(10_000, 1_000_000)}`;
}
