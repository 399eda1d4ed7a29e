const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const entry = 'tenantry.visit';

/** By whom a connection is tested: a member of its organization, or whoever has a set-up link. */
export type Test = { readonly organizationId: string } | { readonly setupToken: string };

export type Purpose = Test | 'link';

/** What the page keeps while the person is at an identity provider. */
interface Visit {
  readonly verifier: string;
  readonly returnTo: string | undefined;
  /** A test, or the link of an account to that of a person who is signed in. Without either, the person signs in. */
  readonly purpose?: Purpose | undefined;
}

/** Makes the secret of a visit, and keeps it in this tab. @returns its challenge (RFC 7636, `S256`) */
export async function beginVisit(returnTo: string | undefined, purpose?: Purpose): Promise<string> {
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
  sessionStorage.setItem(entry, JSON.stringify({ verifier, returnTo, purpose } satisfies Visit));
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
}

/** Returns what was kept, once. */
export function endVisit(): Visit {
  const kept = sessionStorage.getItem(entry);
  sessionStorage.removeItem(entry);
  return kept === null ? { verifier: 'none', returnTo: undefined } : (JSON.parse(kept) as Visit);
}

/** Returns the purpose of the visit that was kept, if it is no sign-in. */
export const keptPurpose = (): Purpose | undefined => {
  const kept = sessionStorage.getItem(entry);
  return kept === null ? undefined : (JSON.parse(kept) as Visit).purpose;
};
