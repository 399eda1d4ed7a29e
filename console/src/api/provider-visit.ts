const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const entry = 'tenantry.visit';

/** What the page keeps while the person is at an identity provider. */
interface Visit {
  readonly verifier: string;
  readonly returnTo: string | undefined;
  /** The organization whose connection is tested. Without one, the person signs in. */
  readonly testOf?: string | undefined;
}

/** Makes the secret of a visit, and keeps it in this tab. @returns its challenge (RFC 7636, `S256`) */
export async function beginVisit(returnTo: string | undefined, testOf?: string): Promise<string> {
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
  sessionStorage.setItem(entry, JSON.stringify({ verifier, returnTo, testOf } satisfies Visit));
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
}

/** Returns what was kept, once. */
export function endVisit(): Visit {
  const kept = sessionStorage.getItem(entry);
  sessionStorage.removeItem(entry);
  return kept === null ? { verifier: 'none', returnTo: undefined } : (JSON.parse(kept) as Visit);
}

/** Returns the organization whose connection is tested by the visit that was kept, if it is a test. */
export const testedOrganization = (): string | undefined => {
  const kept = sessionStorage.getItem(entry);
  return kept === null ? undefined : (JSON.parse(kept) as Visit).testOf;
};
