import { randomInt } from 'node:crypto';
import { ReservedSlugError } from './organizations.errors.js';

export const slugRule = { min: 3, max: 63, pattern: /^[a-z0-9][a-z0-9-]*[a-z0-9]$/ } as const;

/** Words that hosts, paths and mail addresses of an installation use. */
const reserved = new Set(
  (
    'about abuse account accounts admin administrator api app assets auth billing blog cdn cloud console contact dashboard demo dev developer docs download ' +
    'email files ftp graphql health help home host hostmaster imap info internal invite invitations jobs legal localhost login logout mail marketing media ' +
    'metrics news null oauth official operator organization organizations owner partner platform pop postmaster press pricing privacy private production public ' +
    'register root sales saml scim security self server settings shop signin signup site sitemap smtp sso staging static status store support system team ' +
    'tenant tenants terms test undefined user users webhook webhooks well-known wiki www'
  ).split(' '),
);

/** @throws {ReservedSlugError} */
export function assertNotReserved(slug: string): void {
  if (reserved.has(slug)) throw new ReservedSlugError(slug);
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
  return slug.length < slugRule.min || reserved.has(slug) ? withRandomNumber(slug === '' ? 'org' : slug) : slug;
}

/** Returns the slug with a random number, for use when the slug itself is taken. */
export function withRandomNumber(slug: string): string {
  return `${slug.slice(0, 50)}-${randomInt(10_000, 1_000_000)}`;
}
