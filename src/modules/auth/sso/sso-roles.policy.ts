/** A user of a connection, as its identity provider describes them, in any protocol. */
export interface SsoUser {
  readonly issuer: string;
  readonly subject: string;
  /** Null if there is none. */
  readonly email: string | null;
  readonly name: string | null;
  /** All that it says about the user. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** The session at the provider; null if it names none. */
  readonly sid: string | null;
  /** The ID token, as it was sent; null without OpenID Connect. */
  readonly idToken: string | null;
}

/** A role for the users whose claim has a value. */
export interface RoleMapping {
  readonly value: string;
  readonly role: string;
}

/** How a connection decides about roles. */
export interface RoleRules {
  readonly roleClaim: string;
  readonly roleMappings: readonly RoleMapping[];
  readonly defaultRole: string;
}

/** Returns the role of the first mapping whose value the claim has, a text or a list of texts, or the default one. */
export function roleOf({ roleClaim, roleMappings, defaultRole }: RoleRules, claims: Readonly<Record<string, unknown>>): string {
  const claim = Object.hasOwn(claims, roleClaim) ? claims[roleClaim] : undefined;
  const values: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return roleMappings.find(({ value }) => values.includes(value))?.role ?? defaultRole;
}

/** Returns the mappings of a connection. Only SsoConnectionsService writes the column. */
export const mappingsOf = ({ roleMappings }: { readonly roleMappings: unknown }): readonly RoleMapping[] => roleMappings as readonly RoleMapping[];
