const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const entry = 'tenantry.visit';

/** By whom a connection is tested: a member of its organization, or whoever has a set-up link. */
export type Test = { readonly organizationId: string } | { readonly setupToken: string };

/** What the page keeps while the person is at an identity provider. */
interface Visit {
  readonly verifier: string;
  readonly returnTo: string | undefined;
  /** Without a test, the person signs in. */
  readonly test?: Test | undefined;
}

/** Makes the secret of a visit, and keeps it in this tab. @returns its challenge (RFC 7636, `S256`) */
export async function beginVisit(returnTo: string | undefined, test?: Test): Promise<string> {
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
  sessionStorage.setItem(entry, JSON.stringify({ verifier, returnTo, test } satisfies Visit));
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
}

/** Returns what was kept, once. */
export function endVisit(): Visit {
  const kept = sessionStorage.getItem(entry);
  sessionStorage.removeItem(entry);
  return kept === null ? { verifier: 'none', returnTo: undefined } : (JSON.parse(kept) as Visit);
}

/** Returns the test for which the visit was kept, if it is one. */
export const keptTest = (): Test | undefined => {
  const kept = sessionStorage.getItem(entry);
  return kept === null ? undefined : (JSON.parse(kept) as Visit).test;
};
