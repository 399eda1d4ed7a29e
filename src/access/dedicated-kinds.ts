/** The kinds of credentials that belong to an organization, have no permission, and reach only the routes that are made for them. A rule of the same kind accepts them. */
const dedicatedKinds = ['directory', 'setup'] as const;
export type DedicatedKind = (typeof dedicatedKinds)[number];

/** Whether a credential, a principal or the access rule of a route is of such a kind. */
export const isDedicated = <Of extends { readonly kind: string }>(of: Of): of is Extract<Of, { readonly kind: DedicatedKind }> =>
  (dedicatedKinds as readonly string[]).includes(of.kind);
