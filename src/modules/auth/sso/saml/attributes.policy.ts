import { emailAddressOf } from '../../../../common/text/internet-names.js';
import { toOneLine } from '../../../../common/text/readable-text.js';
import { nameIdFormats, type Assertion } from './response.js';

const soap = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
const microsoft = 'http://schemas.microsoft.com';

/** The usual names of attributes, the most exact first: of Okta and Google, of Entra ID and AD FS, and of LDAP. */
const names = {
  email: ['email', 'mail', 'emailAddress', 'Email', `${soap}/emailaddress`, 'urn:oid:0.9.2342.19200300.100.1.3', 'urn:oid:1.2.840.113549.1.9.1'],
  name: ['displayName', 'name', `${microsoft}/identity/claims/displayname`, 'urn:oid:2.16.840.1.113730.3.1.241', 'cn', 'urn:oid:2.5.4.3'],
  givenName: ['firstName', 'givenName', 'first_name', `${soap}/givenname`, 'urn:oid:2.5.4.42'],
  surname: ['lastName', 'surname', 'sn', 'last_name', `${soap}/surname`, 'urn:oid:2.5.4.4'],
  groups: ['groups', 'group', 'memberOf', `${microsoft}/ws/2008/06/identity/claims/groups`, 'http://schemas.xmlsoap.org/claims/Group'],
} as const;

/** A user, as an assertion describes them. */
export interface Described {
  /** In the form of {@link emailAddressOf}; null if there is none. */
  readonly email: string | null;
  readonly name: string | null;
  /** The values of the attributes by their names, and those of groups also as `groups`. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
}

/** Reads the address, the name and the groups of a user from the attributes that the usual identity providers send. */
export function describe({ nameId, nameIdFormat, attributes }: Assertion): Described {
  const valuesOf = (of: keyof typeof names): readonly string[] => names[of].map((name) => attributes.get(name) ?? []).find((values) => values.length > 0) ?? [];
  const [named = nameIdFormat === nameIdFormats.email ? nameId : undefined] = valuesOf('email');
  const address = emailAddressOf(named ?? '');
  const shown = valuesOf('name')[0] ?? [...valuesOf('givenName').slice(0, 1), ...valuesOf('surname').slice(0, 1)].join(' ');
  const name = toOneLine(shown, 200);
  // An attribute can have the name of a property of all objects.
  const claims = Object.fromEntries([['groups', valuesOf('groups')] as const, ...attributes].filter(([, values]) => values.length > 0));
  return { email: address ?? null, name: name === '' ? null : name, claims };
}
